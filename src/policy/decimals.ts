/** Exact comparison of decimal numbers written as text, for the Numeric operators. */

export interface Decimal {
  readonly negative: boolean
  /** Without zeros at either end; empty for zero. */
  readonly digits: string
  /** The value is 0.d1d2d3… x 10^exponent. */
  readonly exponent: number
}

/** Longer exponents would only serve to make a comparison costly. */
const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/
const charactersMax = 1_000

/** Undefined for what is no number. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > charactersMax) return undefined
  const parts = form.exec(text)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts ?? []
  if (parts === null || (whole === '' && fraction === '')) return undefined
  const all = whole + fraction
  const digits = all.replace(/^0+/, '')
  return {
    negative: sign === '-',
    digits: digits.replace(/0+$/, ''),
    exponent: digits === '' ? 0 : whole.length - (all.length - digits.length) + Number(exponent),
  }
}

/** Less than, equal to or greater than zero, as `a` is to `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const signs = signOf(a) - signOf(b)
  if (signs !== 0 || a.digits === '') return signs
  const magnitudes = a.exponent - b.exponent || (a.digits === b.digits ? 0 : a.digits < b.digits ? -1 : 1)
  return a.negative ? -magnitudes : magnitudes
}

function signOf({ digits, negative }: Decimal): number {
  return digits === '' ? 0 : negative ? -1 : 1
}
