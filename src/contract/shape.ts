/**
 * Shapes: what an operation's input looks like. A shape converts parsed JSON to typed input as AWS's JSON protocol
 * does (SerializationException) and then lists the model constraints that the input breaks (ValidationException).
 *
 * Both are closures built once when the module loads; a valid request costs one walk for each.
 */
import { ServiceError, serializationError, validationError } from '../foundation/service-error.ts'

// Methods, not function properties: a shape of T stands wherever a shape of something wider is asked for.
export interface Shape<T> {
  /** Type conversion; throws SerializationException. `raw` is never null or undefined. */
  convert(raw: unknown): T
  /** Constraint messages, each `Value '…' at '…' failed to satisfy constraint: …`, in AWS's order. */
  violations(value: T, path?: string): readonly string[]
  /** As `violations`, but adds to `found`. Absent when nothing in the shape can be violated. */
  collect?(value: T, place: Place, found: string[]): void
  /** The value as messages repeat it; `printed` when absent. */
  print?(value: T): string
  /** What text converts to first, where requests are all text (the Query protocols); absent: it stays text. */
  readonly kind?: 'integer' | 'boolean' | 'timestamp' | 'list' | 'map'
  /** A structure's members: for the Query protocols, and for tests that compare it with AWS's model. */
  readonly members?: Readonly<Record<string, Shape<unknown>>>
  /** What a list or map holds. */
  readonly element?: Shape<unknown>
  /** Whatever is given is refused: a member of AWS's model that this server does not do. */
  readonly refused?: true
}

/** Where a value stands in the request, as its message names it. */
export interface Place {
  readonly path: string
  /** Some fields' messages do not repeat the value: `Value at 'Limit' failed …`. */
  readonly hidesValue: boolean
  /** So do not the messages about its absence: `Value at` instead of `Value null at`. */
  readonly hidesNull?: boolean
}

/** How messages about a member are worded where the service departs from its usual grammar. */
export interface MemberOptions {
  /** The name in paths; the member's own with its first letter lowered unless told. */
  readonly name?: string
  readonly hidesValue?: boolean
  readonly hidesNull?: boolean
  /** What this member breaks is reported before, and instead of, all else. */
  readonly alone?: boolean
}
export interface RequiredOptions extends MemberOptions {
  /** Refused alone and before all constraints with this text, instead of `Member must not be null`. */
  readonly missing?: string
}

export interface Member<T, Required extends boolean> {
  readonly shape: Shape<T>
  readonly required: Required
  readonly options: RequiredOptions
}

export function required<T>(shape: Shape<T>, options: RequiredOptions = {}): Member<T, true> {
  return { shape, required: true, options }
}

export function optional<T>(shape: Shape<T>, options: MemberOptions = {}): Member<T, false> {
  return { shape, required: false, options }
}

type Members = Readonly<Record<string, Member<unknown, boolean>>>
type TypeOf<M> = M extends Member<infer T, boolean> ? T : never
type RequiredKeys<M extends Members> = { [K in keyof M]: M[K] extends Member<unknown, true> ? K : never }[keyof M]

/** The object type that a structure's members describe. */
export type StructureOf<M extends Members> = { readonly [K in RequiredKeys<M>]: TypeOf<M[K]> } & {
  readonly [K in Exclude<keyof M, RequiredKeys<M>>]?: TypeOf<M[K]>
}
/** The type of what a shape converts to. */
export type InputOf<S> = S extends Shape<infer T> ? T : never

/** AWS lists no more than this many violations. */
const violationsMax = 10

/** Converts and validates a whole request: the first two checks that AWS makes of any body. */
export function checkShape<T>(shape: Shape<T>, raw: unknown): T {
  if (raw === null || typeof raw !== 'object')
    throw new ServiceError('SerializationException', '', { namespace: 'coral' })
  const value = shape.convert(raw)
  if (shape.collect === undefined) return value
  const found: string[] = []
  shape.collect(value, rootPlace, found)
  if (found.length === 0) return value
  throw violationsError(found)
}

/** `2 validation errors detected: …; …`. */
export function violationsError(violations: readonly string[]): ServiceError {
  const listed = violations.slice(0, violationsMax)
  const noun = listed.length === 1 ? 'error' : 'errors'
  return validationError(`${listed.length} validation ${noun} detected: ${listed.join('; ')}`)
}

const rootPlace: Place = { path: '', hidesValue: false }

export function lowerFirst(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1)
}

/** One violation in AWS's words. `text` is the value as the message repeats it; undefined: there is none. */
export function violation(text: string | undefined, place: Place, rule: string): string {
  if (text === undefined) return `Value null at '${place.path}' failed to satisfy constraint: ${rule}`
  const shown = place.hidesValue ? 'Value' : `Value '${text}'`
  return `${shown} at '${place.path}' failed to satisfy constraint: ${rule}`
}

/** The violation of an absent member. */
export function absent(place: Place): string {
  const rule = 'Member must not be null'
  return place.hidesNull ? violation('', { ...place, hidesValue: true }, rule) : violation(undefined, place, rule)
}

