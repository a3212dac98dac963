/**
 * Attribute values in DynamoDB's wire form. Inside the engine every value has passed `checkItem`: numbers are canonical
 * decimal text, binaries canonical base64, sets in order (by bytes or value) without duplicates, nesting within 32 levels.
 *
 * Items come from JSON.parse or are null-prototype objects; attribute names are the caller's, so they may be
 * `constructor` or `__proto__`: always read through `attributeOf`, and build with `emptyItem`.
 */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Item }

export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M'
export type KeyAttributeType = 'S' | 'N' | 'B'

export interface Item {
  readonly [attribute: string]: AttributeValue
}
export interface MutableItem {
  [attribute: string]: AttributeValue
}

export function emptyItem(): MutableItem {
  return Object.create(null) as MutableItem
}

export function attributeOf(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined
}

export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType
  throw new TypeError('an attribute value has exactly one type')
}
