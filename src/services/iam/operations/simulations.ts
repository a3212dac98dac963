/** SimulateCustomPolicy, SimulatePrincipalPolicy, GetContextKeysForCustomPolicy and GetContextKeysForPrincipalPolicy. */
import type { InputOf } from '../../../contract/shape.ts'
import type { Caller } from '../../../policy/callers.ts'
import type { CompiledPolicy } from '../../../policy/compiled-policy.ts'
import { glob } from '../../../policy/glob.ts'
import { iamArn, partedArn } from '../arns.ts'
import { arnOf, type EntityRecord, entityNamed } from '../entities.ts'
import { type EntityKind, invalidArn, invalidInput, noSuch } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, wholeAccount } from '../iam-operation.ts'
import { pageOfPlaces } from '../pages.ts'
import { defaultVersion, findPolicy } from '../policies.ts'
import type { RoleRecord, UserRecord } from '../records.ts'
import { arn, document, list, optional, paged, required, string, structure } from '../shapes.ts'
import {
  type ContextEntry,
  contextKeysOf,
  type Simulation,
  simulate,
  simulatedContext,
  simulatedPolicy,
} from '../simulation.ts'
import type { IamState } from '../state.ts'

const resourceName = string({ min: 1, max: 2048 })
const contextKeyTypes = [
  ...['string', 'stringList', 'numeric', 'numericList', 'boolean', 'booleanList'],
  ...['ip', 'ipList', 'binary', 'binaryList', 'date', 'dateList'],
]
const contextEntry = structure({
  ContextKeyName: optional(string({ min: 5, max: 256 })),
  ContextKeyValues: optional(list(string())),
  ContextKeyType: optional(string({ oneOf: contextKeyTypes })),
})

const identifierTypes = ['aws-managed', 'inline', 'permission-boundary', 'rcp', 'scp', 'user-managed']
const attachmentTypes = ['group', 'role', 'user']
const policyIdentifier = structure({
  PolicyType: optional(string({ oneOf: identifierTypes })),
  PolicyArn: optional(string({ min: 20, max: 2048 })),
  InlinePolicyIdentifier: optional(
    structure({
      PolicyName: required(string({ min: 1, max: 128 })),
      AttachmentType: required(string({ oneOf: attachmentTypes })),
      AttachmentName: required(string({ min: 1, max: 128 })),
    }),
  ),
})

const simulationMembers = {
  PermissionsBoundaryPolicyInputList: optional(list(document)),
  ActionNames: required(list(string({ min: 3, max: 128 }))),
  ResourceArns: optional(list(resourceName)),
  ResourcePolicy: optional(document),
  ResourceOwner: optional(resourceName),
  CallerArn: optional(resourceName),
  ContextEntries: optional(list(contextEntry)),
  ResourceHandlingOption: optional(string({ min: 1, max: 64 })),
  ...paged,
}

const customInput = structure({
  PolicyInputList: required(list(document)),
  OrderedOrganizationPolicyInputList: optional(
    list(structure({ ServiceControlPolicyInputList: optional(list(document)) })),
  ),
  ...simulationMembers,
})
type Asked = Omit<InputOf<typeof customInput>, 'PolicyInputList' | 'OrderedOrganizationPolicyInputList'>

export const simulateCustomPolicy = ({ state, clock }: Iam) =>
  iamOperation<InputOf<typeof customInput>, object>({
    name: 'SimulateCustomPolicy',
    readOnly: true,
    input: customInput,
    target: () => wholeAccount,
    run: (input) => {
      const callerArn = input.CallerArn ?? iamArn(state.accountId, 'user', '/', 'simulated')
      return results(input, {
        caller: userCaller(callerArn),
        identity: input.PolicyInputList.map((text, at) =>
          simulatedPolicy(`PolicyInputList.${at + 1}`, text, 'managed'),
        ),
        boundary: givenBoundary(input),
        organization: (input.OrderedOrganizationPolicyInputList ?? []).map(
          ({ ServiceControlPolicyInputList: texts = [] }, level) =>
            texts.map((text, at) =>
              simulatedPolicy(
                `OrderedOrganizationPolicyInputList.${level + 1}.ServiceControlPolicyInputList.${at + 1}`,
                text,
                'service-control',
              ),
            ),
        ),
        known: { ...timeOf(clock.nowMs()), 'aws:principalarn': callerArn },
      })
    },
  })

const principalInput = structure({
  PolicySourceArn: required(arn),
  PolicyInputList: optional(list(document)),
  PolicyExclusionList: optional(list(policyIdentifier)),
  ...simulationMembers,
})

