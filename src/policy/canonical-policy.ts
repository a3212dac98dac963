/**
 * A resource-based policy as DynamoDB keeps it: no white space, elements in a fixed order, a lone name without its list,
 * an account as its root's ARN and nobody named twice (recorded 2026-10). Two texts of one form are the same policy.
 */

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }
type Members = { readonly [name: string]: Json }

const documentOrder = ['Version', 'Id', 'Statement']
const statementOrder = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]
const lists = new Set(['Action', 'NotAction', 'Resource', 'NotResource'])

/** `text` has been parsed as a policy. A Version that it does not name stays away; see `withVersion`. */
export function canonicalPolicy(text: string): string {
  const { Statement: statements = [], ...rest } = JSON.parse(text) as Members
  const all = Array.isArray(statements) ? (statements as readonly Members[]) : [statements as Members]
  return JSON.stringify(inOrder({ ...rest, Statement: all.map(canonicalStatement) }, documentOrder))
}

/** The form that is shown: AWS reads a policy without a Version as one of 2008. */
export function withVersion(canonical: string): string {
  const policy = JSON.parse(canonical) as Members
  return 'Version' in policy ? canonical : JSON.stringify({ Version: '2008-10-17', ...policy })
}

function canonicalStatement(statement: Members): Json {
  const made = Object.entries(statement).map(([name, value]): readonly [string, Json] => {
    if (lists.has(name)) return [name, unlisted(value)]
    return name === 'Principal' || name === 'NotPrincipal' ? [name, principal(value)] : [name, value]
  })
  return inOrder(Object.fromEntries(made), statementOrder)
}

function principal(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  const families = Object.entries(value as Members).map(([family, names]): readonly [string, Json] => {
    const all = (Array.isArray(names) ? names : [names]) as readonly Json[]
    return [family, unlisted([...new Set(family === 'AWS' ? all.map(rootOfAccount) : all)])]
  })
  return Object.fromEntries(families)
}

function rootOfAccount(name: Json): Json {
  return typeof name === 'string' && /^\d{12}$/.test(name) ? `arn:aws:iam::${name}:root` : name
}

function unlisted(value: Json): Json {
  return Array.isArray(value) && value.length === 1 ? (value[0] as Json) : value
}

function inOrder(members: Members, order: readonly string[]): Members {
  return Object.fromEntries(order.filter((name) => name in members).map((name) => [name, members[name] as Json]))
}
