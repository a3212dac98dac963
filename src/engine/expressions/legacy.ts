/** The parameters from before expressions: Expected, QueryFilter and ScanFilter, KeyConditions, AttributeUpdates. */
import { type ServiceError, validationError } from '../../foundation/service-error.ts'
import { type AttributeType, type AttributeValue, typeOf } from '../items/attribute-value.ts'
import { checkValue } from '../items/check-item.ts'
import { compareScalars } from '../items/compare-values.ts'
import type { Condition, Operand, Update, UpdateAction } from './syntax.ts'

export type ComparisonOperator =
  | 'EQ'
  | 'NE'
  | 'IN'
  | 'LE'
  | 'LT'
  | 'GE'
  | 'GT'
  | 'BETWEEN'
  | 'NOT_NULL'
  | 'NULL'
  | 'CONTAINS'
  | 'NOT_CONTAINS'
  | 'BEGINS_WITH'
export type ConditionalOperator = 'AND' | 'OR'

/** An element of QueryFilter, ScanFilter or KeyConditions; values as they passed `checkWireTypes`. */
export interface LegacyCondition {
  readonly ComparisonOperator: ComparisonOperator
  readonly AttributeValueList?: readonly unknown[] | undefined
}
/** An element of Expected. */
export interface LegacyExpectation {
  readonly Exists?: boolean | undefined
  readonly Value?: unknown
  readonly ComparisonOperator?: ComparisonOperator | undefined
  readonly AttributeValueList?: readonly unknown[] | undefined
}
/** An element of AttributeUpdates. */
export interface LegacyUpdate {
  readonly Action?: 'PUT' | 'ADD' | 'DELETE' | undefined
  readonly Value?: unknown
}

/** Expected as a condition; throws AWS's ValidationExceptions for combinations that make no sense. */
export function legacyExpected(
  expected: Readonly<Record<string, LegacyExpectation>>,
  conditionalOperator?: ConditionalOperator,
): Condition {
  const parts = Object.entries(expected).map(([name, expectation]) => expectationOf(name, expectation))
  return joined(parts, conditionalOperator)
}

/** QueryFilter or ScanFilter as a condition. */
export function legacyFilter(
  filter: Readonly<Record<string, LegacyCondition>>,
  conditionalOperator?: ConditionalOperator,
): Condition {
  const parts = Object.entries(filter).map(([name, condition]) => filterOf(name, condition))
  return joined(parts, conditionalOperator)
}

/** KeyConditions as a condition, to be given to `keyConditionOf`. */
export function legacyKeyConditions(keyConditions: Readonly<Record<string, LegacyCondition>>): Condition {
  const all = Object.entries(keyConditions).map(([name, condition]) => filterOf(name, condition))
  if (all.length === 0) throw validationError('Conditions can be of length 1 or 2 only')
  return { kind: 'and', all }
}

/** AttributeUpdates as an update. */
export function legacyUpdates(attributeUpdates: Readonly<Record<string, LegacyUpdate>>): Update {
  return { actions: Object.entries(attributeUpdates).map(([name, update]) => actionOf(name, update)), legacy: true }
}

/** ConditionalOperator without a filter or Expected, or with fewer than two elements to join. */
export function checkConditionalOperator(conditionalOperator: ConditionalOperator | undefined, elements: number): void {
  if (conditionalOperator === undefined || elements > 1) return
  throw invalidParameter(
    elements === 0
      ? 'ConditionalOperator cannot be used without Filter or Expected'
      : 'ConditionalOperator can only be used when Filter or Expected has two or more elements',
  )
}

function joined(parts: readonly Condition[], conditionalOperator: ConditionalOperator | undefined): Condition {
  checkConditionalOperator(conditionalOperator, parts.length)
  return conditionalOperator === 'OR' ? { kind: 'or', any: parts } : { kind: 'and', all: parts }
}

function expectationOf(name: string, expectation: LegacyExpectation): Condition {
  const { Exists, Value, ComparisonOperator, AttributeValueList } = expectation
  const hasValue = Value !== undefined && Value !== null
  const hasList = AttributeValueList !== undefined
  if (hasList && hasValue) {
    throw invalidParameter(`Value and AttributeValueList cannot be used together for Attribute: ${name}`)
  }
  if (ComparisonOperator === undefined) {
    if (hasList) {
      throw invalidParameter(`AttributeValueList can only be used with a ComparisonOperator for Attribute: ${name}`)
    }
    if (Exists === false) {
      if (hasValue) throw invalidParameter(`Value cannot be used when Exists is false for Attribute: ${name}`)
      return { kind: 'not-exists', path: [name] }
    }
    if (!hasValue) {
      throw invalidParameter(`Value must be provided when Exists is ${Exists ?? 'null'} for Attribute: ${name}`)
    }
    return comparison(name, 'EQ', [checkValue(Value)])
  }
  if (Exists !== undefined) {
    throw invalidParameter(`Exists and ComparisonOperator cannot be used together for Attribute: ${name}`)
  }
  if (!hasList && !hasValue && ComparisonOperator !== 'NULL' && ComparisonOperator !== 'NOT_NULL') {
    throw invalidParameter(
      `Value or AttributeValueList must be used with ComparisonOperator: ${ComparisonOperator} for Attribute: ${name}`,
    )
  }
  const values = (AttributeValueList ?? (hasValue ? [Value] : [])).map(checkValue)
  checkOperands(ComparisonOperator, values)
  return comparison(name, ComparisonOperator, values)
}