export const simulatePrincipalPolicy = ({ state, clock, organization }: Iam) =>
  iamOperation<InputOf<typeof principalInput>, object>({
    name: 'SimulatePrincipalPolicy',
    readOnly: true,
    input: principalInput,
    target: (input) => ({ arn: input.PolicySourceArn }),
    run: (input) => {
      const { kind, entity } = entityWith(state, input.PolicySourceArn)
      const added = (input.PolicyInputList ?? []).map((text, at) =>
        simulatedPolicy(`PolicyInputList.${at + 1}`, text, 'managed'),
      )
      const tags = 'tags' in entity ? (entity as UserRecord).tags : []
      return results(input, {
        caller: callerFor(state, kind, entity, input.CallerArn),
        identity: [...policiesOf(state, kind, entity, exclusions(input.PolicyExclusionList)), ...added],
        ...(organization && { organization: organization.serviceControl }),
        boundary: givenBoundary(input) ?? ownBoundary(state, entity, exclusions(input.PolicyExclusionList)),
        known: {
          ...timeOf(clock.nowMs()),
          ...Object.fromEntries(tags.map(({ key, value }) => [`aws:principaltag/${key.toLowerCase()}`, value])),
          'aws:principalarn': kind === 'group' ? undefined : input.PolicySourceArn,
          'aws:principalorgid': organization?.id,
          'aws:principalorgpaths': organization?.path,
          'aws:username': kind === 'user' ? entity.name : undefined,
          'aws:userid': kind === 'user' ? entity.id : undefined,
          'aws:principaltype': kind === 'role' ? 'AssumedRole' : 'User',
        },
      })
    },
  })

interface Prepared {
  readonly caller: Caller
  readonly identity: readonly CompiledPolicy[]
  readonly boundary: CompiledPolicy | undefined
  readonly organization?: readonly (readonly CompiledPolicy[])[]
  readonly known: Readonly<Record<string, string | undefined>>
}

