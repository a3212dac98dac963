/** Shapes of single values: strings, whole numbers, booleans, timestamps. */
import { serializationError } from '../foundation/service-error.ts'
import { type Place, type Shape, shapeOf, unexpectedStructure, unrecognizedCollection, violation } from './shape.ts'

export interface StringRules<Value extends string = string> {
  /** Bounds of the length in characters, inclusive. */
  readonly min?: number
  readonly max?: number
  /** A pattern that must match the whole string, as the message prints it. */
  readonly pattern?: string
  /** The values allowed, in the order in which the service lists them. */
  readonly oneOf?: readonly Value[]
  /** Rules that no other option can say: the rule texts that the value breaks. */
  readonly broken?: (value: string) => readonly string[]
}

export function string<const Value extends string = string>(rules: StringRules<Value> = {}): Shape<Value> {
  const checks = stringChecks(rules)
  const collect = (value: Value, place: Place, found: string[]): void => {
    for (const check of checks) check(value, place, found)
  }
  return shapeOf<Value>((raw) => convertString(raw) as Value, checks.length > 0 ? collect : undefined)
}

type StringCheck = (value: string, place: Place, found: string[]) => void

function stringChecks(rules: StringRules): StringCheck[] {
  const checks: StringCheck[] = []
  const { min, max, pattern, oneOf, broken } = rules
  if (pattern !== undefined) {
    const whole = new RegExp(`^(?:${pattern})$`, 'u')
    checks.push((value, place, found) => {
      if (!whole.test(value)) {
        found.push(violation(value, place, `Member must satisfy regular expression pattern: ${pattern}`))
      }
    })
  }
  if (min !== undefined) {
    checks.push((value, place, found) => {
      if (value.length < min) found.push(violation(value, place, lengthAtLeast(min)))
    })
  }
  if (max !== undefined) {
    checks.push((value, place, found) => {
      if (value.length > max) found.push(violation(value, place, lengthAtMost(max)))
    })
  }
  if (oneOf !== undefined) {
    const rule = `Member must satisfy enum value set: [${oneOf.join(', ')}]`
    checks.push((value, place, found) => {
      if (!oneOf.includes(value)) found.push(violation(value, place, rule))
    })
  }
  if (broken !== undefined) {
    checks.push((value, place, found) => {
      for (const rule of broken(value)) found.push(violation(value, place, rule))
    })
  }
  return checks
}

export function lengthAtLeast(min: number): string {
  return `Member must have length greater than or equal to ${min}`
}

export function lengthAtMost(max: number): string {
  return `Member must have length less than or equal to ${max}`
}

function convertString(raw: unknown): string {
  switch (typeof raw) {
    case 'string':
      return raw
    case 'boolean':
      throw serializationError(`${raw ? 'TRUE_VALUE' : 'FALSE_VALUE'} cannot be converted to String`)
    case 'number':
      throw serializationError(`${numberToken(raw)} cannot be converted to String`)
    default:
      throw collectionFor(raw, 'class java.lang.String')
  }
}

export interface NumberRules {
  /** Inclusive bounds. */
  readonly min?: number
  readonly max?: number
}

/** A 32-bit whole number; a fraction is cut off. */
export function integer(rules: NumberRules = {}): Shape<number> {
  return wholeNumber('Integer', rules)
}

/** A 64-bit whole number; a fraction is cut off. */
export function long(rules: NumberRules = {}): Shape<number> {
  return wholeNumber('Long', rules)
}

function wholeNumber(type: 'Integer' | 'Long', rules: NumberRules): Shape<number> {
  const { min, max } = rules
  function convert(raw: unknown): number {
    switch (typeof raw) {
      case 'number':
        return Math.trunc(raw)
      case 'string':
        throw serializationError(`STRING_VALUE cannot be converted to ${type}`)
      case 'boolean':
        throw serializationError(`${raw ? 'TRUE_VALUE' : 'FALSE_VALUE'} cannot be converted to ${type}`)
      default:
        throw collectionFor(raw, `class java.lang.${type}`)
    }
  }
  function collect(value: number, place: Place, found: string[]): void {
    if (min !== undefined && value < min) {
      found.push(violation(String(value), place, `Member must have value greater than or equal to ${min}`))
    }
    if (max !== undefined && value > max) {
      found.push(violation(String(value), place, `Member must have value less than or equal to ${max}`))
    }
  }
  return { ...shapeOf(convert, min === undefined && max === undefined ? undefined : collect), kind: 'integer' }
}

/** A 64-bit floating-point number. */
export function double(): Shape<number> {
  return shapeOf((raw) => {
    switch (typeof raw) {
      case 'number':
        return raw
      case 'string':
        throw serializationError('STRING_VALUE cannot be converted to Double')
      case 'boolean':
        throw serializationError(`${raw ? 'TRUE_VALUE' : 'FALSE_VALUE'} cannot be converted to Double`)
      default:
        throw collectionFor(raw, 'class java.lang.Double')
    }
  })
}

/** True or false; the service also takes a few spellings as text. */
export const boolean: Shape<boolean> = ofKind('boolean', (raw) => {
  switch (typeof raw) {
    case 'boolean':
      return raw
    case 'number':
      throw serializationError(`${numberToken(raw)} cannot be converted to Boolean`)
    case 'string':
      return booleanFromText(raw)
    default:
      throw collectionFor(raw, 'class java.lang.Boolean')
  }
})

function booleanFromText(text: string): boolean {
  switch (text.toLowerCase()) {
    case 'true':
    case 'yes':
    case '1':
      return true
    case 'false':
    case 'no':
    case '0':
      return false
    default:
      throw serializationError('Unexpected token received from parser')
  }
}

/** Seconds since the epoch, with up to three decimals. */
export const timestamp: Shape<number> = ofKind('timestamp', (raw) => {
  switch (typeof raw) {
    case 'number':
      return raw
    case 'string':
      throw serializationError('STRING_VALUE can not be converted to milliseconds since epoch')
    case 'boolean':
      throw serializationError(`${raw ? 'TRUE_VALUE' : 'FALSE_VALUE'} can not be converted to milliseconds since epoch`)
    default:
      throw collectionFor(raw, 'class java.util.Date')
  }
})

function ofKind<T>(kind: 'boolean' | 'timestamp', convert: (raw: unknown) => T): Shape<T> {
  return { ...shapeOf(convert), kind }
}

/** The JSON parser's name for a number token. */
function numberToken(value: number): 'NUMBER_VALUE' | 'DECIMAL_VALUE' {
  return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'
}

function collectionFor(raw: unknown, javaType: string): Error {
  return Array.isArray(raw) ? unrecognizedCollection(javaType) : unexpectedStructure()
}
