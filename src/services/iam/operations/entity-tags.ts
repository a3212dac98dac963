/** TagUser, UntagUser, ListUserTags, and the same of roles, policies, OIDC providers and MFA devices. */
import type { AnyOperation } from '../../../contract/operation.ts'
import type { Shape } from '../../../contract/shape.ts'
import { entityTarget, ownRoleNamed, roleNamed, userNamed } from '../entities.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, type Target } from '../iam-operation.ts'
import { deviceTarget, deviceWith } from '../mfa-devices.ts'
import { type PageRequest, page, sortedBy } from '../pages.ts'
import { ownPolicyWith, policyTarget, policyWith } from '../policies.ts'
import { providerTarget, providerWith } from '../providers.ts'
import type { Tag } from '../records.ts'
import { arn, paged, required, roleName, serialNumber, structure, tagKeys, tags, userName } from '../shapes.ts'
import type { Changes, IamState } from '../state.ts'
import { type GivenTag, printedTags, withoutTags, withTags } from '../tags.ts'

/** One kind of thing that bears tags. */
interface Tagged {
  /** As in the names of the operations. */
  readonly title: string
  /** The member that names the thing. */
  readonly member: string
  readonly name: Shape<string>
  readonly target: (state: IamState, name: string) => Target
  readonly tagsOf: (state: IamState, name: string) => readonly Tag[]
  readonly retag: (state: IamState, name: string, changes: Changes, retagged: Retagging) => void
}
type Retagging = (present: readonly Tag[]) => readonly Tag[]

const user: Tagged = {
  title: 'User',
  member: 'UserName',
  name: userName,
  target: (state, name) => entityTarget(state, 'user', name),
  tagsOf: (state, name) => userNamed(state, name).tags,
  retag: (state, name, changes, retagged) => {
    const present = userNamed(state, name)
    changes.put('users', { ...present, tags: retagged(present.tags) })
  },
}

const role: Tagged = {
  title: 'Role',
  member: 'RoleName',
  name: roleName,
  target: (state, name) => entityTarget(state, 'role', name),
  tagsOf: (state, name) => roleNamed(state, name).tags,
  retag: (state, name, changes, retagged) => {
    const present = ownRoleNamed(state, name)
    changes.put('roles', { ...present, tags: retagged(present.tags) })
  },
}

const policy: Tagged = {
  title: 'Policy',
  member: 'PolicyArn',
  name: arn,
  target: policyTarget,
  tagsOf: (state, name) => policyWith(state, name).tags,
  retag: (state, name, changes, retagged) => {
    const present = ownPolicyWith(state, name)
    changes.put('policies', { ...present, tags: retagged(present.tags) })
  },
}

const provider: Tagged = {
  title: 'OpenIDConnectProvider',
  member: 'OpenIDConnectProviderArn',
  name: arn,
  target: providerTarget,
  tagsOf: (state, name) => providerWith(state, name).tags,
  retag: (state, name, changes, retagged) => {
    const present = providerWith(state, name)
    changes.put('providers', { ...present, tags: retagged(present.tags) })
  },
}

const mfaDevice: Tagged = {
  title: 'MFADevice',
  member: 'SerialNumber',
  name: serialNumber,
  target: deviceTarget,
  tagsOf: (state, name) => deviceWith(state, name).tags,
  retag: (state, name, changes, retagged) => {
    const present = deviceWith(state, name)
    changes.put('mfaDevices', { ...present, tags: retagged(present.tags) })
  },
}

export const taggedThings: readonly Tagged[] = [user, role, policy, provider, mfaDevice]

type TagInput = Readonly<Record<string, string>> & { readonly Tags: readonly GivenTag[] }

export const tagThing = ({ state }: Iam, { title, member, name, target, retag }: Tagged): AnyOperation =>
  iamOperation<TagInput, undefined>({
    name: `Tag${title}`,
    readOnly: false,
    input: structure({ [member]: required(name), Tags: required(tags) }) as unknown as Shape<TagInput>,
    target: (input) => target(state, input[member] ?? ''),
    run: (input) =>
      state.change((changes) => {
        retag(state, input[member] ?? '', changes, (present) => withTags(present, input.Tags))
        return undefined
      }),
  })

type UntagInput = Readonly<Record<string, string>> & { readonly TagKeys: readonly string[] }

export const untagThing = ({ state }: Iam, { title, member, name, target, retag }: Tagged): AnyOperation =>
  iamOperation<UntagInput, undefined>({
    name: `Untag${title}`,
    readOnly: false,
    input: structure({ [member]: required(name), TagKeys: required(tagKeys) }) as unknown as Shape<UntagInput>,
    target: (input) => target(state, input[member] ?? ''),
    run: (input) =>
      state.change((changes) => {
        retag(state, input[member] ?? '', changes, (present) => withoutTags(present, input.TagKeys))
        return undefined
      }),
  })

type ListInput = Readonly<Record<string, string>> & PageRequest

export const listTags = ({ state }: Iam, { title, member, name, target, tagsOf }: Tagged): AnyOperation =>
  iamOperation<ListInput, object>({
    name: `List${title}Tags`,
    readOnly: true,
    input: structure({ [member]: required(name), ...paged }) as unknown as Shape<ListInput>,
    target: (input) => target(state, input[member] ?? ''),
    run: (input) => {
      const sorted = sortedBy(tagsOf(state, input[member] ?? ''), ({ key }) => key)
      const { items, end } = page(sorted, input, ({ key }) => key)
      return { Tags: printedTags(items), ...end }
    },
  })
