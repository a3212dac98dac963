import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  addNumbers,
  canonicalNumber,
  compareNumbers,
  decodeNumberKey,
  encodeNumberKey,
  numberKeyBytes,
  subtractNumbers,
} from './numbers.ts'

const nines = '9'.repeat(38)

const canonical: readonly (readonly [written: string, canonical: string])[] = [
  ['0', '0'],
  ['-0', '0'],
  ['0.000', '0'],
  ['0e500', '0'],
  ['+7', '7'],
  ['00042', '42'],
  ['0042.1200', '42.12'],
  ['100', '100'],
  ['-0015.789e6', '-15789000'],
  ['1.5E2', '150'],
  ['1.', '1'],
  ['.5', '0.5'],
  ['-.50', '-0.5'],
  ['5e-3', '0.005'],
  ['123.4500e-2', '1.2345'],
  ['1E125', `1${'0'.repeat(125)}`],
  ['-0001.000e-130', `-0.${'0'.repeat(129)}1`],
  [`0009.${'9'.repeat(37)}0000e125`, nines + '0'.repeat(88)],
  ['0000012345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
  ['-00001.23456789012345678901234567890123456780000', '-1.2345678901234567890123456789012345678'],
]
for (const [written, expected] of canonical) {
  test(`${written} is stored as ${expected.slice(0, 45)}`, () => assert.equal(canonicalNumber(written), expected))
}

const notNumeric = 'The parameter cannot be converted to a numeric value'
const overflow = 'Number overflow. Attempting to store a number with magnitude larger than supported range'
const underflow = 'Number underflow. Attempting to store a number with magnitude smaller than supported range'
const tooPrecise = 'Attempting to store more than 38 significant digits in a Number'
const refused: readonly (readonly [written: string, message: string])[] = [
  ['', notNumeric],
  ['b', `${notNumeric}: b`],
  ['-', `${notNumeric}: -`],
  ['.', `${notNumeric}: .`],
  ['1e', `${notNumeric}: 1e`],
  [' 1', `${notNumeric}:  1`],
  ['1.2.3', `${notNumeric}: 1.2.3`],
  ['0x10', `${notNumeric}: 0x10`],
  ['NaN', `${notNumeric}: NaN`],
  ['1e99999999999', `${notNumeric}: 1e99999999999`],
  ['1e126', overflow],
  ['-1E+126', overflow],
  ['1e-131', underflow],
  ['-1e-131', underflow],
  ['123456789012345678901234567890123456789', tooPrecise],
  ['-1.23456789012345678901234567890123456789', tooPrecise],
]
for (const [written, message] of refused) {
  test(`${written === '' ? 'an empty text' : written} is refused`, () =>
    assert.throws(() => canonicalNumber(written), { name: 'ValidationException', message }))
}

/** Numbers as coefficient x 10^scale, all digits, signs and exponents. */
const decimal = fc
  .record({
    digits: fc.stringMatching(/^[1-9][0-9]{0,37}$/),
    negative: fc.boolean(),
    exponent: fc.integer({ min: -130, max: 125 }),
  })
  .map(({ digits, negative, exponent }) => {
    const scale = exponent - digits.length + 1
    return {
      text: `${negative ? '-' : ''}${digits}e${scale}`,
      coefficient: BigInt(negative ? `-${digits}` : digits),
      scale,
    }
  })
const number = fc.oneof({ weight: 9, arbitrary: decimal }, fc.constant({ text: '-0.0', coefficient: 0n, scale: 0 }))
type Number = typeof number extends fc.Arbitrary<infer T> ? T : never

/** Everything as a whole multiple of 10^-167, the last place that 38 digits from 1E-130 on reach. */
const exactly = ({ coefficient, scale }: Number): bigint => coefficient * 10n ** BigInt(scale + 167)
const signOf = (value: bigint): number => (value === 0n ? 0 : value < 0n ? -1 : 1)

test('numbers compare, and their keys sort, by value', () =>
  fc.assert(
    fc.property(number, number, (a, b) => {
      const order = signOf(exactly(a) - exactly(b))
      const left = canonicalNumber(a.text)
      const right = canonicalNumber(b.text)
      assert.equal(Math.sign(compareNumbers(left, right)), order)
      assert.equal(Buffer.compare(encodeNumberKey(left), encodeNumberKey(right)), order)
      assert.equal(left === right, order === 0)
    }),
    { numRuns: 3_000 },
  ))

test('neighbours compare and sort by value', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: -2_000, max: 2_000 }),
      fc.integer({ min: -2_000, max: 2_000 }),
      fc.nat(4),
      (a, b, places) => {
        const left = canonicalNumber(`${a}e-${places}`)
        const right = canonicalNumber(`${b}e-${places}`)
        assert.equal(Math.sign(compareNumbers(left, right)), Math.sign(a - b))
        assert.equal(Buffer.compare(encodeNumberKey(left), encodeNumberKey(right)), Math.sign(a - b))
      },
    ),
    { numRuns: 3_000 },
  ))