/** One result for each action on each resource; there may be very many, so only the page's own are looked at. */
async function results(input: Asked, prepared: Prepared): Promise<object> {
  const { caller, identity, boundary, organization = [], known } = prepared
  if (input.ResourcePolicy !== undefined && input.CallerArn === undefined && caller.type === 'User') {
    if (caller.arn.endsWith(':user/simulated')) {
      throw invalidInput(
        'CallerArn is required when ResourcePolicy is given and no user is the source of the policies.',
      )
    }
  }
  const simulation: Simulation = {
    caller,
    identity,
    boundary,
    organization,
    resourcePolicy:
      input.ResourcePolicy === undefined
        ? undefined
        : simulatedPolicy('ResourcePolicy', input.ResourcePolicy, 'resource'),
    resourceOwner: input.ResourceOwner && (/:(\d{12}):/.exec(input.ResourceOwner)?.[1] ?? input.ResourceOwner),
    context: simulatedContext((input.ContextEntries ?? []) as readonly ContextEntry[], known),
  }
  const resources = input.ResourceArns === undefined || input.ResourceArns.length === 0 ? ['*'] : input.ResourceArns
  const { items, end } = pageOfPlaces(input.ActionNames.length * resources.length, input)
  const shown: object[] = []
  for (const place of items) {
    const action = input.ActionNames[Math.floor(place / resources.length)] ?? ''
    shown.push(simulate(simulation, action, resources[place % resources.length] ?? ''))
    // A thousand results of a megabyte of policies take long; other requests go between them.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { EvaluationResults: shown, ...end }
}

function timeOf(nowMs: number): Readonly<Record<string, string>> {
  return {
    'aws:currenttime': `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    'aws:epochtime': String(Math.floor(nowMs / 1000)),
  }
}

function userCaller(callerArn: string): Caller {
  const parts = partedArn(callerArn)
  if (parts?.kind !== 'user') throw invalidArn(callerArn)
  return { type: 'User', accountId: parts.accountId, arn: callerArn }
}

function callerFor(state: IamState, kind: EntityKind, entity: EntityRecord, given: string | undefined): Caller {
  if (given !== undefined) return userCaller(given)
  const { accountId } = state
  const own = arnOf(state, kind, entity)
  if (kind === 'role') {
    const session = `arn:aws:sts::${accountId}:assumed-role/${entity.name}/simulated`
    return { type: 'AssumedRole', accountId, arn: session, roleArn: own, uniqueId: entity.id }
  }
  const userArn = kind === 'user' ? own : iamArn(accountId, 'user', '/', 'simulated')
  return { type: 'User', accountId, arn: userArn, ...(kind === 'user' && { uniqueId: entity.id }) }
}

/** InvalidInput for what is no ARN of a user, group or role; NoSuchEntity when there is none of it. */
function entityWith(state: IamState, sourceArn: string): { readonly kind: EntityKind; readonly entity: EntityRecord } {
  const parts = partedArn(sourceArn)
  const kind = parts?.kind
  if (parts === undefined || (kind !== 'user' && kind !== 'group' && kind !== 'role')) throw invalidArn(sourceArn)
  const name = parts.rest.slice(parts.rest.lastIndexOf('/') + 1)
  const entity = entityNamed(state, kind, name)
  // Permission was asked for this ARN, so it must be the entity's own: path and account belong to it.
  if (arnOf(state, kind, entity) !== sourceArn) throw noSuch(kind, name)
  return { kind, entity }
}

/** Which policies a simulation is to leave out. */
interface Exclusions {
  readonly types: ReadonlySet<string>
  readonly managed: (policyArn: string) => boolean
  readonly inline: (kind: EntityKind, entity: string, policy: string) => boolean
}

function exclusions(given: readonly InputOf<typeof policyIdentifier>[] = []): Exclusions {
  const arns = given.flatMap(({ PolicyArn }) => PolicyArn ?? []).map(glob)
  const inline = given
    .flatMap(({ InlinePolicyIdentifier }) => InlinePolicyIdentifier ?? [])
    .map((one) => ({ ...one, names: glob(one.AttachmentName) }))
  return {
    types: new Set(given.flatMap(({ PolicyType }) => PolicyType ?? [])),
    managed: (policyArn) => arns.some((matches) => matches(policyArn)),
    inline: (kind, entity, policy) =>
      inline.some((one) => one.AttachmentType === kind && one.PolicyName === policy && one.names(entity)),
  }
}

/** Named as AWS names them in MatchedStatements. */
function policiesOf(
  state: IamState,
  kind: EntityKind,
  entity: EntityRecord,
  excluded: Exclusions,
): readonly CompiledPolicy[] {
  const groups = kind === 'user' ? (entity as UserRecord).groups.flatMap((id) => state.groups.get(id) ?? []) : []
  return [
    ...ownPolicies(state, kind, entity, excluded),
    ...groups.flatMap((group) => ownPolicies(state, 'group', group, excluded)),
  ]
}

function ownPolicies(
  state: IamState,
  kind: EntityKind,
  entity: EntityRecord,
  excluded: Exclusions,
): readonly CompiledPolicy[] {
  const inline = entity.inline
    .filter((one) => !excluded.types.has('inline') && !excluded.inline(kind, entity.name, one.name))
    .map((one) => simulatedPolicy(`${kind}_${entity.name}_${one.name}`, one.document, 'inline'))
  const attached = entity.attached.filter((policyArn) => {
    const type = policyArn.startsWith('arn:aws:iam::aws:') ? 'aws-managed' : 'user-managed'
    return !excluded.types.has(type) && !excluded.managed(policyArn)
  })
  return [...inline, ...attached.flatMap((policyArn) => managed(state, policyArn) ?? [])]
}

function managed(state: IamState, policyArn: string): CompiledPolicy | undefined {
  const policy = findPolicy(state, policyArn)
  return policy && simulatedPolicy(policy.name, defaultVersion(policy).document, 'managed')
}

function ownBoundary(state: IamState, entity: EntityRecord, excluded: Exclusions): CompiledPolicy | undefined {
  const { boundary } = entity as Partial<UserRecord | RoleRecord>
  if (boundary === undefined || excluded.types.has('permission-boundary')) return undefined
  return managed(state, boundary)
}

function givenBoundary(input: Asked): CompiledPolicy | undefined {
  const [text] = input.PermissionsBoundaryPolicyInputList ?? []
  return text === undefined ? undefined : simulatedPolicy('PermissionsBoundaryPolicyInputList.1', text, 'managed')
}

const customKeysInput = structure({ PolicyInputList: required(list(document)) })

export const getContextKeysForCustomPolicy = (_iam: Iam) =>
  iamOperation<InputOf<typeof customKeysInput>, object>({
    name: 'GetContextKeysForCustomPolicy',
    readOnly: true,
    input: customKeysInput,
    target: () => wholeAccount,
    run: (input) => ({ ContextKeyNames: keysIn(input.PolicyInputList) }),
  })

const principalKeysInput = structure({ PolicySourceArn: required(arn), PolicyInputList: optional(list(document)) })

export const getContextKeysForPrincipalPolicy = ({ state }: Iam) =>
  iamOperation<InputOf<typeof principalKeysInput>, object>({
    name: 'GetContextKeysForPrincipalPolicy',
    readOnly: true,
    input: principalKeysInput,
    target: (input) => ({ arn: input.PolicySourceArn }),
    run: (input) => {
      const { kind, entity } = entityWith(state, input.PolicySourceArn)
      const groups = kind === 'user' ? (entity as UserRecord).groups.flatMap((id) => state.groups.get(id) ?? []) : []
      const documents = [entity, ...groups].flatMap(({ inline, attached }) => [
        ...inline.map((policy) => policy.document),
        ...attached.flatMap((policyArn) => {
          const policy = findPolicy(state, policyArn)
          return policy === undefined ? [] : [defaultVersion(policy).document]
        }),
      ])
      return { ContextKeyNames: keysIn([...documents, ...(input.PolicyInputList ?? [])]) }
    },
  })

function keysIn(documents: readonly string[]): readonly string[] {
  for (const [at, text] of documents.entries()) simulatedPolicy(`PolicyInputList.${at + 1}`, text, 'managed')
  return [...new Set(documents.flatMap(contextKeysOf))].sort()
}
