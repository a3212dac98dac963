/**
 * Does a policy let in anyone at all? DynamoDB refuses to keep one that does. An Allow for everyone is narrow enough when
 * a condition holds it to fixed values of a key that says who or whence (developer guide, "Blocking public access").
 */
import { parseOperator } from './condition-operators.ts'
import type { ConditionClause, PolicyDocument, Statement } from './document.ts'

const narrowingKeys: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalservicename',
  'aws:principalservicenameslist',
  'aws:principalisawsservice',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourcevpcarn',
  'aws:vpcsourceip',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpceorgpaths',
  'aws:userid',
  'aws:username',
])
const wholeInternet = /^(0\.0\.0\.0|::)\/0$/

export function grantsPublicAccess({ statements }: PolicyDocument): boolean {
  return statements.some((statement) => isForEveryone(statement) && !statement.conditions.some(narrows))
}

function isForEveryone({ effect, principal }: Statement): boolean {
  return effect === 'Allow' && (principal?.names.some(({ name }) => name === '*') ?? false)
}

function narrows({ operator, key, values }: ConditionClause): boolean {
  const parsed = parseOperator(operator)
  if (parsed === undefined || !narrowingKeys.has(key.toLowerCase())) return false
  // Absent keys, negations and sets that may be empty let strangers through.
  if (/^ForAllValues:|IfExists$|Not|^Null$/.test(operator)) return false
  return values.length > 0 && values.every((value) => isFixed(key.toLowerCase(), value))
}

/** An ARN may have wildcards behind the account; nothing else may have any, nor a variable. */
function isFixed(key: string, value: string): boolean {
  if (value.includes('${') || wholeInternet.test(value)) return false
  const part = key === 'aws:principalarn' || key === 'aws:sourcearn' ? (value.split(':')[4] ?? '*') : value
  if (key === 'aws:principalorgpaths' || key === 'aws:sourceorgpaths') return /^o-[a-z0-9]+\//.test(value)
  return part !== '' && !/[*?]/.test(part)
}
