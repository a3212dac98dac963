/**
 * DynamoDB numbers: exact decimals of at most 38 significant digits, zero or with a magnitude of 1E-130 to 9.99…E+125.
 *
 * Inside the engine a number is canonical text, as DynamoDB returns it: plain notation without exponent, sign of plus,
 * or needless zeros, and `0` for every zero. Two numbers are equal exactly when their canonical texts are equal.
 */
import { assert } from '../../foundation/assert.ts'
import { validationError } from '../../foundation/service-error.ts'

const significantDigitsMax = 38
const exponentMax = 125
const exponentMin = -130
/** Java's BigDecimal, which AWS parses with, refuses exponents that do not fit an int. */
const writtenExponentMax = 2147483647
/** Doubles hold every decimal of so many digits apart from every other. */
const exactDoubleDigits = 15

/** A number taken apart: value = 0.d1d2d3… x 10^(exponent+1), that is d1.d2d3… x 10^exponent. */
export interface Decimal {
  readonly negative: boolean
  /** Without leading or trailing zeros; empty for zero. */
  readonly digits: string
  readonly exponent: number
}

/**
 * The canonical text of a number as a caller wrote it (`0042.10`, `1.5E2`, `-0`). Throws the ValidationExceptions of
 * AWS: not numeric, out of range, more than 38 significant digits.
 */
export function canonicalNumber(text: string): string {
  return isCanonicalAndShort(text) ? text : canonicalText(checkedDecimal(decimalOf(text)))
}

/** Less than, equal to or greater than zero as `a` is less than, equal to or greater than `b`; both canonical. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0
  if (a.length <= exactDoubleDigits && b.length <= exactDoubleDigits) return Number(a) - Number(b)
  const left = takeApart(a)
  const right = takeApart(b)
  if (left.digits === '' || right.digits === '' || left.negative !== right.negative) return signOf(left) - signOf(right)
  const magnitudes =
    left.exponent !== right.exponent ? left.exponent - right.exponent : left.digits < right.digits ? -1 : 1
  return left.negative ? -magnitudes : magnitudes
}

/** The exact sum of two canonical numbers; throws when it has no place among DynamoDB's numbers. */
export function addNumbers(a: string, b: string): string {
  if (isShortInteger(a) && isShortInteger(b)) return String(Number(a) + Number(b))
  return sumOf(takeApart(a), takeApart(b))
}

/** The exact difference of two canonical numbers; throws when it has no place among DynamoDB's numbers. */
export function subtractNumbers(a: string, b: string): string {
  if (isShortInteger(a) && isShortInteger(b)) return String(Number(a) - Number(b))
  const right = takeApart(b)
  return sumOf(takeApart(a), { ...right, negative: !right.negative })
}

/** Takes canonical text apart, without checking it again. */
export function takeApart(canonical: string): Decimal {
  const negative = canonical.charCodeAt(0) === minus
  const start = negative ? 1 : 0
  const point = canonical.indexOf('.')
  const integerEnd = point < 0 ? canonical.length : point
  const all = point < 0 ? canonical.slice(start) : canonical.slice(start, point) + canonical.slice(point + 1)
  return trimmed(negative, all, integerEnd - start - 1)
}

