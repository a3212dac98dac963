/**
 * From text to a document, or to the reason why not. Rules are checked in the order in which AWS is known to check
 * them: a document with two faults is refused for the same one. Two families of wording exist. Permission policies
 * (identity, session, organisation) know a few broad messages; policies with a principal (trust, resource, endpoint)
 * name what is missing.
 */
import { MalformedPolicy, type PolicyDocument, type PolicyKind } from './document.ts'
import { readJson } from './json-document.ts'
import { checkPermissionRules, permissionWording } from './permission-policy-rules.ts'
import { readPolicy } from './policy-syntax.ts'
import { checkPrincipalRules, principalWording } from './principal-policy-rules.ts'

/** Longest document that any service takes (IAM's parameter constraint), in characters. */
export const policyTextCharactersMax = 131_072

/** Tab, line feed, carriage return and U+0020 to U+00FF (IAM's parameter constraint). */
const outsideCharset = /[^\t\n\r\u0020-\u00ff]/

export function parsePolicy(text: string, kind: PolicyKind): PolicyDocument | MalformedPolicy {
  const named = kindsWithPrincipal.has(kind)
  const wording = named ? principalWording : permissionWording
  if (text.length > policyTextCharactersMax || outsideCharset.test(text)) return new MalformedPolicy(wording.notJson)
  if (named && /^\s/.test(text)) return new MalformedPolicy('JSON strings must not have leading spaces')
  const node = readJson(text)
  if (node === undefined) return new MalformedPolicy(wording.notJson)
  const policy = readPolicy(node, wording)
  if (policy instanceof MalformedPolicy) return policy
  const problem = named ? checkPrincipalRules(policy, kind) : checkPermissionRules(policy, kind)
  if (problem !== undefined) return problem
  return {
    version: policy.version ?? '2008-10-17',
    id: policy.id,
    text,
    statements: policy.statements.map((statement) => ({
      sid: statement.sid,
      effect: statement.effect === 'Deny' ? 'Deny' : 'Allow',
      principal: statement.principal,
      action: statement.action ?? { negated: false, names: [] },
      resource: statement.resource,
      conditions: statement.conditions,
      span: statement.span,
    })),
  }
}

const kindsWithPrincipal: ReadonlySet<PolicyKind> = new Set(['trust', 'resource', 'vpc-endpoint', 'resource-control'])

/** A document that we wrote ourselves, such as an AWS managed policy: a fault in it is our defect. */
export function policyOf(text: string, kind: PolicyKind): PolicyDocument {
  const document = parsePolicy(text, kind)
  if (document instanceof MalformedPolicy) throw new TypeError(`a policy of our own is malformed: ${document.message}`)
  return document
}

/** IAM and STS do not count white space against their quotas. */
export function charactersWithoutWhiteSpace(text: string): number {
  return text.replace(/\s/g, '').length
}

/** Quotas of AWS in characters without white space; DynamoDB counts bytes, white space included. */
export const policySizeQuotas = {
  managedPolicyCharactersMax: 6_144,
  userInlineCharactersMax: 2_048,
  roleInlineCharactersMax: 10_240,
  groupInlineCharactersMax: 5_120,
  trustPolicyCharactersMax: 2_048,
  sessionPolicyCharactersMax: 2_048,
  serviceControlPolicyCharactersMax: 10_240,
  resourceControlPolicyCharactersMax: 5_120,
  vpcEndpointPolicyCharactersMax: 20_480,
  dynamodbResourcePolicyBytesMax: 20_480,
  keyPolicyBytesMax: 32_768,
} as const
