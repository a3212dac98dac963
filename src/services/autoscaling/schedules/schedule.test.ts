import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkTimezone, nextDue, parseSchedule, type Timing } from './schedule.ts'
import { instantOf, localTime } from './time-zones.ts'

const createdAtMs = Date.parse('2026-01-05T08:00:00Z')
const dueOf = (timing: Omit<Timing, 'createdAtMs'>, after: string) => {
  const due = nextDue({ createdAtMs, ...timing }, Date.parse(after))
  return due === undefined ? undefined : new Date(due).toISOString()
}

test('at() is due once, in its time zone', () => {
  const schedule = 'at(2026-07-01T12:00:00)'
  assert.equal(dueOf({ schedule }, '2026-06-01T00:00:00Z'), '2026-07-01T12:00:00.000Z')
  assert.equal(dueOf({ schedule, timezone: 'Europe/Zurich' }, '2026-06-01T00:00:00Z'), '2026-07-01T10:00:00.000Z')
  assert.equal(dueOf({ schedule }, '2026-07-01T12:00:00Z'), undefined)
  assert.equal(dueOf({ schedule: 'at(2026-07-01T12:00)' }, '2026-06-01T00:00:00Z'), '2026-07-01T12:00:00.000Z')
})

test('rate() counts from the start, or from when it was made', () => {
  const schedule = 'rate(90 minutes)'
  assert.equal(dueOf({ schedule }, '2026-01-05T08:00:00Z'), '2026-01-05T09:30:00.000Z')
  assert.equal(dueOf({ schedule }, '2026-01-05T09:30:00Z'), '2026-01-05T11:00:00.000Z')
  const startMs = Date.parse('2026-02-01T00:10:00Z')
  assert.equal(dueOf({ schedule, startMs }, '2026-01-05T08:00:00Z'), '2026-02-01T00:10:00.000Z')
  assert.equal(dueOf({ schedule, startMs }, '2026-02-01T00:10:00Z'), '2026-02-01T01:40:00.000Z')
  for (const text of ['rate(1 minute)', 'rate(1minutes)', 'rate(2 hour)', 'rate(3 days)']) parseSchedule(text)
})

test('start and end are bounds of every schedule', () => {
  const timing = {
    schedule: 'cron(0 9 ? * * *)',
    startMs: Date.parse('2026-03-01T09:00:00Z'),
    endMs: Date.parse('2026-03-02T09:00:00Z'),
  }
  assert.equal(dueOf(timing, '2026-01-01T00:00:00Z'), '2026-03-01T09:00:00.000Z')
  assert.equal(dueOf(timing, '2026-03-01T09:00:00Z'), '2026-03-02T09:00:00.000Z')
  assert.equal(dueOf(timing, '2026-03-02T09:00:00Z'), undefined)
})

const expressionSyntax =
  'Invalid schedule expression. Details: Schedule expressions must have the following syntax: ' +
  "rate(<number>\\s?(minutes?|hours?|days?)), cron(<cron_expression>) or at(yyyy-MM-dd'T'HH:mm:ss)."
const refused: readonly (readonly [text: string, message: string | RegExp])[] = [
  ['', expressionSyntax],
  ['30 3 * * *', expressionSyntax],
  ['rate(5 seconds)', expressionSyntax],
  ['rate(-1 minutes)', expressionSyntax],
  ['rate(99999999 days)', expressionSyntax],
  ['rate(0 minutes)', /^Invalid schedule frequency\. Run for /],
  ['cron(0 0 * * * *)', /^Invalid CRON expression\. Details: /],
  [
    'at(2035-01-01T00:00:00Z)',
    'Invalid schedule at DateTime expression. Details: Invalid format: "2035-01-01T00:00:00Z" is malformed at "Z"',
  ],
  ['at(2035-01-01)', 'Invalid schedule at DateTime expression. Details: Invalid format: "2035-01-01" is too short'],
  ['at(2035-02-30T00:00:00)', /^Invalid schedule at DateTime expression\. Details: Cannot parse /],
  ['at(2035-02-20T25:00:00)', /^Invalid schedule at DateTime expression\. Details: Cannot parse /],
  ['at()', 'Invalid schedule at DateTime expression. Details: Invalid format: ""'],
]
for (const [text, message] of refused) {
  test(`"${text}" is refused`, () => assert.throws(() => parseSchedule(text), { code: 'ValidationException', message }))
}

test('time zones are names of the IANA database', () => {
  for (const name of ['Etc/GMT+9', 'Pacific/Tahiti', 'UTC', 'America/Argentina/Ushuaia']) checkTimezone(name)
  for (const name of ['', 'Nowhere/Here', '+01:00', 'Europe/Zurich ']) {
    assert.throws(() => checkTimezone(name), { code: 'ValidationException' })
  }
})

test('a time that clocks show is found again, whatever the zone and the season', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(
        'UTC',
        'Europe/Zurich',
        'America/New_York',
        'Asia/Kathmandu',
        'Australia/Lord_Howe',
        'Pacific/Kiritimati',
      ),
      fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) }),
      (zone, atMs) => {
        const local = localTime(atMs, zone)
        const found = instantOf(local, zone)
        assert.equal(localTime(found, zone), local)
        // An hour that comes twice is found the first time.
        assert.ok(found <= atMs && atMs - found <= 3_600_000)
      },
    ),
  ))
