/** CreateGroup, GetGroup, ListGroups, UpdateGroup and DeleteGroup. */
import type { InputOf } from '../../../contract/shape.ts'
import { iamArn } from '../arns.ts'
import { entityTarget, groupNamed } from '../entities.ts'
import { deleteConflict, nameTaken, quotaExceeded } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation } from '../iam-operation.ts'
import { entityId } from '../ids.ts'
import { page } from '../pages.ts'
import { printedGroup, printedUser } from '../printed.ts'
import { quotas } from '../quotas.ts'
import type { GroupRecord, UserRecord } from '../records.ts'
import { groupName, optional, paged, path, pathPrefix, required, structure } from '../shapes.ts'
import type { IamState } from '../state.ts'

const createInput = structure({ Path: optional(path), GroupName: required(groupName) })

export const createGroup = ({ state, clock, random }: Iam) =>
  iamOperation<InputOf<typeof createInput>, object>({
    name: 'CreateGroup',
    readOnly: false,
    input: createInput,
    target: (input) => ({ arn: iamArn(state.accountId, 'group', input.Path ?? '/', input.GroupName) }),
    run: (input) =>
      state.change((changes) => {
        if (state.groups.isTaken(input.GroupName)) throw nameTaken('Group', input.GroupName)
        if (state.groups.size >= quotas.groupsPerAccount) {
          throw quotaExceeded('GroupsPerAccount', quotas.groupsPerAccount)
        }
        const group: GroupRecord = {
          id: entityId('AGPA', random),
          name: input.GroupName,
          path: input.Path ?? '/',
          createdAtMs: clock.nowMs(),
          inline: [],
          attached: [],
        }
        changes.put('groups', group)
        return { Group: printedGroup(state, group) }
      }),
  })

const getInput = structure({ GroupName: required(groupName), ...paged })

export const getGroup = ({ state }: Iam) =>
  iamOperation<InputOf<typeof getInput>, object>({
    name: 'GetGroup',
    readOnly: true,
    input: getInput,
    target: (input) => entityTarget(state, 'group', input.GroupName),
    run: (input) => {
      const group = groupNamed(state, input.GroupName)
      const { items, end } = page(membersOf(state, group), input, (user) => user.name)
      return {
        Group: printedGroup(state, group),
        Users: items.map((user) => printedUser(state, user, 'listed')),
        ...end,
      }
    },
  })

function membersOf(state: IamState, group: GroupRecord): readonly UserRecord[] {
  return state.users.all().filter((user) => user.groups.includes(group.id))
}

const listInput = structure({ PathPrefix: optional(pathPrefix), ...paged })

export const listGroups = ({ state }: Iam) =>
  iamOperation<InputOf<typeof listInput>, object>({
    name: 'ListGroups',
    readOnly: true,
    input: listInput,
    target: (input) => ({ arn: `arn:aws:iam::${state.accountId}:group${input.PathPrefix ?? '/'}` }),
    run: (input) => {
      const all = state.groups.all().filter((group) => group.path.startsWith(input.PathPrefix ?? '/'))
      const { items, end } = page(all, input, (group) => group.name)
      return { Groups: items.map((group) => printedGroup(state, group)), ...end }
    },
  })

const updateInput = structure({
  GroupName: required(groupName),
  NewPath: optional(path),
  NewGroupName: optional(groupName),
})

export const updateGroup = ({ state }: Iam) =>
  iamOperation<InputOf<typeof updateInput>, undefined>({
    name: 'UpdateGroup',
    readOnly: false,
    input: updateInput,
    target: (input) => entityTarget(state, 'group', input.GroupName),
    run: (input) =>
      state.change((changes) => {
        const group = groupNamed(state, input.GroupName)
        const name = input.NewGroupName ?? group.name
        const onlyCase = name.toLowerCase() === group.name.toLowerCase()
        if (!onlyCase && state.groups.isTaken(name)) throw nameTaken('Group', name)
        changes.put('groups', { ...group, name, path: input.NewPath ?? group.path })
        return undefined
      }),
  })

const deleteInput = structure({ GroupName: required(groupName) })

export const deleteGroup = ({ state }: Iam) =>
  iamOperation<InputOf<typeof deleteInput>, undefined>({
    name: 'DeleteGroup',
    readOnly: false,
    input: deleteInput,
    target: (input) => entityTarget(state, 'group', input.GroupName),
    run: (input) =>
      state.change((changes) => {
        const group = groupNamed(state, input.GroupName)
        const first = whatMustGoFirst(group, membersOf(state, group).length)
        if (first !== undefined) throw deleteConflict(`Cannot delete entity, must ${first} first.`)
        changes.remove('groups', group.id)
        return undefined
      }),
  })

function whatMustGoFirst(group: GroupRecord, members: number): string | undefined {
  if (members > 0) return 'remove users from group'
  if (group.inline.length > 0) return 'delete policies'
  return group.attached.length > 0 ? 'detach all policies' : undefined
}
