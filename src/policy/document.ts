/** A policy document as data: what parsing yields and compiling takes. */
import type { Span } from './json-document.ts'

export type PolicyVersion = '2012-10-17' | '2008-10-17'

/**
 * What a document is for; each kind has its own rules of grammar. `managed` also serves permissions boundaries, which
 * are managed policies; `resource` serves tables, streams and KMS keys.
 */
export type PolicyKind =
  | 'managed'
  | 'inline'
  | 'session'
  | 'trust'
  | 'resource'
  | 'vpc-endpoint'
  | 'service-control'
  | 'resource-control'

export interface PolicyDocument {
  readonly version: PolicyVersion
  readonly id: string | undefined
  readonly statements: readonly Statement[]
  /** As it was written; positions of statements point into it. */
  readonly text: string
}

export interface Statement {
  readonly sid: string | undefined
  readonly effect: Effect
  readonly principal: PrincipalElement | undefined
  readonly action: NameList
  /** Undefined in trust policies, where the role itself is the resource. */
  readonly resource: NameList | undefined
  readonly conditions: readonly ConditionClause[]
  readonly span: Span
}

export type Effect = 'Allow' | 'Deny'

/** Action or NotAction, Resource or NotResource. */
export interface NameList {
  readonly negated: boolean
  readonly names: readonly string[]
}

/** Principal or NotPrincipal. */
export interface PrincipalElement {
  readonly negated: boolean
  readonly names: readonly PrincipalName[]
}

export type PrincipalFamily = 'AWS' | 'Service' | 'Federated' | 'CanonicalUser'

export interface PrincipalName {
  readonly family: PrincipalFamily
  readonly name: string
}

/** One key under one operator of a Condition block. */
export interface ConditionClause {
  /** As written: `ForAllValues:StringEqualsIfExists`. */
  readonly operator: string
  /** As written; names of keys are case-insensitive. */
  readonly key: string
  /** JSON numbers and booleans as the text that they were. */
  readonly values: readonly string[]
}

/** Why a document is refused. Services make their own error of it: MalformedPolicyDocument, ValidationException … */
export class MalformedPolicy {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}
