/** PutUserPolicy, GetUserPolicy, ListUserPolicies, DeleteUserPolicy, and the same of groups and roles. */
import type { AnyOperation } from '../../../contract/operation.ts'
import type { Shape } from '../../../contract/shape.ts'
import {
  changedEntityNamed,
  type EntityRecord,
  entityFacts,
  entityNamed,
  entityTarget,
  putEntity,
} from '../entities.ts'
import { type EntityKind, limitExceeded, noSuchInlinePolicy } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation } from '../iam-operation.ts'
import { type PageRequest, page, sortedBy } from '../pages.ts'
import { checkDocument, documentSize, encodedDocument } from '../policy-documents.ts'
import { quotas } from '../quotas.ts'
import type { InlinePolicy } from '../records.ts'
import { document, paged, policyName, required, structure } from '../shapes.ts'

/** The calls of users, groups and roles differ in names alone; this reads the member that bears the entity's. */
type Named = Readonly<Record<string, string>>

export const putInlinePolicy = ({ state }: Iam, kind: EntityKind): AnyOperation => {
  const { title, member, name } = entityFacts[kind]
  const shape = structure({
    [member]: required(name),
    PolicyName: required(policyName),
    PolicyDocument: required(document),
  })
  return iamOperation<Named, undefined>({
    name: `Put${title}Policy`,
    readOnly: false,
    input: shape as unknown as Shape<Named>,
    target: (input) => entityTarget(state, kind, input[member] ?? ''),
    run: (input) =>
      state.change((changes) => {
        const entity = changedEntityNamed(state, kind, input[member] ?? '')
        const policy = { name: input['PolicyName'] ?? '', document: input['PolicyDocument'] ?? '' }
        checkDocument(policy.document, 'inline')
        const others = entity.inline.filter((one) => one.name !== policy.name)
        const inline = sortedBy([...others, policy], (one) => one.name)
        checkSize(kind, entity.name, inline)
        putEntity(changes, kind, { ...entity, inline })
        return undefined
      }),
  })
}

/** All inline policies of an entity together have one quota. */
function checkSize(kind: EntityKind, name: string, policies: readonly InlinePolicy[]): void {
  const size = policies.reduce((sum, policy) => sum + documentSize(policy.document), 0)
  const max = quotas.inlineCharactersMax[kind]
  if (size > max) throw limitExceeded(`Maximum policy size of ${max} bytes exceeded for ${kind} ${name}`)
}

function policyInput(kind: EntityKind): Shape<Named> {
  const { member, name } = entityFacts[kind]
  return structure({ [member]: required(name), PolicyName: required(policyName) }) as unknown as Shape<Named>
}

export const getInlinePolicy = ({ state }: Iam, kind: EntityKind): AnyOperation => {
  const { title, member } = entityFacts[kind]
  return iamOperation<Named, object>({
    name: `Get${title}Policy`,
    readOnly: true,
    input: policyInput(kind),
    target: (input) => entityTarget(state, kind, input[member] ?? ''),
    run: (input) => {
      const entity = entityNamed(state, kind, input[member] ?? '')
      const policy = inlineNamed(kind, entity, input['PolicyName'] ?? '')
      return { [member]: entity.name, PolicyName: policy.name, PolicyDocument: encodedDocument(policy.document) }
    },
  })
}

export const listInlinePolicies = ({ state }: Iam, kind: EntityKind): AnyOperation => {
  const { title, member, name } = entityFacts[kind]
  const shape = structure({ [member]: required(name), ...paged })
  return iamOperation<Named & PageRequest, object>({
    name: `List${title}Policies`,
    readOnly: true,
    input: shape as unknown as Shape<Named & PageRequest>,
    target: (input) => entityTarget(state, kind, input[member] ?? ''),
    run: (input) => {
      const names = entityNamed(state, kind, input[member] ?? '').inline.map((policy) => policy.name)
      const { items, end } = page(names, input, (one) => one)
      return { PolicyNames: items, ...end }
    },
  })
}

export const deleteInlinePolicy = ({ state }: Iam, kind: EntityKind): AnyOperation => {
  const { title, member } = entityFacts[kind]
  return iamOperation<Named, undefined>({
    name: `Delete${title}Policy`,
    readOnly: false,
    input: policyInput(kind),
    target: (input) => entityTarget(state, kind, input[member] ?? ''),
    run: (input) =>
      state.change((changes) => {
        const entity = changedEntityNamed(state, kind, input[member] ?? '')
        const policy = inlineNamed(kind, entity, input['PolicyName'] ?? '')
        putEntity(changes, kind, { ...entity, inline: entity.inline.filter((one) => one !== policy) })
        return undefined
      }),
  })
}

function inlineNamed(kind: EntityKind, entity: EntityRecord, name: string): InlinePolicy {
  const found = entity.inline.find((policy) => policy.name === name)
  if (found === undefined) throw noSuchInlinePolicy(kind, name)
  return found
}
