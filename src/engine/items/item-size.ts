/** Sizes as DynamoDB counts them against its limits and capacity units. Source: measurements on the service. */
import type { AttributeValue, Item } from './attribute-value.ts'

/** Every list and map costs so much beside its elements. */
const documentBytes = 3
const elementBytes = 1

/** Bytes of an item: every attribute's name and value. */
export function itemSize(item: Item): number {
  let total = 0
  for (const name in item) total += attributeSize(name, item[name] as AttributeValue)
  return total
}

/** Bytes of one attribute: its name in UTF-8 and its value. */
export function attributeSize(name: string, value: AttributeValue): number {
  return utf8Length(name) + valueSize(value)
}

/** Bytes of one value, checked and canonical. */
export function valueSize(value: AttributeValue): number {
  if ('S' in value) return utf8Length(value.S)
  if ('N' in value) return numberSize(value.N)
  if ('M' in value) {
    let total = documentBytes
    for (const name in value.M) total += elementBytes + attributeSize(name, value.M[name] as AttributeValue)
    return total
  }
  if ('L' in value) return total(value.L, valueSize) + documentBytes + elementBytes * value.L.length
  if ('B' in value) return binaryLength(value.B)
  if ('SS' in value) return total(value.SS, utf8Length)
  if ('NS' in value) return total(value.NS, numberSize)
  if ('BS' in value) return total(value.BS, binaryLength)
  return 1
}

/**
 * Bytes of a canonical number: one, one for each started pair of significant digits before and after the point
 * (counted apart), one for a minus sign. Zeros at the ends are not significant.
 */
export function numberSize(canonical: string): number {
  if (canonical === '0') return 1
  const sign = canonical.charCodeAt(0) === 0x2d ? 1 : 0
  const point = canonical.indexOf('.')
  let end = point < 0 ? canonical.length : point
  // A whole number's zeros at its end are not significant; with a fraction they stand inside the number.
  if (point < 0) while (canonical.charCodeAt(end - 1) === 0x30) end -= 1
  const pure = point === sign + 1 && canonical.charCodeAt(sign) === 0x30
  const integerDigits = pure ? 0 : end - sign
  if (point < 0) return 1 + ((integerDigits + 1) >> 1) + sign
  let start = point + 1
  if (pure) while (canonical.charCodeAt(start) === 0x30) start += 1
  return 1 + ((integerDigits + 1) >> 1) + ((canonical.length - start + 1) >> 1) + sign
}

/** Bytes behind canonical base64. */
export function binaryLength(base64: string): number {
  const length = base64.length
  if (length === 0) return 0
  const padding = base64.charCodeAt(length - 1) !== 0x3d ? 0 : base64.charCodeAt(length - 2) !== 0x3d ? 1 : 2
  return (length / 4) * 3 - padding
}

/** Texts up to so many units are counted here, which is faster than the call into the runtime. */
const shortText = 64

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  const length = text.length
  if (length > shortText) return Buffer.byteLength(text)
  for (let position = 0; position < length; position += 1) {
    if (text.charCodeAt(position) > 0x7f) return Buffer.byteLength(text)
  }
  return length
}

function total<T>(elements: readonly T[], size: (element: T) => number): number {
  let sum = 0
  for (const element of elements) sum += size(element)
  return sum
}