function filterOf(name: string, { ComparisonOperator, AttributeValueList }: LegacyCondition): Condition {
  const values = (AttributeValueList ?? []).map(checkValue)
  checkOperands(ComparisonOperator, values)
  return comparison(name, ComparisonOperator, values)
}

const ordered: readonly AttributeType[] = ['S', 'N', 'B']

/** How many values each operator takes, and of which types; without types it takes all. */
const operators: Readonly<
  Record<
    ComparisonOperator,
    { readonly least: number; readonly most: number; readonly types?: readonly AttributeType[] }
  >
> = {
  EQ: { least: 1, most: 1 },
  NE: { least: 1, most: 1 },
  LE: { least: 1, most: 1, types: ordered },
  LT: { least: 1, most: 1, types: ordered },
  GE: { least: 1, most: 1, types: ordered },
  GT: { least: 1, most: 1, types: ordered },
  IN: { least: 1, most: Number.POSITIVE_INFINITY, types: ordered },
  BETWEEN: { least: 2, most: 2, types: ordered },
  NULL: { least: 0, most: 0 },
  NOT_NULL: { least: 0, most: 0 },
  CONTAINS: { least: 1, most: 1, types: ordered },
  NOT_CONTAINS: { least: 1, most: 1, types: ordered },
  BEGINS_WITH: { least: 1, most: 1, types: ['S', 'B'] },
}

function checkOperands(operator: ComparisonOperator, values: readonly AttributeValue[]): void {
  const { least, most, types } = operators[operator]
  if (values.length < least || values.length > most) {
    throw invalidParameter(`Invalid number of argument(s) for the ${operator} ComparisonOperator`)
  }
  const found = values.map(typeOf)
  if (found.some((type) => type !== found[0])) {
    throw invalidParameter('AttributeValues inside AttributeValueList must be of same type')
  }
  const wrong = types === undefined ? undefined : found.find((type) => !types.includes(type))
  if (wrong !== undefined) {
    throw invalidParameter(`ComparisonOperator ${operator} is not valid for ${wrong} AttributeValue type`)
  }
  const [low, high] = values
  if (operator === 'BETWEEN' && low !== undefined && high !== undefined && (compareScalars(low, high) ?? 0) > 0) {
    throw validationError(
      'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound',
    )
  }
}

const comparators = { EQ: '=', NE: '<>', LE: '<=', LT: '<', GE: '>=', GT: '>' } as const

function comparison(name: string, operator: ComparisonOperator, values: readonly AttributeValue[]): Condition {
  const operand: Operand = { kind: 'path', path: [name] }
  const [first, second] = values.map((value): Operand => ({ kind: 'value', value }))
  if (operator === 'NULL') return { kind: 'not-exists', path: [name] }
  // Only NOT_NULL takes no value beside NULL, as `checkOperands` saw to.
  if (operator === 'NOT_NULL' || first === undefined) return { kind: 'exists', path: [name] }
  switch (operator) {
    case 'EQ':
    case 'NE':
    case 'LE':
    case 'LT':
    case 'GE':
    case 'GT':
      return { kind: 'compare', comparator: comparators[operator], left: operand, right: first }
    case 'IN':
      return { kind: 'in', operand, list: values.map((value): Operand => ({ kind: 'value', value })) }
    case 'BETWEEN':
      return { kind: 'between', operand, low: first, high: second ?? first }
    case 'CONTAINS':
      return { kind: 'contains', operand, value: first }
    case 'NOT_CONTAINS':
      return { kind: 'not', condition: { kind: 'contains', operand, value: first } }
    case 'BEGINS_WITH':
      return { kind: 'begins-with', operand, prefix: first }
  }
}

const addable: readonly AttributeType[] = ['N', 'SS', 'NS', 'BS', 'L']
const deletable: readonly AttributeType[] = ['SS', 'NS', 'BS']

function actionOf(name: string, { Action, Value }: LegacyUpdate): UpdateAction {
  const path = [name]
  if (Value === undefined || Value === null) {
    if (Action === 'DELETE') return { kind: 'remove', path }
    throw invalidParameter('Only DELETE action is allowed when no attribute value is specified')
  }
  const value = checkValue(Value)
  const type = typeOf(value)
  switch (Action) {
    case 'DELETE':
      if (!deletable.includes(type)) {
        throw invalidParameter(`DELETE action with value is not supported for the type ${type}`)
      }
      return { kind: 'delete', path, value }
    case 'ADD':
      if (!addable.includes(type)) throw invalidParameter(`ADD action is not supported for the type ${type}`)
      return { kind: 'add', path, value }
    default:
      return { kind: 'set', path, value: { kind: 'value', value } }
  }
}

function invalidParameter(problem: string): ServiceError {
  return validationError(`One or more parameter values were invalid: ${problem}`)
}