/** Canonical text of a number whose digits and exponent are in range. */
export function canonicalText({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0'
  const sign = negative ? '-' : ''
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  if (exponent >= digits.length - 1) return sign + digits + '0'.repeat(exponent - digits.length + 1)
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}

const minus = 0x2d
const dot = 0x2e
const zero = 0x30
const nine = 0x39

/** True only for text that is canonical and has at most 38 characters: the numbers of everyday life, in one scan. */
function isCanonicalAndShort(text: string): boolean {
  const length = text.length
  if (length === 0 || length > significantDigitsMax) return false
  const start = text.charCodeAt(0) === minus ? 1 : 0
  const first = text.charCodeAt(start)
  // A leading zero is canonical only alone ("0") or right before the point of a number that is not zero.
  if (first === zero && !(length === 1 || text.charCodeAt(start + 1) === dot)) return false
  let point = -1
  for (let position = start; position < length; position += 1) {
    const character = text.charCodeAt(position)
    if (character === dot) {
      if (point >= 0 || position === start) return false
      point = position
    } else if (character < zero || character > nine) return false
  }
  if (start === length || point === length - 1) return false
  return point < 0 || text.charCodeAt(length - 1) !== zero
}

const numeric = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

function decimalOf(text: string): Decimal {
  const parts = numeric.exec(text)
  const integer = parts?.[2] ?? ''
  const fraction = parts?.[3] ?? ''
  const written = Number(parts?.[4] ?? 0)
  if (parts === null || integer.length + fraction.length === 0 || Math.abs(written) > writtenExponentMax) {
    throw validationError(
      text === ''
        ? 'The parameter cannot be converted to a numeric value'
        : `The parameter cannot be converted to a numeric value: ${text}`,
    )
  }
  return trimmed(parts[1] === '-', integer + fraction, integer.length - 1 + written)
}

/** `exponent` is that of the first of `digits`, which may have zeros at both ends. */
function trimmed(negative: boolean, digits: string, exponent: number): Decimal {
  let start = 0
  while (start < digits.length && digits.charCodeAt(start) === zero) start += 1
  let end = digits.length
  while (end > start && digits.charCodeAt(end - 1) === zero) end -= 1
  if (start === end) return { negative: false, digits: '', exponent: 0 }
  return { negative, digits: digits.slice(start, end), exponent: exponent - start }
}

function checkedDecimal(decimal: Decimal): Decimal {
  if (decimal.digits === '') return decimal
  if (decimal.exponent > exponentMax) {
    throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range')
  }
  if (decimal.exponent < exponentMin) {
    throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range')
  }
  if (decimal.digits.length > significantDigitsMax) {
    throw validationError('Attempting to store more than 38 significant digits in a Number')
  }
  return decimal
}

/** Integers whose sum and difference a double holds exactly. */
function isShortInteger(canonical: string): boolean {
  return canonical.length <= exactDoubleDigits && !canonical.includes('.')
}

function signOf({ digits, negative }: Decimal): number {
  return digits === '' ? 0 : negative ? -1 : 1
}

function sumOf(a: Decimal, b: Decimal): string {
  // Both as whole multiples of the smaller last place. At most 256 digits, since exponents span 256 places.
  const scale = Math.min(lastPlace(a), lastPlace(b))
  const sum = scaled(a, scale) + scaled(b, scale)
  const digits = (sum < 0n ? -sum : sum).toString()
  return canonicalText(checkedDecimal(trimmed(sum < 0n, digits, digits.length - 1 + scale)))
}

/** The power of ten of the last digit. */
function lastPlace({ digits, exponent }: Decimal): number {
  return digits === '' ? exponentMax : exponent - digits.length + 1
}

function scaled(decimal: Decimal, scale: number): bigint {
  if (decimal.digits === '') return 0n
  const whole = BigInt(decimal.digits + '0'.repeat(lastPlace(decimal) - scale))
  return decimal.negative ? -whole : whole
}

// Key bytes. They are on disk for ever: test/golden/number-keys.txt holds samples.
const zeroMark = 0x80
const positiveMark = 0x81
const negativeMark = 0x7e
const endMark = 0x00
const exponentBias = -exponentMin

/**
 * Bytes that sort as the numbers do and end themselves, so that another key part may follow: 0x80 for zero; for a
 * positive number 0x81, the biased exponent, one byte per digit pair (pair + 1, so never 0x00), 0x00; for a negative
 * number the complement of the bytes of its opposite.
 */
export function encodeNumberKey(canonical: string): Buffer {
  const { negative, digits, exponent } = takeApart(canonical)
  if (digits === '') return Buffer.of(zeroMark)
  const pairs = (digits.length + 1) >> 1
  const bytes = Buffer.allocUnsafe(pairs + 3)
  bytes[0] = positiveMark
  bytes[1] = exponent + exponentBias
  for (let pair = 0; pair < pairs; pair += 1) {
    const tens = digits.charCodeAt(pair * 2) - zero
    const units = pair * 2 + 1 < digits.length ? digits.charCodeAt(pair * 2 + 1) - zero : 0
    bytes[pair + 2] = tens * 10 + units + 1
  }
  bytes[pairs + 2] = endMark
  if (negative) complement(bytes)
  return bytes
}

/** The canonical number of bytes made by `encodeNumberKey`; bytes after its end mark are left alone. */
export function decodeNumberKey(bytes: Uint8Array): string {
  const mark = bytes[0]
  if (mark === zeroMark) return '0'
  assert(mark === positiveMark || mark === negativeMark, 'a number key starts with a sign byte')
  const flip = mark === negativeMark ? 0xff : 0
  let digits = ''
  for (let position = 2; ; position += 1) {
    const byte = bytes[position]
    assert(byte !== undefined, 'a number key has an end mark')
    const pair = (byte ^ flip) - 1
    if (pair < 0) break
    digits += pair < 10 ? `0${pair}` : String(pair)
  }
  return canonicalText(trimmed(flip !== 0, digits, ((bytes[1] ?? 0) ^ flip) - exponentBias))
}

/** How many bytes the number takes at the beginning of `bytes`. */
export function numberKeyBytes(bytes: Uint8Array): number {
  const mark = bytes[0]
  if (mark === zeroMark) return 1
  const end = bytes.indexOf(mark === positiveMark ? endMark : endMark ^ 0xff, 2)
  assert(end > 0, 'a number key has an end mark')
  return end + 1
}

function complement(bytes: Uint8Array): void {
  for (let position = 0; position < bytes.length; position += 1) bytes[position] = (bytes[position] ?? 0) ^ 0xff
}
