/** AddUserToGroup, RemoveUserFromGroup and ListGroupsForUser. */
import type { InputOf } from '../../../contract/shape.ts'
import { entityTarget, groupNamed, userNamed } from '../entities.ts'
import { noSuchEntity, quotaExceeded } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation } from '../iam-operation.ts'
import { page, sortedBy } from '../pages.ts'
import { printedGroup } from '../printed.ts'
import { quotas } from '../quotas.ts'
import { groupName, paged, required, structure, userName } from '../shapes.ts'

const memberInput = structure({ GroupName: required(groupName), UserName: required(userName) })

export const addUserToGroup = ({ state }: Iam) =>
  iamOperation<InputOf<typeof memberInput>, undefined>({
    name: 'AddUserToGroup',
    readOnly: false,
    input: memberInput,
    target: (input) => entityTarget(state, 'group', input.GroupName),
    run: (input) =>
      state.change((changes) => {
        const group = groupNamed(state, input.GroupName)
        const user = userNamed(state, input.UserName)
        if (user.groups.includes(group.id)) return undefined
        if (user.groups.length >= quotas.groupsPerUser) throw quotaExceeded('GroupsPerUser', quotas.groupsPerUser)
        changes.put('users', { ...user, groups: [...user.groups, group.id] })
        return undefined
      }),
  })

export const removeUserFromGroup = ({ state }: Iam) =>
  iamOperation<InputOf<typeof memberInput>, undefined>({
    name: 'RemoveUserFromGroup',
    readOnly: false,
    input: memberInput,
    target: (input) => entityTarget(state, 'group', input.GroupName),
    run: (input) =>
      state.change((changes) => {
        const group = groupNamed(state, input.GroupName)
        const user = userNamed(state, input.UserName)
        if (!user.groups.includes(group.id)) {
          throw noSuchEntity(`User ${input.UserName} is not in group ${input.GroupName}.`)
        }
        changes.put('users', { ...user, groups: user.groups.filter((id) => id !== group.id) })
        return undefined
      }),
  })

const listInput = structure({ UserName: required(userName), ...paged })

export const listGroupsForUser = ({ state }: Iam) =>
  iamOperation<InputOf<typeof listInput>, object>({
    name: 'ListGroupsForUser',
    readOnly: true,
    input: listInput,
    target: (input) => entityTarget(state, 'user', input.UserName),
    run: (input) => {
      const groups = userNamed(state, input.UserName).groups.flatMap((id) => state.groups.get(id) ?? [])
      const { items, end } = page(
        sortedBy(groups, (group) => group.name),
        input,
        (group) => group.name,
      )
      return { Groups: items.map((group) => printedGroup(state, group)), ...end }
    },
  })
