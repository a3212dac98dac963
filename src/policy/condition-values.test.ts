/** The readers of numbers, dates and addresses, each against another way to the same answer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDate } from './dates.ts'
import { compareDecimals, parseDecimal } from './decimals.ts'
import { isInRange, parseAddress, parseRange } from './ip-ranges.ts'

test('decimals compare as scaled integers do', () => {
  const decimal = fc.record({
    digits: fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
    scale: fc.integer({ min: 0, max: 20 }),
    zeros: fc.integer({ min: 0, max: 3 }),
    exponent: fc.integer({ min: -5, max: 5 }),
  })
  type Drawn = typeof decimal extends fc.Arbitrary<infer Value> ? Value : never
  const written = ({ digits, scale, zeros, exponent }: Drawn) => {
    const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
    const whole = text.slice(0, text.length - scale)
    const fraction = text.slice(text.length - scale) + '0'.repeat(zeros)
    return `${digits < 0n ? '-' : ''}${'0'.repeat(zeros)}${whole}${fraction === '' ? '' : '.'}${fraction}e${exponent}`
  }
  const scaled = ({ digits, scale, exponent }: Drawn) => digits * 10n ** BigInt(40 - scale + exponent)
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const [left, right] = [parseDecimal(written(a)), parseDecimal(written(b))]
      assert.ok(left !== undefined && right !== undefined)
      const difference = scaled(a) - scaled(b)
      assert.equal(Math.sign(compareDecimals(left, right)), difference === 0n ? 0 : difference < 0n ? -1 : 1)
    }),
  )
})

test('what is no decimal is none', () => {
  for (const text of ['', ' ', '.', '-', '1 ', 'e5', '1e', '0x10', '1,5', 'NaN', 'Infinity', '1e9999999']) {
    assert.equal(parseDecimal(text), undefined, text)
  }
  assert.equal(parseDecimal('9'.repeat(2_000)), undefined)
  for (const text of ['1', '+1', '-1.', '.5', '1E5', '007', '-0']) assert.ok(parseDecimal(text) !== undefined, text)
})

test('dates agree with the platform where it knows them', () => {
  const date = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(date, (moment) => {
      const text = moment.toISOString()
      assert.equal(parseDate(text), moment.getTime())
      assert.equal(parseDate(text.slice(0, 10)), Date.parse(text.slice(0, 10)))
      assert.equal(parseDate(`${text.slice(0, 19)}+05:30`), Date.parse(`${text.slice(0, 19)}+05:30`))
    }),
  )
  assert.equal(parseDate('0'), 0)
  assert.equal(parseDate('1772366400'), 1_772_366_400_000)
  for (const text of ['', 'T', 'now', '2026-13-01', '2026-00-01', '2026-01-32', '2026-01-01T24:00:00Z', '1.5', '--1']) {
    assert.equal(parseDate(text), undefined, text)
  }
})

test('an IPv4 range holds exactly the addresses between its ends', () => {
  const word = fc.integer({ min: 0, max: 0xffffffff })
  const dotted = (address: number) => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 32 }), fc.boolean(), (network, other, bits, near) => {
      const range = parseRange(`${dotted(network)}/${bits}`)
      const block = 2 ** (32 - bits)
      const first = Math.floor(network / block) * block
      const candidate = near
        ? Math.min(Math.max(first + (other % (2 * block)) - Math.floor(block / 2), 0), 0xffffffff)
        : other
      const address = parseAddress(dotted(candidate))
      assert.ok(range !== undefined && address !== undefined)
      assert.equal(isInRange(address, range), candidate >= first && candidate < first + block)
    }),
  )
})

test('IPv6 addresses are read in all their spellings', () => {
  const words = (text: string) => parseAddress(text)?.words
  assert.deepEqual(words('2001:db8::1'), [0x20010db8, 0, 0, 1])
  assert.deepEqual(words('::'), [0, 0, 0, 0])
  assert.deepEqual(words('1:2:3:4:5:6:7:8'), [0x10002, 0x30004, 0x50006, 0x70008])
  assert.deepEqual(words('1:2:3:4:5:6:7::'), [0x10002, 0x30004, 0x50006, 0x70000])
  assert.deepEqual(words('64:ff9b::192.0.2.33'), [0x0064ff9b, 0, 0, 0xc0000221])
  assert.deepEqual(parseAddress('::ffff:10.0.0.1'), { version: 4, words: [0x0a000001] })
  assert.equal(parseRange('::ffff:10.0.0.0/104')?.prefixBits, 8)
  for (const text of [
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    '::1.2.3',
    '1.2.3.4::',
    '::/129',
    '1.2.3.4/',
    '1.2.3.4/-1',
    '1.2.3.4/33',
    '::ffff:10.0.0.0/8',
  ]) {
    assert.equal(parseRange(text), undefined, text)
  }
})
