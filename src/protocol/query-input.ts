/** Parameters, all text, to what JSON would have said, guided by the operation's shape; the shape then checks the rest. */
import type { Shape } from '../contract/shape.ts'
import { ServiceError } from '../foundation/service-error.ts'
import type { ParameterNode } from './query-parameters.ts'

/** Where lists and maps keep their elements: AWS Query says `A.member.1`, `A.entry.1.key`; EC2 says `A.1`. */
export interface QueryDialect {
  readonly listPart: 'member' | undefined
}

/** MalformedInput for text that is no number, truth value or time where one is due. */
export function inputOf(shape: Shape<unknown>, node: ParameterNode, dialect: QueryDialect): unknown {
  if (shape.members !== undefined) {
    const result: Record<string, unknown> = {}
    for (const [name, member] of Object.entries(shape.members)) {
      const part = node.parts?.get(name)
      if (part !== undefined) result[name] = inputOf(member, part, dialect)
    }
    return result
  }
  switch (shape.kind) {
    case 'list':
      return listOf(shape.element as Shape<unknown>, node, dialect)
    case 'map':
      return mapOf(shape.element as Shape<unknown>, node, dialect)
    case 'integer':
      return integerOf(node.value)
    case 'boolean':
      return booleanOf(node.value)
    case 'timestamp':
      return timestampOf(node.value)
    default:
      return node.value
  }
}

/** In the order of the numbers, whatever numbers are missing. `A=` says that the list is empty. */
function listOf(element: Shape<unknown>, node: ParameterNode, dialect: QueryDialect): readonly unknown[] {
  return numbered(dialect.listPart === undefined ? node : node.parts?.get(dialect.listPart)).map((part) =>
    inputOf(element, part, dialect),
  )
}

function mapOf(element: Shape<unknown>, node: ParameterNode, dialect: QueryDialect): Readonly<Record<string, unknown>> {
  const entries = numbered(dialect.listPart === undefined ? node : node.parts?.get('entry'))
  const result = Object.create(null) as Record<string, unknown>
  for (const { parts } of entries) {
    const key = parts?.get('key')?.value
    const value = parts?.get('value')
    if (key !== undefined && value !== undefined) result[key] = inputOf(element, value, dialect)
  }
  return result
}

function numbered(node: ParameterNode | undefined): readonly ParameterNode[] {
  return [...(node?.parts ?? [])]
    .filter(([part]) => /^[1-9]\d{0,8}$/.test(part))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, part]) => part)
}

const integerMax = 2 ** 31 - 1

function integerOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  // Recorded from STS.
  if (text === '') throw malformed('missing value for decimal type')
  const number = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!(number <= integerMax && number >= -integerMax - 1)) throw malformed('invalid value for integer type')
  return number
}

function booleanOf(text: string | undefined): boolean | undefined {
  switch (text?.toLowerCase()) {
    case undefined:
      return undefined
    case 'true':
      return true
    case 'false':
      return false
    default:
      throw malformed('invalid value for boolean type')
  }
}

/** Seconds since the epoch, of ISO 8601. */
function timestampOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const atMs = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(atMs)) throw malformed('timestamp must follow ISO8601')
  return atMs / 1000
}

function malformed(message: string): ServiceError {
  return new ServiceError('MalformedInput', message)
}