/** How the service prints a value inside a message: lists `[a, b]`, maps `{a=1, b=2}`, structures `Type(a=1, b=null)`. */
export function printed<T>(shape: Shape<T>, value: T): string {
  if (value === undefined || value === null) return 'null'
  return shape.print === undefined ? String(value) : shape.print(value)
}

/** Ours: a message repeats no more than about so much of a request, which may be a million times larger than one value. */
const repeatedCharactersMax = 64 * 1024

/** The parts with commas between them; they end where the text has become longer than messages may be. */
export function listed(parts: Iterable<string>): string {
  let text = ''
  for (const part of parts) {
    if (text.length > repeatedCharactersMax) return `${text}, ...`
    text += text === '' ? part : `, ${part}`
  }
  return text
}

/** Gives a shape its `violations` from its `collect`. */
export function shapeOf<T>(
  convert: (raw: unknown) => T,
  collect?: (value: T, place: Place, found: string[]) => void,
  print?: (value: T) => string,
): Shape<T> {
  const violations = (value: T, path = ''): readonly string[] => {
    const found: string[] = []
    collect?.(value, { path, hidesValue: false }, found)
    return found.slice(0, violationsMax)
  }
  return { convert, violations, ...(collect && { collect }), ...(print && { print }) }
}

interface CompiledMember {
  readonly key: string
  readonly name: string
  readonly required: boolean
  readonly missing: string | undefined
  readonly alone: boolean
  readonly convert: (raw: unknown) => unknown
  readonly collect: ((value: unknown, place: Place, found: string[]) => void) | undefined
  readonly shape: Shape<unknown>
  /** Where the member stands when the structure is the request itself, so that no path is built for it. */
  readonly topPlace: Place
}

/**
 * An object of named members. Violations come in the order of the declaration. Unknown members are ignored and null
 * ones are absent. `typeName` is the model's name, which messages show.
 */
export function structure<M extends Members>(members: M, typeName = 'Structure'): Shape<StructureOf<M>> {
  const compiled = Object.entries(members).map(([key, member]) => compileMember(key, member))
  const byKey = new Map(compiled.map((member) => [member.key, member]))
  const checked = compiled.filter((member) => member.required || member.collect !== undefined)
  const refusedWhenMissing = compiled.filter((member) => member.missing !== undefined)
  const refusedAlone = compiled.filter((member) => member.alone)

  function convert(raw: unknown): StructureOf<M> {
    if (typeof raw !== 'object') throw serializationError('Unexpected value type in payload')
    if (Array.isArray(raw)) throw unrecognizedCollection(`class com.amazonaws.dynamodb.v20120810.${typeName}`)
    const source = raw as Readonly<Record<string, unknown>>
    const result: Record<string, unknown> = {}
    for (const key in source) {
      const member = byKey.get(key)
      if (member === undefined) continue
      const value = source[key]
      if (value !== null && value !== undefined) result[key] = member.convert(value)
    }
    return result as StructureOf<M>
  }

  function collect(value: StructureOf<M>, place: Place, found: string[]): void {
    const source = value as Readonly<Record<string, unknown>>
    for (const member of refusedWhenMissing) {
      if (source[member.key] === undefined) throw validationError(member.missing ?? '')
    }
    for (const member of refusedAlone) {
      collectMember(member, source[member.key], place, found)
      if (found.length > 0) return
    }
    for (const member of checked) collectMember(member, source[member.key], place, found)
  }

  function print(value: StructureOf<M>): string {
    const source = value as Readonly<Record<string, unknown>>
    const shown = compiled.map((member) => `${lowerFirst(member.key)}=${printed(member.shape, source[member.key])}`)
    return `${typeName}(${shown.join(', ')})`
  }
  const shapes = Object.fromEntries(compiled.map((member) => [member.key, member.shape]))
  return { ...shapeOf(convert, checked.length > 0 ? collect : undefined, print), members: shapes }
}

function collectMember(member: CompiledMember, value: unknown, place: Place, found: string[]): void {
  if (value === undefined) {
    if (member.required) found.push(absent(memberPlace(place, member)))
  } else if (member.collect !== undefined) {
    member.collect(value, memberPlace(place, member), found)
  }
}

function compileMember(key: string, member: Member<unknown, boolean>): CompiledMember {
  const name = member.options.name ?? lowerFirst(key)
  const { hidesValue = false, hidesNull = false } = member.options
  return {
    key,
    name,
    required: member.required,
    missing: member.options.missing,
    alone: member.options.alone ?? false,
    convert: member.shape.convert,
    collect: member.shape.collect,
    shape: member.shape,
    topPlace: { path: name, hidesValue, ...(hidesNull && { hidesNull }) },
  }
}

function memberPlace(place: Place, member: CompiledMember): Place {
  if (place.path === '') return member.topPlace
  return { ...member.topPlace, path: `${place.path}.${member.name}` }
}

/** A list stood where `javaType` was due. */
export function unrecognizedCollection(javaType: string): ServiceError {
  return serializationError(`Unrecognized collection type ${javaType}`)
}

/** An object stood where a scalar or a list was due. */
export function unexpectedStructure(): ServiceError {
  return serializationError('Start of structure or map found where not expected')
}
