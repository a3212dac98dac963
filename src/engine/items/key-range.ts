/** From key conditions, segments and start keys to the range of tree keys that a read walks. */
import { validationError } from '../../foundation/service-error.ts'
import type { KeyRange } from '../../storage/trees.ts'
import {
  afterKey,
  afterPrefix,
  attributeBytes,
  partitionPrefix,
  rangePart,
  rangePrefix,
  segmentStart,
} from '../encoding/keys.ts'
import type { KeyCondition, RangeBound } from '../expressions/syntax.ts'
import { type CompiledTable, hashPrefix, itemKey, namesOf, withRange } from '../tables/compiled-table.ts'
import type { IndexRecord, KeyAttribute, KeySchema } from '../tables/table.ts'
import type { AttributeValue, Item } from './attribute-value.ts'
import { keyTexts } from './key-attributes.ts'

export interface Span {
  readonly from: Buffer
  /** Undefined: to the end of the tree. */
  readonly to: Buffer | undefined
}

export function querySpan(schema: KeySchema, condition: KeyCondition): Span {
  const parts = condition.hash.map((value, at) => bytesOf(schema.hash[at] as KeyAttribute, value))
  let prefix = partitionPrefix(parts)
  for (let at = 0; at < condition.range.length; at++) {
    const attribute = schema.range[at] as KeyAttribute
    const bound = condition.range[at] as RangeBound
    if (bound.kind === 'compare' && bound.comparator === '=') {
      prefix = Buffer.concat([prefix, rangePart(attribute.type, bytesOf(attribute, bound.value))])
    } else return boundSpan(prefix, attribute, bound)
  }
  return { from: prefix, to: afterPrefix(prefix) }
}

function boundSpan(prefix: Buffer, attribute: KeyAttribute, bound: RangeBound): Span {
  const at = (value: AttributeValue) => Buffer.concat([prefix, rangePart(attribute.type, bytesOf(attribute, value))])
  const whole = { from: prefix, to: afterPrefix(prefix) }
  switch (bound.kind) {
    case 'between':
      return { from: at(bound.low), to: afterPrefix(at(bound.high)) }
    case 'begins-with': {
      const start = Buffer.concat([prefix, rangePrefix(bytesOf(attribute, bound.prefix))])
      return { from: start, to: afterPrefix(start) }
    }
    case 'compare':
      switch (bound.comparator) {
        case '<':
          return { from: prefix, to: at(bound.value) }
        case '<=':
          return { from: prefix, to: afterPrefix(at(bound.value)) }
        case '>':
          return { from: afterPrefix(at(bound.value)) ?? prefix, to: whole.to }
        case '>=':
          return { from: at(bound.value), to: whole.to }
        case '=':
          return { from: at(bound.value), to: afterPrefix(at(bound.value)) }
      }
  }
}

function bytesOf({ type }: KeyAttribute, value: AttributeValue): Buffer {
  return attributeBytes(type, (value as Record<string, string>)[type] as string)
}

export function scanSpan(segment: { readonly number: number; readonly total: number } | undefined): Span {
  if (segment === undefined) return { from: Buffer.alloc(0), to: undefined }
  return {
    from: segmentStart(segment.number, segment.total) as Buffer,
    to: segmentStart(segment.number + 1, segment.total),
  }
}

export interface StartKey {
  readonly item: Item
  /** Of the table's or the index's tree. */
  readonly key: Buffer
}

/** The tree key that ExclusiveStartKey names, in the table or the index. */
export function startKey(
  table: CompiledTable,
  index: IndexRecord | undefined,
  item: Item,
  reading: 'query' | 'scan',
): StartKey {
  const schema = table.record.keySchema
  const names = new Set(index === undefined ? table.keyNames : [...table.keyNames, ...namesOf(index.keySchema)])
  const refusal = (): Error => invalidStart(index === undefined && reading === 'scan')
  let given = 0
  for (const name in item) if (Object.hasOwn(item, name)) given++
  if (given !== names.size || keyTexts([...schema.hash, ...schema.range], item) === undefined) throw refusal()
  const ofItem = itemKey(schema, item)
  if (index === undefined) return { item, key: ofItem }
  const prefix = hashPrefix(index.keySchema, item)
  const ofIndex = prefix && withRange(index.keySchema, item, prefix)
  if (ofIndex === undefined) throw refusal()
  return { item, key: Buffer.concat([ofIndex, ofItem]) }
}

/** Only scans of tables say more. */
function invalidStart(saysMore: boolean): Error {
  const reason = saysMore ? ': The provided key element does not match the schema' : ''
  return validationError(`The provided starting key is invalid${reason}`)
}

export function isWithin(span: Span, key: Buffer): boolean {
  return key.compare(span.from) >= 0 && (span.to === undefined || key.compare(span.to) < 0)
}

/** A query goes on only where it could have stopped. */
export function checkQueryStart(schema: KeySchema, condition: KeyCondition, span: Span, start: StartKey): void {
  if (isWithin(span, start.key)) return
  if (condition.range.length === 0) {
    throw validationError('The provided starting key is outside query boundaries based on provided conditions')
  }
  const hash = schema.hash.map(({ name }) => start.item[name] as AttributeValue)
  if (!isWithin(querySpan(schema, { hash, range: condition.range }), start.key)) {
    throw validationError('The provided starting key does not match the range key predicate')
  }
  throw validationError('The query can return at most one row and cannot be restarted')
}

export function wrongSegment(segment: { readonly number: number; readonly total: number } | undefined): Error {
  return validationError(
    'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct ' +
      `Segment. TotalSegments: ${segment?.total ?? 1} Segment: ${segment?.number ?? 0}`,
  )
}

/** What remains of a span after the start key, in the direction of the read. */
export function resumed(span: Span, start: Buffer | undefined, reverse: boolean): KeyRange {
  const range = (from: Buffer, to: Buffer | undefined): KeyRange => (to === undefined ? { from } : { from, to })
  if (start === undefined) return range(span.from, span.to)
  return reverse ? range(span.from, start) : range(afterKey(start), span.to)
}
