/**
 * The JSON types of one AttributeValue as it came off the wire. AWS refuses a wrong type while it reads the request,
 * with a SerializationException, before it validates anything. Wording: recorded answers of the service.
 */
import { type ServiceError, serializationError } from '../../foundation/service-error.ts'
import { nestingTooDeep } from './nesting.ts'

/**
 * Ours: no value so deep can be valid (32 levels are), and every walk over a value that passed fits on the stack. Far
 * beyond the valid depth, so that what is a little too deep is still refused where AWS refuses it, by `checkValue`.
 */
const walkedLevelsMax = 250

/**
 * Throws AWS's SerializationException when `value` has members of the wrong JSON type. Unknown members are ignored
 * and null members count as absent; whether exactly one datatype is set is `checkValue`'s question.
 */
export function checkWireTypes(value: unknown): void {
  checkLevel(value, 1)
}

function checkLevel(value: unknown, level: number): void {
  if (value === null || value === undefined) return
  if (level > walkedLevelsMax) throw nestingTooDeep()
  if (typeof value !== 'object') throw serializationError('Unexpected value type in payload')
  if (Array.isArray(value)) throw collectionError('class com.amazonaws.dynamodb.v20120810.AttributeValue')
  for (const member in value) {
    const content = (value as Readonly<Record<string, unknown>>)[member]
    if (content !== null && content !== undefined) checkMember(member, content, level)
  }
}

function checkMember(member: string, content: unknown, level: number): void {
  switch (member) {
    case 'S':
    case 'N':
      if (typeof content !== 'string') throw notText(content)
      return
    case 'B':
      checkBlob(content)
      return
    case 'BOOL':
    case 'NULL':
      if (typeof content !== 'boolean' && booleanOf(content) === undefined) throw notBoolean(content)
      return
    case 'SS':
    case 'NS':
      for (const element of listOf(content)) {
        if (typeof element !== 'string' && element !== null) throw notText(element)
      }
      return
    case 'BS':
      for (const element of listOf(content)) if (element !== null) checkBlob(element)
      return
    case 'L':
      for (const element of listOf(content)) checkLevel(element, level + 1)
      return
    case 'M':
      checkMap(content, level)
      return
  }
}

/** AWS reads some texts as booleans; undefined for what it does not. */
export function booleanOf(content: unknown): boolean | undefined {
  if (typeof content === 'boolean') return content
  if (typeof content !== 'string') return undefined
  switch (content.toUpperCase()) {
    case 'TRUE':
    case '1':
    case 'YES':
      return true
    case 'FALSE':
    case '0':
    case 'NO':
      return false
    default:
      return undefined
  }
}

function checkMap(content: unknown, level: number): void {
  if (typeof content !== 'object') throw serializationError('Unexpected field type')
  if (Array.isArray(content)) {
    throw collectionError('java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>')
  }
  for (const name in content) checkLevel((content as Readonly<Record<string, unknown>>)[name], level + 1)
}

function listOf(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content
  throw serializationError(typeof content === 'object' ? structureNotExpected : 'Unexpected field type')
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/
const oneZeroByteEnds = /[AEIMQUYcgkosw048]=$/
const twoZeroByteEnds = /[AQgw]==$/

function checkBlob(content: unknown): void {
  if (typeof content !== 'string') {
    if (Array.isArray(content)) throw collectionError('class java.nio.ByteBuffer')
    throw serializationError(
      typeof content === 'object' ? structureNotExpected : 'only base-64-encoded strings are convertible to bytes',
    )
  }
  if (content.length % 4 !== 0) {
    throw serializationError(`Base64 encoded length is expected a multiple of 4 bytes but found: ${content.length}`)
  }
  const padded = content.endsWith('=')
  const ends = !padded || (content.endsWith('==') ? twoZeroByteEnds : oneZeroByteEnds).test(content)
  // The misspelling is the service's.
  if (!ends || !base64.test(content)) throw serializationError('Invalid last non-pad Base64 character dectected')
}

const structureNotExpected = 'Start of structure or map found where not expected'

function notText(content: unknown): ServiceError {
  switch (typeof content) {
    case 'boolean':
      return serializationError(`${content ? 'TRUE_VALUE' : 'FALSE_VALUE'} cannot be converted to String`)
    case 'number':
      return numberError(content, 'String')
    default:
      return Array.isArray(content)
        ? collectionError('class java.lang.String')
        : serializationError(structureNotExpected)
  }
}

function notBoolean(content: unknown): ServiceError {
  switch (typeof content) {
    case 'number':
      return numberError(content, 'Boolean')
    case 'string':
      return serializationError('Unexpected token received from parser')
    default:
      return Array.isArray(content)
        ? collectionError('class java.lang.Boolean')
        : serializationError(structureNotExpected)
  }
}

function numberError(content: number, wanted: string): ServiceError {
  return serializationError(
    `${Number.isInteger(content) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'} cannot be converted to ${wanted}`,
  )
}

function collectionError(type: string): ServiceError {
  return serializationError(`Unrecognized collection type ${type}`)
}
