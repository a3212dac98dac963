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

/** Both absent ends of an empty range: a range that holds nothing. */
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

/** The tree key that ExclusiveStartKey names, in the table or the index. */
export function startKey(table: CompiledTable, index: IndexRecord | undefined, key: Item): Buffer {
  const schema = table.record.keySchema
  const names = new Set(index === undefined ? table.keyNames : [...table.keyNames, ...namesOf(index.keySchema)])
  let given = 0
  for (const name in key) if (Object.hasOwn(key, name)) given++
  if (given !== names.size || keyTexts([...schema.hash, ...schema.range], key) === undefined) throw invalidStart()
  const ofItem = itemKey(schema, key)
  if (index === undefined) return ofItem
  const prefix = hashPrefix(index.keySchema, key)
  const ofIndex = prefix && withRange(index.keySchema, key, prefix)
  if (ofIndex === undefined) throw invalidStart()
  return Buffer.concat([ofIndex, ofItem])
}

function invalidStart(): Error {
  return validationError('The provided starting key is invalid: The provided key element does not match the schema')
}

/** What remains of a span after the start key, in the direction of the read. */
export function resumed(span: Span, start: Buffer | undefined, reverse: boolean, reading: 'query' | 'scan'): KeyRange {
  const range = (from: Buffer, to: Buffer | undefined): KeyRange => (to === undefined ? { from } : { from, to })
  if (start === undefined) return range(span.from, span.to)
  const outside = start.compare(span.from) < 0 || (span.to !== undefined && start.compare(span.to) >= 0)
  if (outside) {
    throw validationError(
      reading === 'query'
        ? 'The provided starting key is outside query boundaries based on provided conditions'
        : 'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment.',
    )
  }
  return reverse ? range(span.from, start) : range(afterKey(start), span.to)
}
