/**
 * The checks and canonical form of items and values that passed `checkWireTypes`. Messages are AWS's, without the
 * envelope that some calls put around them (see `envelopeForWrites`).
 */
import { ServiceError, validationError } from '../../foundation/service-error.ts'
import { canonicalNumber, compareNumbers } from '../encoding/numbers.ts'
import { type AttributeType, type AttributeValue, emptyItem, type Item, type MutableItem } from './attribute-value.ts'
import { compareBinaries, compareTexts } from './compare-values.ts'
import { attributeSize } from './item-size.ts'
import { nestingLevelsMax, nestingTooDeep } from './nesting.ts'
import { booleanOf } from './wire-types.ts'

/**
 * A ValidationException that PutItem, UpdateItem and DeleteItem answer as `1 validation error detected: …` and every
 * other call answers bare.
 */
export class EnvelopedError extends ServiceError {
  readonly enveloped = true

  constructor(message: string) {
    super('ValidationException', message, { namespace: 'validate' })
  }
}

/** What PutItem, UpdateItem and DeleteItem throw in place of `error`: the enveloped form, or `error` itself. */
export function envelopeForWrites(error: unknown): unknown {
  if (!(error instanceof EnvelopedError)) return error
  return validationError(`1 validation error detected: ${error.message}`)
}

/**
 * Checks an item (a map of AttributeValues) and makes it canonical: numbers as DynamoDB returns them, sets in order.
 * The same object comes back when nothing had to change. `sizeBytes` counts names and values.
 */
export function checkItem(raw: unknown): { item: Item; sizeBytes: number } {
  const source = raw as Readonly<Record<string, unknown>>
  let changed: MutableItem | undefined
  let sizeBytes = 0
  for (const name in source) {
    const value = source[name]
    const checked = checkLevel(value, 1)
    sizeBytes += attributeSize(name, checked)
    if (checked !== value) {
      changed ??= copyOf(source as Item)
      changed[name] = checked
    }
  }
  return { item: changed ?? (source as Item), sizeBytes }
}

/** Checks one AttributeValue and makes it canonical; the same object when nothing had to change. */
export function checkValue(raw: unknown): AttributeValue {
  return checkLevel(raw, 1)
}

function checkLevel(raw: unknown, level: number): AttributeValue {
  if (level > nestingLevelsMax) throw nestingTooDeep()
  let checked: AttributeValue | undefined
  let exact = true
  let types = 0
  for (const member in raw as object) {
    const content = (raw as Readonly<Record<string, unknown>>)[member]
    if (content === null || content === undefined || !isType(member)) {
      exact = false
      continue
    }
    checked = checkContent(member, content, raw as AttributeValue, level)
    types += 1
  }
  if (checked === undefined) {
    throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')
  }
  if (types > 1) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    )
  }
  return exact || checked !== raw ? checked : onlyType(checked)
}

function isType(member: string): member is AttributeType {
  switch (member) {
    case 'S':
    case 'N':
    case 'B':
    case 'BOOL':
    case 'NULL':
    case 'SS':
    case 'NS':
    case 'BS':
    case 'L':
    case 'M':
      return true
    default:
      return false
  }
}

/** `whole` when its content is canonical, else a new value. */
function checkContent(type: AttributeType, content: unknown, whole: AttributeValue, level: number): AttributeValue {
  switch (type) {
    case 'S':
    case 'B':
      return whole
    case 'N': {
      const canonical = checkNumber(content as string)
      return canonical === content ? whole : { N: canonical }
    }
    case 'BOOL':
      return typeof content === 'boolean' ? whole : { BOOL: booleanOf(content) === true }
    case 'NULL':
      if (booleanOf(content) !== true) {
        throw new EnvelopedError(
          'One or more parameter values were invalid: Null attribute value types must have the value of true',
        )
      }
      return content === true ? whole : { NULL: true }
    case 'SS': {
      const members = checkTextSet(content as readonly (string | null)[])
      return members === content ? whole : { SS: members }
    }
    case 'NS': {
      const members = checkNumberSet(content as readonly (string | null)[])
      return members === content ? whole : { NS: members }
    }
    case 'BS': {
      const members = checkBinarySet(content as readonly (string | null)[])
      return members === content ? whole : { BS: members }
    }
    case 'L': {
      const elements = checkList(content as readonly unknown[], level)
      return elements === content ? whole : { L: elements }
    }
    case 'M': {
      const members = checkMap(content as Readonly<Record<string, unknown>>, level)
      return members === content ? whole : { M: members }
    }
  }
}

