/** What a WHERE clause says of key attributes: the parts of it that a key can answer, and keys of single items. */
import { ServiceError } from '../../foundation/service-error.ts'
import type { Condition, Operand, RangeBound } from '../expressions/syntax.ts'
import { type AttributeValue, emptyItem, type Item, type MutableItem, typeOf } from '../items/attribute-value.ts'
import { valuesEqual } from '../items/compare-values.ts'
import type { KeyAttribute, KeySchema } from '../tables/table.ts'

/** A condition on one attribute alone, in the forms that keys know. */
export interface KeyPart {
  readonly attribute: string
  /** One bound, or the values of an IN. */
  readonly bound: RangeBound | { readonly kind: 'in'; readonly values: readonly AttributeValue[] }
}

/** Undefined when the condition is not of such a form. */
export function keyPartOf(condition: Condition): KeyPart | undefined {
  switch (condition.kind) {
    case 'compare': {
      const { comparator, left, right } = condition
      if (comparator === '<>') return undefined
      const attribute = attributeOf(left)
      if (attribute !== undefined && right.kind === 'value') {
        return { attribute, bound: { kind: 'compare', comparator, value: right.value } }
      }
      const flippedAttribute = attributeOf(right)
      if (flippedAttribute === undefined || left.kind !== 'value') return undefined
      return {
        attribute: flippedAttribute,
        bound: { kind: 'compare', comparator: flipped[comparator], value: left.value },
      }
    }
    case 'between': {
      const { operand, low, high } = condition
      const attribute = attributeOf(operand)
      if (attribute === undefined || low.kind !== 'value' || high.kind !== 'value') return undefined
      return { attribute, bound: { kind: 'between', low: low.value, high: high.value } }
    }
    case 'begins-with': {
      const { operand, prefix } = condition
      const attribute = attributeOf(operand)
      if (attribute === undefined || prefix.kind !== 'value') return undefined
      return { attribute, bound: { kind: 'begins-with', prefix: prefix.value } }
    }
    case 'in': {
      const attribute = attributeOf(condition.operand)
      const values = condition.list.flatMap((operand) => (operand.kind === 'value' ? [operand.value] : []))
      if (attribute === undefined || values.length < condition.list.length) return undefined
      return { attribute, bound: { kind: 'in', values } }
    }
    default:
      return undefined
  }
}

const flipped = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

function attributeOf(operand: Operand): string | undefined {
  return operand.kind === 'path' && operand.path.length === 1 ? String(operand.path[0]) : undefined
}

/** The conditions that all must hold. */
export function conjuncts(condition: Condition | undefined): readonly Condition[] {
  if (condition === undefined) return []
  return condition.kind === 'and' ? condition.all.flatMap(conjuncts) : [condition]
}

export function conjunction(conditions: readonly Condition[]): Condition | undefined {
  return conditions.length > 1 ? { kind: 'and', all: conditions } : conditions[0]
}

export interface ItemKey {
  readonly key: Item
  /** What the clause says beside the key. */
  readonly rest: readonly Condition[]
}

/**
 * The one item that a clause names: an equality for every key attribute, joined by AND. `onSecondValue` says what
 * becomes of another value for the same attribute. Undefined when the clause does not name a whole key.
 */
export function itemKeyOf(
  where: Condition | undefined,
  schema: KeySchema,
  onSecondValue: (attribute: KeyAttribute) => void,
): ItemKey | undefined {
  const attributes = [...schema.hash, ...schema.range]
  const key: MutableItem = emptyItem()
  const rest: Condition[] = []
  for (const condition of conjuncts(where)) {
    const part = keyPartOf(condition)
    const attribute = attributes.find(({ name }) => name === part?.attribute)
    if (attribute === undefined || part?.bound.kind !== 'compare' || part.bound.comparator !== '=') {
      rest.push(condition)
      continue
    }
    const known = key[attribute.name]
    if (known === undefined) key[attribute.name] = part.bound.value
    else if (!valuesEqual(known, part.bound.value)) {
      onSecondValue(attribute)
      rest.push(condition)
    }
  }
  return attributes.every(({ name }) => key[name] !== undefined) ? { key, rest } : undefined
}

export function checkKeyType({ name, type }: KeyAttribute, value: AttributeValue): void {
  if (typeOf(value) !== type) throw wrongKeyType(name)
}

/** PartiQL's refusal of key values, which a transaction gives as the reason of one statement. */
class WrongKeyType extends ServiceError {}

function wrongKeyType(name: string): WrongKeyType {
  return new WrongKeyType(
    'ValidationException',
    `Key attribute's data type should match its data type in table's schema: Key ${name}`,
    { namespace: 'validate' },
  )
}

export function isWrongKeyType(error: unknown): boolean {
  return error instanceof WrongKeyType
}
