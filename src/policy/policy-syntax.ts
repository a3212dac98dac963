/** The grammar that all kinds of policy share: which elements there are and of which JSON types. */
import { parseOperator } from './condition-operators.ts'
import {
  type ConditionClause,
  MalformedPolicy,
  type NameList,
  type PolicyVersion,
  type PrincipalElement,
  type PrincipalFamily,
  type PrincipalName,
} from './document.ts'
import type { JsonNode, Span } from './json-document.ts'

/** A policy of right shape whose kind's own rules are not checked yet. */
export interface ReadPolicy {
  readonly version: PolicyVersion | undefined
  readonly id: string | undefined
  readonly statements: readonly ReadStatement[]
}

export interface ReadStatement {
  readonly sid: string | undefined
  /** Allow or Deny in any case; AWS accepts another case here and refuses it later, in other words. */
  readonly effect: string
  readonly principal: PrincipalElement | undefined
  /** Whether the principal was written as a bare text: `"Principal": "*"`. */
  readonly principalIsText: boolean
  readonly action: NameList | undefined
  readonly resource: NameList | undefined
  readonly conditions: readonly ConditionClause[]
  readonly span: Span
}

/** What each fault of grammar is called in a family of policies. */
export interface Wording {
  readonly notJson: string
  readonly syntax: string
  readonly version: string
  readonly noStatement: string
  readonly noEffect: string
  readonly wrongEffect: (effect: string) => string
  readonly emptyPrincipal: string
  readonly wrongPrincipal: (family: string) => string
}

const documentElements = new Set(['Version', 'Id', 'Statement'])
const statementElements = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])
const principalFamilies: readonly string[] = ['AWS', 'Service', 'Federated', 'CanonicalUser']

export function readPolicy(node: JsonNode, wording: Wording): ReadPolicy | MalformedPolicy {
  try {
    return policyOfNode(node, wording)
  } catch (problem) {
    if (problem instanceof MalformedPolicy) return problem
    throw problem
  }
}

function policyOfNode(node: JsonNode, wording: Wording): ReadPolicy {
  const syntax = new MalformedPolicy(wording.syntax)
  if (node.kind !== 'object' || unknownName(node.members, documentElements)) throw syntax
  const { members } = node
  const versionText = optionalText(members.get('Version'), new MalformedPolicy(wording.version))
  if (versionText !== undefined && versionText !== '2012-10-17' && versionText !== '2008-10-17') {
    throw new MalformedPolicy(wording.version)
  }
  const id = optionalText(members.get('Id'), syntax)
  const statement = members.get('Statement')
  if (statement === undefined) throw new MalformedPolicy(wording.noStatement)
  const statements = placedStatements(statement)
  if (statements === undefined) throw syntax
  if (statements.length === 0) throw new MalformedPolicy(wording.noStatement)
  return { version: versionText, id, statements: statements.map((placed) => statementOf(placed, wording)) }
}

interface PlacedStatement {
  readonly node: JsonNode
  readonly span: Span
}

/**
 * Statements with the positions that IAM's simulator gives: a lone statement begins behind its brace, the first of a
 * list behind the list's bracket, the others where the one before ended; all end behind their closing brace.
 */
function placedStatements(node: JsonNode): readonly PlacedStatement[] | undefined {
  if (node.kind === 'object') return [{ node, span: { start: node.span.start + 1, end: node.span.end } }]
  if (node.kind !== 'array') return undefined
  return node.items.map((item, index) => ({
    node: item,
    span: { start: node.items[index - 1]?.span.end ?? node.span.start + 1, end: item.span.end },
  }))
}

function statementOf({ node, span }: PlacedStatement, wording: Wording): ReadStatement {
  const syntax = new MalformedPolicy(wording.syntax)
  if (node.kind !== 'object' || unknownName(node.members, statementElements)) throw syntax
  const { members } = node
  const effect = optionalText(members.get('Effect'), syntax)
  if (effect === undefined) throw new MalformedPolicy(wording.noEffect)
  if (!['allow', 'deny'].includes(effect.toLowerCase())) throw new MalformedPolicy(wording.wrongEffect(effect))
  const principalNode = members.get('Principal') ?? members.get('NotPrincipal')
  if (members.has('Principal') && members.has('NotPrincipal')) throw syntax
  return {
    sid: optionalText(members.get('Sid'), syntax),
    effect,
    principal:
      principalNode === undefined
        ? undefined
        : { negated: members.has('NotPrincipal'), names: principalNames(principalNode, wording) },
    principalIsText: principalNode?.kind === 'string',
    action: nameList(members, 'Action', 'NotAction', syntax),
    resource: nameList(members, 'Resource', 'NotResource', syntax),
    conditions: conditionClauses(members.get('Condition'), syntax),
    span,
  }
}

function nameList(
  members: ReadonlyMap<string, JsonNode>,
  plain: string,
  negated: string,
  syntax: MalformedPolicy,
): NameList | undefined {
  if (members.has(plain) && members.has(negated)) throw syntax
  const node = members.get(plain) ?? members.get(negated)
  return node === undefined ? undefined : { negated: members.has(negated), names: textOrTexts(node, syntax) }
}

function principalNames(node: JsonNode, wording: Wording): readonly PrincipalName[] {
  const syntax = new MalformedPolicy(wording.syntax)
  if (node.kind === 'string') {
    if (node.value !== '*') throw new MalformedPolicy(wording.wrongPrincipal(node.value))
    return [{ family: 'AWS', name: '*' }]
  }
  if (node.kind !== 'object') throw syntax
  const names = [...node.members].flatMap(([family, value]) => {
    if (!isFamily(family)) throw new MalformedPolicy(wording.wrongPrincipal(family))
    return textOrTexts(value, syntax).map((name) => ({ family, name }))
  })
  if (names.length === 0) throw new MalformedPolicy(wording.emptyPrincipal)
  return names
}

function isFamily(name: string): name is PrincipalFamily {
  return principalFamilies.includes(name)
}

function conditionClauses(node: JsonNode | undefined, syntax: MalformedPolicy): readonly ConditionClause[] {
  if (node === undefined) return []
  if (node.kind !== 'object') throw syntax
  return [...node.members].flatMap(([operator, keys]) => {
    if (keys.kind !== 'object') throw syntax
    // AWS lets an unknown operator pass while it holds no keys.
    if (keys.members.size > 0 && parseOperator(operator) === undefined) throw syntax
    return [...keys.members].map(([key, value]) => ({
      operator,
      key,
      values: (value.kind === 'array' ? value.items : [value]).map((item) => conditionValue(item, syntax)),
    }))
  })
}

function conditionValue(node: JsonNode, syntax: MalformedPolicy): string {
  switch (node.kind) {
    case 'string':
      return node.value
    case 'number':
      return node.text
    case 'boolean':
      return String(node.value)
    default:
      throw syntax
  }
}

function textOrTexts(node: JsonNode, syntax: MalformedPolicy): readonly string[] {
  return (node.kind === 'array' ? node.items : [node]).map((item) => {
    if (item.kind !== 'string') throw syntax
    return item.value
  })
}

function optionalText(node: JsonNode | undefined, problem: MalformedPolicy): string | undefined {
  if (node === undefined) return undefined
  if (node.kind !== 'string') throw problem
  return node.value
}

function unknownName(members: ReadonlyMap<string, JsonNode>, known: ReadonlySet<string>): boolean {
  return [...members.keys()].some((name) => !known.has(name))
}