function checkNumber(text: string): string {
  try {
    return canonicalNumber(text)
  } catch (error) {
    throw error instanceof ServiceError ? new EnvelopedError(error.message) : error
  }
}

function checkTextSet(members: readonly (string | null)[]): readonly string[] {
  if (members.length === 0) throw invalidParameter('An string set  may not be empty')
  if (members.includes(null)) throw invalidParameter('An string set may not have a null string as a member')
  return inOrder(members as readonly string[], compareTexts, () =>
    invalidParameter(`Input collection [${members.join(', ')}] contains duplicates.`),
  )
}

function checkNumberSet(members: readonly (string | null)[]): readonly string[] {
  if (members.length === 0) throw invalidParameter('An number set  may not be empty')
  const numbers = members.map((member) => checkNumber(member ?? ''))
  const ordered = inOrder(numbers, compareNumbers, () => new EnvelopedError('Input collection contains duplicates'))
  return ordered.every((number, position) => number === members[position]) ? (members as readonly string[]) : ordered
}

function checkBinarySet(members: readonly (string | null)[]): readonly string[] {
  if (members.length === 0) throw invalidParameter('Binary sets should not be empty')
  if (members.includes(null)) throw invalidParameter('Binary sets may not contain null or empty values')
  return inOrder(members as readonly string[], compareBinaries, () =>
    invalidParameter(`Input collection [${members.join(', ')}]of type BS contains duplicates.`),
  )
}

/**
 * The members in DynamoDB's own order, in which it returns them: texts and binaries by bytes, numbers by value. The
 * same array when it was in that order already.
 */
function inOrder(
  members: readonly string[],
  compare: (a: string, b: string) => number,
  duplicates: () => ServiceError,
): readonly string[] {
  if (isAscending(members, compare)) return members
  const sorted = [...members].sort(compare)
  if (!isAscending(sorted, compare)) throw duplicates()
  return sorted
}

function isAscending(members: readonly string[], compare: (a: string, b: string) => number): boolean {
  for (let position = 1; position < members.length; position += 1) {
    if (compare(members[position - 1] ?? '', members[position] ?? '') >= 0) return false
  }
  return true
}

function checkList(elements: readonly unknown[], level: number): readonly AttributeValue[] {
  let changed: AttributeValue[] | undefined
  for (let position = 0; position < elements.length; position += 1) {
    const checked = checkLevel(elements[position], level + 1)
    if (checked !== elements[position]) {
      changed ??= [...(elements as readonly AttributeValue[])]
      changed[position] = checked
    }
  }
  return changed ?? (elements as readonly AttributeValue[])
}

function checkMap(members: Readonly<Record<string, unknown>>, level: number): Item {
  let changed: MutableItem | undefined
  for (const name in members) {
    const checked = checkLevel(members[name], level + 1)
    if (checked !== members[name]) {
      changed ??= copyOf(members as Item)
      changed[name] = checked
    }
  }
  return changed ?? (members as Item)
}

/** A copy that keeps the order of the attributes and is safe for names such as `__proto__`. */
function copyOf(item: Item): MutableItem {
  const copy = emptyItem()
  for (const name in item) copy[name] = item[name] as AttributeValue
  return copy
}

/** The value without members that are null or that no datatype has. */
function onlyType(value: AttributeValue): AttributeValue {
  for (const member in value) {
    const content = (value as unknown as Readonly<Record<string, unknown>>)[member]
    if (isType(member) && content !== null && content !== undefined) {
      return { [member]: content } as unknown as AttributeValue
    }
  }
  return value
}

function invalidParameter(problem: string): EnvelopedError {
  return new EnvelopedError(`One or more parameter values were invalid: ${problem}`)
}