test('a key gives its number back and ends itself', () =>
  fc.assert(
    fc.property(number, fc.uint8Array({ maxLength: 4 }), ({ text }, tail) => {
      const key = encodeNumberKey(canonicalNumber(text))
      assert.equal(decodeNumberKey(Buffer.concat([key, tail])), canonicalNumber(text))
    }),
  ))

test('canonical text is canonical and is the number that was written', () =>
  fc.assert(
    fc.property(number, (written) => {
      const text = canonicalNumber(written.text)
      assert.equal(canonicalNumber(text), text)
      const [, whole = '', fraction = ''] = /^(-?\d+)(?:\.(\d+))?$/.exec(text) ?? []
      assert.equal(BigInt(whole + fraction) * 10n ** BigInt(167 - fraction.length), exactly(written))
    }),
  ))

test('sums and differences are exact or refused for their digits', () => {
  const place = fc.integer({ min: -30, max: 30 })
  const coefficient = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n })
  fc.assert(
    fc.property(coefficient, place, coefficient, place, (a, aPlace, b, bPlace) => {
      const low = Math.min(aPlace, bPlace)
      const [left, right] = [a * 10n ** BigInt(aPlace - low), b * 10n ** BigInt(bPlace - low)]
      const [aText, bText] = [canonicalNumber(`${a}e${aPlace}`), canonicalNumber(`${b}e${bPlace}`)]
      const outcome = (compute: () => string): string => {
        try {
          return compute()
        } catch (error) {
          return (error as Error).message
        }
      }
      assert.equal(
        outcome(() => addNumbers(aText, bText)),
        outcome(() => canonicalNumber(`${left + right}e${low}`)),
      )
      assert.equal(
        outcome(() => subtractNumbers(aText, bText)),
        outcome(() => canonicalNumber(`${left - right}e${low}`)),
      )
    }),
    { numRuns: 2_000 },
  )
})

test('arithmetic keeps all digits and refuses what has no place', () => {
  assert.equal(addNumbers('0.1', '0.2'), '0.3')
  assert.equal(addNumbers('5', '-5'), '0')
  assert.equal(subtractNumbers('0', '5'), '-5')
  assert.equal(addNumbers('999999999999999', '1'), '1000000000000000')
  assert.equal(addNumbers(nines, '1'), `1${'0'.repeat(38)}`)
  assert.equal(subtractNumbers('1', `0.${'9'.repeat(38)}`), `0.${'0'.repeat(37)}1`)
  const huge = canonicalNumber('9.9e125')
  assert.throws(() => addNumbers(huge, huge), { message: overflow })
  assert.throws(() => addNumbers(huge, '1'), { message: tooPrecise })
  const tiny = canonicalNumber('1.1e-130')
  assert.throws(() => subtractNumbers(tiny, canonicalNumber('1e-130')), { message: underflow })
})

test('number keys keep their bytes for ever', () => {
  const golden = readFileSync(new URL('../../../test/golden/number-keys.txt', import.meta.url), 'utf8')
  const lines = golden.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  assert.ok(lines.length >= 20)
  for (const line of lines) {
    const [written = '', hex = ''] = line.split(' ')
    assert.equal(encodeNumberKey(canonicalNumber(written)).toString('hex'), hex, written)
    assert.equal(decodeNumberKey(Buffer.from(hex, 'hex')), canonicalNumber(written))
    assert.equal(numberKeyBytes(Buffer.from(`${hex}8000ff`, 'hex')), hex.length / 2)
  }
  const keys = lines.map((line) => line.split(' ')[1] ?? '')
  assert.deepEqual([...keys].sort(), keys, 'the file is in ascending order')
})
