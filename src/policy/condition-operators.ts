/** Names of condition operators and what they say. IAM user guide, "Condition operators". */

export type ConditionFamily = 'String' | 'Numeric' | 'Date' | 'Bool' | 'Binary' | 'Ip' | 'Arn' | 'Null'
export type Comparison = 'equals' | 'equals-ignoring-case' | 'like' | 'less' | 'at-most' | 'greater' | 'at-least'
export type SetOperator = 'ForAllValues' | 'ForAnyValue'

export interface ConditionOperator {
  readonly family: ConditionFamily
  readonly comparison: Comparison
  /** True for the Not-forms: they hold exactly when the plain form does not. */
  readonly negated: boolean
  readonly set: SetOperator | undefined
  /** An absent key makes the condition hold. */
  readonly ifExists: boolean
}

type Plain = Pick<ConditionOperator, 'family' | 'comparison' | 'negated'>

const plainOperators: ReadonlyMap<string, Plain> = new Map<string, Plain>([
  ['StringEquals', { family: 'String', comparison: 'equals', negated: false }],
  ['StringNotEquals', { family: 'String', comparison: 'equals', negated: true }],
  ['StringEqualsIgnoreCase', { family: 'String', comparison: 'equals-ignoring-case', negated: false }],
  ['StringNotEqualsIgnoreCase', { family: 'String', comparison: 'equals-ignoring-case', negated: true }],
  ['StringLike', { family: 'String', comparison: 'like', negated: false }],
  ['StringNotLike', { family: 'String', comparison: 'like', negated: true }],
  ...ordered('Numeric'),
  ...ordered('Date'),
  ['Bool', { family: 'Bool', comparison: 'equals', negated: false }],
  ['BinaryEquals', { family: 'Binary', comparison: 'equals', negated: false }],
  ['IpAddress', { family: 'Ip', comparison: 'equals', negated: false }],
  ['NotIpAddress', { family: 'Ip', comparison: 'equals', negated: true }],
  // AWS: ArnEquals and ArnLike behave identically.
  ['ArnEquals', { family: 'Arn', comparison: 'like', negated: false }],
  ['ArnLike', { family: 'Arn', comparison: 'like', negated: false }],
  ['ArnNotEquals', { family: 'Arn', comparison: 'like', negated: true }],
  ['ArnNotLike', { family: 'Arn', comparison: 'like', negated: true }],
  ['Null', { family: 'Null', comparison: 'equals', negated: false }],
])

function ordered(family: 'Numeric' | 'Date'): [string, Plain][] {
  return [
    [`${family}Equals`, { family, comparison: 'equals', negated: false }],
    [`${family}NotEquals`, { family, comparison: 'equals', negated: true }],
    [`${family}LessThan`, { family, comparison: 'less', negated: false }],
    [`${family}LessThanEquals`, { family, comparison: 'at-most', negated: false }],
    [`${family}GreaterThan`, { family, comparison: 'greater', negated: false }],
    [`${family}GreaterThanEquals`, { family, comparison: 'at-least', negated: false }],
  ]
}

const setOperators: readonly SetOperator[] = ['ForAllValues', 'ForAnyValue']
const ifExistsSuffix = 'IfExists'

/** Takes `ForAnyValue:StringNotLikeIfExists` apart; undefined for what is no operator. Names are case-sensitive. */
export function parseOperator(name: string): ConditionOperator | undefined {
  const set = setOperators.find((candidate) => name.startsWith(`${candidate}:`))
  const single = set === undefined ? name : name.slice(set.length + 1)
  const ifExists = single.endsWith(ifExistsSuffix)
  const plain = plainOperators.get(ifExists ? single.slice(0, -ifExistsSuffix.length) : single)
  if (plain === undefined || (plain.family === 'Null' && ifExists)) return undefined
  return { ...plain, set, ifExists }
}
