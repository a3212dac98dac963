/**
 * Whom a trust policy means: who bore the name when the policy was written. As in AWS a user or role that is deleted and
 * made anew under the same name is not trusted, and one that is renamed still is; so the ids are kept beside the text.
 */
import { MalformedPolicy, type PolicyDocument, type PrincipalElement } from '../../policy/document.ts'
import { parsePolicy } from '../../policy/parse-policy.ts'
import { partedArn } from './arns.ts'
import { arnOf } from './entities.ts'
import type { IamState } from './state.ts'

/** Ids by ARN, of users and roles of this account. */
export type TrustedIds = Readonly<Record<string, string>>

export function trustedIds(state: IamState, trust: string): TrustedIds {
  const document = parsePolicy(trust, 'trust')
  if (document instanceof MalformedPolicy) return {}
  const names = document.statements.flatMap(({ principal }) => principal?.names ?? [])
  return Object.fromEntries(
    names.flatMap(({ family, name }) => {
      const id = family === 'AWS' ? idOf(state, name) : undefined
      return id === undefined ? [] : [[name, id]]
    }),
  )
}

function idOf(state: IamState, arn: string): string | undefined {
  const parts = partedArn(arn)
  if (parts?.kind !== 'user' && parts?.kind !== 'role') return undefined
  const table = parts.kind === 'user' ? state.users : state.roles
  const found = table.named(parts.rest.slice(parts.rest.lastIndexOf('/') + 1))
  return found !== undefined && arnOf(state, parts.kind, found) === arn ? found.id : undefined
}

/** The document with those principals named by their ids. */
export function namedById(document: PolicyDocument, ids: TrustedIds): PolicyDocument {
  const byId = (element: PrincipalElement): PrincipalElement => ({
    ...element,
    names: element.names.map((one) => {
      const id = one.family === 'AWS' && Object.hasOwn(ids, one.name) ? ids[one.name] : undefined
      return id === undefined ? one : { ...one, name: id }
    }),
  })
  return {
    ...document,
    statements: document.statements.map((one) => ({ ...one, principal: one.principal && byId(one.principal) })),
  }
}
