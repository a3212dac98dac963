/** Cron times against the obvious way: look at every minute. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CronFault, nextCronTime, parseCron } from './cron.ts'
import { localTime } from './time-zones.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/** The obvious reading of one minute, for fields that are lists of numbers, `*` or `?`. */
function isMet(fields: readonly string[], local: number): boolean {
  const at = new Date(local)
  const has = (field: string | undefined, value: number) =>
    field === '*' || field === '?' || field?.split(',').map(Number).includes(value) === true
  return (
    has(fields[0], at.getUTCMinutes()) &&
    has(fields[1], at.getUTCHours()) &&
    has(fields[2], at.getUTCDate()) &&
    has(fields[3], at.getUTCMonth() + 1) &&
    has(fields[4], at.getUTCDay() + 1)
  )
}

const list = (min: number, max: number) =>
  fc.array(fc.integer({ min, max }), { minLength: 1, maxLength: 5 }).map((values) => values.join(','))
const some = (min: number, max: number) => fc.oneof(fc.constant('*'), list(min, max))
const days = fc.oneof(fc.tuple(some(1, 28), fc.constant('?')), fc.tuple(fc.constant('?'), some(1, 7)))
const expression = fc
  .record({ minute: list(0, 59), hour: some(0, 23), days })
  .map(({ minute, hour, days: [day, weekday] }) => [minute, hour, day, '*', weekday, '*'])

for (const zone of ['UTC', 'Asia/Kolkata', 'Pacific/Apia']) {
  test(`the next time in ${zone} is the first minute that meets the fields`, () =>
    fc.assert(
      fc.property(expression, fc.integer({ min: 0, max: 50 * 365 }), fc.nat(dayMs), (fields, day, ms) => {
        // From 2026 on these zones keep their offset, so that every minute is met once.
        const afterMs = Date.UTC(2026, 0, 1) + day * dayMs + ms
        const found = nextCronTime(parseCron(fields.join(' ')), zone, afterMs)
        assert.ok(found !== undefined && found > afterMs)
        const lookedAt = Math.min(found, afterMs + 2 * dayMs)
        for (let at = Math.ceil((afterMs + 1) / minuteMs) * minuteMs; at < lookedAt; at += minuteMs) {
          assert.ok(!isMet(fields, localTime(at, zone)), new Date(at).toISOString())
        }
        assert.ok(isMet(fields, localTime(found, zone)))
        assert.equal(found % minuteMs, 0)
      }),
      { numRuns: 60 },
    ))
}

function times(text: string, after: string, count: number, zone = 'UTC'): string[] {
  const cron = parseCron(text)
  const found: string[] = []
  let at: number | undefined = Date.parse(after)
  while (found.length < count) {
    at = nextCronTime(cron, zone, at)
    if (at === undefined) break
    found.push(new Date(at).toISOString().slice(0, 16))
  }
  return found
}

const cases: readonly (readonly [text: string, after: string, expected: readonly string[]])[] = [
  ['30 6 ? * MON *', '2026-01-01T00:00:00Z', ['2026-01-05T06:30', '2026-01-12T06:30']],
  ['0/20 8-9 1 JAN,JUL ? 2027', '2026-01-01T00:00:00Z', ['2027-01-01T08:00', '2027-01-01T08:20']],
  ['0 12 L * ? *', '2028-02-01T00:00:00Z', ['2028-02-29T12:00', '2028-03-31T12:00']],
  ['0 0 LW * ? *', '2026-05-01T00:00:00Z', ['2026-05-29T00:00', '2026-06-30T00:00']],
  // The 15th of August 2026 is a Saturday, the 1st of November a Sunday, the 1st of August a Saturday.
  ['0 0 15W 8 ? *', '2026-01-01T00:00:00Z', ['2026-08-14T00:00']],
  ['0 0 1W 11 ? *', '2026-01-01T00:00:00Z', ['2026-11-02T00:00']],
  ['0 0 1W 8 ? *', '2026-01-01T00:00:00Z', ['2026-08-03T00:00']],
  ['0 0 ? * 6L *', '2026-01-01T00:00:00Z', ['2026-01-30T00:00', '2026-02-27T00:00']],
  ['0 0 ? * TUE#2 *', '2026-01-01T00:00:00Z', ['2026-01-13T00:00', '2026-02-10T00:00']],
  ['0 0 ? * L *', '2026-01-01T00:00:00Z', ['2026-01-03T00:00']],
  ['0 22-1 ? * * *', '2026-01-01T21:00:00Z', ['2026-01-01T22:00', '2026-01-01T23:00', '2026-01-02T00:00']],
  [
    '0 0 ? * FRI-MON *',
    '2026-01-01T00:00:00Z',
    ['2026-01-02T00:00', '2026-01-03T00:00', '2026-01-04T00:00', '2026-01-05T00:00', '2026-01-09T00:00'],
  ],
  ['0 0 29 2 ? *', '2026-01-01T00:00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
  ['15 10 ? * *', '2026-01-01T00:00:00Z', ['2026-01-01T10:15']],
]
for (const [text, after, expected] of cases) {
  test(`cron(${text})`, () => assert.deepEqual(times(text, after, expected.length), expected))
}

test('a year that is over is never due again', () => {
  assert.deepEqual(times('0 0 1 1 ? 2025', '2026-01-01T00:00:00Z', 1), [])
  assert.deepEqual(times('0 0 31 2 ? *', '2026-01-01T00:00:00Z', 1), [])
})

test('clocks put forward skip a time to the one after, clocks put back meet it once', () => {
  // New York: 8 March 2026 has no 02:30, 1 November has 01:30 twice.
  assert.deepEqual(times('30 2 ? * * *', '2026-03-07T12:00:00Z', 2, 'America/New_York'), [
    '2026-03-08T07:30',
    '2026-03-09T06:30',
  ])
  assert.deepEqual(times('30 1 ? * * *', '2026-10-31T12:00:00Z', 2, 'America/New_York'), [
    '2026-11-01T05:30',
    '2026-11-02T06:30',
  ])
})

const wrong = [
  ...['', '* * * * *', '* * ? * ?', '* * 1 * 1 *', '60 * ? * * *', '* 24 ? * * *', '* * 0 * ? *', '* * 32 * ? *'],
  ...['* * ? 13 * *', '* * ? * 8 *', '* * ? * 0 *', '* * ? * * 1969', '* * ? * * 2200', 'a * ? * * *', '*/0 * ? * * *'],
  ...[
    '1-2-3 * ? * * *',
    '1/2/3 * ? * * *',
    '* * 33W * ? *',
    '* * ? * MON#6 *',
    '* * ? * XL *',
    ', * ? * * *',
    '* * ? * * * *',
  ],
  ...['1.5 * ? * * *', '-1 * ? * * *', '99999999999 * ? * * *'],
]
for (const text of wrong) test(`cron(${text}) is refused`, () => assert.throws(() => parseCron(text), CronFault))
