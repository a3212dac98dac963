/** Shapes of lists and maps. */
import { serializationError } from '../foundation/service-error.ts'
import {
  absent,
  listed,
  type Place,
  printed,
  type Shape,
  shapeOf,
  unexpectedStructure,
  unrecognizedCollection,
  violation,
} from './shape.ts'
import { lengthAtLeast, lengthAtMost } from './shape-scalars.ts'

export interface SizeRules {
  /** Inclusive bounds of the number of elements. */
  readonly min?: number
  readonly max?: number
}

/** A JSON array. A null element stays undefined, for the constraint that refuses it. */
export function list<T>(of: Shape<T>, rules: SizeRules = {}): Shape<readonly T[]> {
  function convert(raw: unknown): readonly T[] {
    if (Array.isArray(raw)) {
      return raw.map((element) => (element === null ? (undefined as T) : of.convert(element)))
    }
    if (typeof raw === 'object') throw unexpectedStructure()
    throw serializationError('Unexpected field type')
  }
  function collect(value: readonly T[], place: Place, found: string[]): void {
    sizeViolations(() => print(value), value.length, rules, place, found)
    for (const [index, element] of value.entries()) {
      if (element !== undefined && of.collect === undefined) continue
      const elementPlace = { ...place, path: `${place.path}.${index + 1}.member` }
      if (element === undefined) found.push(absent(elementPlace))
      else of.collect?.(element, elementPlace, found)
    }
  }
  function* parts(value: readonly T[]): Iterable<string> {
    for (const element of value) yield printed(of, element)
  }
  const print = (value: readonly T[]): string => `[${listed(parts(value))}]`
  return { ...shapeOf(convert, collect, print), kind: 'list', element: of }
}

export interface MapRules extends SizeRules {
  /** Bounds of each value's own size: broken, the whole map is refused with `Map value must satisfy constraint: […]`. */
  readonly eachValue?: { readonly min: number; readonly max: number }
  /** Rules of each key, listed in `Map keys must satisfy constraint: […]` when one is broken. */
  readonly eachKey?: { readonly holds: (key: string) => boolean; readonly rules: readonly string[] }
  /** The element's name in Java, for the message about an array in the map's place. */
  readonly typeName?: string
}

export interface StringMap<T> {
  readonly [key: string]: T
}

/**
 * A JSON object used as a map; the result has no prototype, since its keys are the caller's. A null value stays
 * undefined, for the constraint that refuses it.
 */
export function map<T>(of: Shape<T>, rules: MapRules = {}): Shape<StringMap<T>> {
  const typeName = rules.typeName ?? 'AttributeValue'
  function convert(raw: unknown): StringMap<T> {
    const source = mapSource(raw, typeName)
    const result = Object.create(null) as Record<string, T>
    for (const key of Object.keys(source)) {
      const value = source[key]
      result[key] = value === null || value === undefined ? (undefined as T) : of.convert(value)
    }
    return result
  }
  function collect(value: StringMap<T>, place: Place, found: string[]): void {
    const keys = Object.keys(value)
    sizeViolations(() => print(value), keys.length, rules, place, found)
    if (rules.eachKey !== undefined && !keys.every(rules.eachKey.holds)) {
      found.push(
        violation(print(value), place, `Map keys must satisfy constraint: [${rules.eachKey.rules.join(', ')}]`),
      )
    }
    if (rules.eachValue !== undefined && !Object.values(value).every((element) => isSized(element, rules.eachValue))) {
      const { min, max } = rules.eachValue
      const rule = `Map value must satisfy constraint: [${lengthAtMost(max)}, ${lengthAtLeast(min)}]`
      found.push(violation(print(value), place, rule))
    }
    for (const key of keys) {
      const element = value[key]
      if (element !== undefined && of.collect === undefined) continue
      const elementPlace = { path: `${place.path}.${key}.member`, hidesValue: false }
      if (element === undefined) found.push(absent(elementPlace))
      else of.collect?.(element, elementPlace, found)
    }
  }
  function* parts(value: StringMap<T>): Iterable<string> {
    for (const key in value) yield `${key}=${printed(of, value[key] as T)}`
  }
  const print = (value: StringMap<T>): string => `{${listed(parts(value))}}`
  return { ...shapeOf(convert, collect, print), kind: 'map', element: of }
}

/** The object behind a map, or the SerializationException about what stood there. */
export function mapSource(raw: unknown, typeName: string): Readonly<Record<string, unknown>> {
  if (typeof raw !== 'object' || raw === null) throw serializationError('Unexpected field type')
  if (Array.isArray(raw)) {
    const javaName = typeName.includes('.') ? typeName : `com.amazonaws.dynamodb.v20120810.${typeName}`
    throw unrecognizedCollection(`java.util.Map<java.lang.String, ${javaName}>`)
  }
  return raw as Readonly<Record<string, unknown>>
}

function isSized(element: unknown, bounds: MapRules['eachValue']): boolean {
  if (bounds === undefined || !Array.isArray(element)) return true
  return element.length >= bounds.min && element.length <= bounds.max
}

function sizeViolations(print: () => string, size: number, rules: SizeRules, place: Place, found: string[]): void {
  if (rules.min !== undefined && size < rules.min) found.push(violation(print(), place, lengthAtLeast(rules.min)))
  if (rules.max !== undefined && size > rules.max) found.push(violation(print(), place, lengthAtMost(rules.max)))
}
