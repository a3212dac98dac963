/**
 * The values of one condition key in a policy, compiled once: does a value of the request match any of them? A value
 * that its operator cannot read, on either side, matches nothing.
 */
import { compileArnPattern } from './arn-patterns.ts'
import type { Comparison, ConditionOperator } from './condition-operators.ts'
import { parseDate } from './dates.ts'
import { compareDecimals, type Decimal, parseDecimal } from './decimals.ts'
import type { PolicyVersion } from './document.ts'
import { compileGlob } from './glob.ts'
import { type IpRange, isInRange, parseAddress, parseRange } from './ip-ranges.ts'
import {
  type ConditionContext,
  compileFilledIn,
  fillIn,
  fixedParts,
  isVariable,
  parseTemplate,
  variableKeys,
} from './templates.ts'

export interface ConditionValues {
  /** Keys that variables among the values read, as written. */
  readonly keys: readonly string[]
  matchAny(value: string, context: ConditionContext): boolean
}

type ValueMatcher = (value: string, context: ConditionContext) => boolean

export function compileConditionValues(
  { family, comparison }: ConditionOperator,
  values: readonly string[],
  version: PolicyVersion,
): ConditionValues {
  switch (family) {
    case 'String':
      return comparison === 'like' ? likeValues(values, version) : equalValues(values, version, comparison)
    case 'Arn':
      return arnValues(values, version)
    case 'Numeric':
      return orderedValues(values, parseDecimal, compareDecimals, comparison)
    case 'Date':
      return orderedValues(values, parseDate, (a, b) => a - b, comparison)
    case 'Bool':
      return fixed((value) => values.some((wanted) => isTruth(wanted) && wanted.toLowerCase() === value.toLowerCase()))
    case 'Binary':
      return binaryValues(values)
    case 'Ip':
      return ipValues(values)
    case 'Null':
      return fixed((value) => values.some((wanted) => wanted.toLowerCase() === value))
  }
}

function equalValues(values: readonly string[], version: PolicyVersion, comparison: Comparison): ConditionValues {
  const ignoreCase = comparison === 'equals-ignoring-case'
  const norm = ignoreCase ? (text: string) => text.toLowerCase() : (text: string) => text
  const templates = values.map((value) => parseTemplate(value, version, false))
  const texts = templates.filter((template) => !template.some(isVariable))
  const wanted = new Set(texts.map((template) => norm(template.join(''))))
  const variable = templates.filter((template) => template.some(isVariable))
  const only = wanted.size === 1 && variable.length === 0 ? [...wanted][0] : undefined
  if (only !== undefined) return fixed((value) => norm(value) === only)
  if (variable.length === 0) return fixed((value) => wanted.has(norm(value)))
  const filledIn = variable.map((template) => compileFilledIn(template, norm))
  const keys = variable.flatMap(variableKeys)
  const [first] = filledIn
  if (first !== undefined && filledIn.length === 1 && wanted.size === 0) {
    return { keys, matchAny: (value, context) => first(norm(value), context) }
  }
  return {
    keys,
    matchAny(value, context) {
      const text = norm(value)
      return wanted.has(text) || filledIn.some((matches) => matches(text, context))
    },
  }
}

function likeValues(values: readonly string[], version: PolicyVersion): ConditionValues {
  const templates = values.map((value) => parseTemplate(value, version, true))
  const matchers = templates.map((template): ValueMatcher => {
    const fixed = fixedParts(template)
    if (fixed !== undefined) return compileGlob(fixed)
    return (value, context) => {
      const filled = fillIn(template, context)
      return filled !== undefined && compileGlob(filled)(value)
    }
  })
  return anyOf(templates.flatMap(variableKeys), matchers)
}

function arnValues(values: readonly string[], version: PolicyVersion): ConditionValues {
  const patterns = values.map((value) => compileArnPattern(value, version))
  return anyOf(
    patterns.flatMap((pattern) => (pattern.kind === 'variable' ? pattern.keys : [])),
    patterns.map(
      (pattern): ValueMatcher =>
        (value, context) =>
          pattern.kind === 'static' ? pattern.matches(value) : pattern.matches(value, context) === true,
    ),
  )
}

function orderedValues<T extends number | Decimal>(
  values: readonly string[],
  parse: (text: string) => T | undefined,
  compare: (a: T, b: T) => number,
  comparison: Comparison,
): ConditionValues {
  const wanted = values.map(parse).filter((value) => value !== undefined)
  const fits = orderTest(comparison)
  return fixed((text) => {
    const value = parse(text)
    return value !== undefined && wanted.some((limit) => fits(compare(value, limit)))
  })
}

function orderTest(comparison: Comparison): (order: number) => boolean {
  switch (comparison) {
    case 'less':
      return (order) => order < 0
    case 'at-most':
      return (order) => order <= 0
    case 'greater':
      return (order) => order > 0
    case 'at-least':
      return (order) => order >= 0
    default:
      return (order) => order === 0
  }
}

function binaryValues(values: readonly string[]): ConditionValues {
  const wanted = new Set(values.map(canonicalBase64).filter((value) => value !== undefined))
  return fixed((value) => {
    const canonical = canonicalBase64(value)
    return canonical !== undefined && wanted.has(canonical)
  })
}

/** Bytes that are equal have equal canonical text; undefined for what is no base64. */
function canonicalBase64(text: string): string | undefined {
  const digits = /^([A-Za-z0-9+/]*)={0,2}$/.exec(text)?.[1]
  return digits === undefined || digits.length % 4 === 1 ? undefined : Buffer.from(digits, 'base64').toString('base64')
}

function ipValues(values: readonly string[]): ConditionValues {
  const ranges: readonly IpRange[] = values.map(parseRange).filter((range) => range !== undefined)
  return fixed((value) => {
    const address = parseAddress(value)
    return address !== undefined && ranges.some((range) => isInRange(address, range))
  })
}

function isTruth(text: string): boolean {
  return ['true', 'false'].includes(text.toLowerCase())
}

function fixed(matchAny: (value: string) => boolean): ConditionValues {
  return { keys: [], matchAny }
}

function anyOf(keys: readonly string[], matchers: readonly ValueMatcher[]): ConditionValues {
  const only = matchers.length === 1 ? matchers[0] : undefined
  return {
    keys,
    matchAny: only ?? ((value, context) => matchers.some((matches) => matches(value, context))),
  }
}
