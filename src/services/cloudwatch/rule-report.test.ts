import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ruleReport } from './rule-report.ts'

const usual = { fromMs: 0, periodMs: 60_000, contributorsMax: 10, metrics: [], orderBy: 'Sum' } as const
const minute = (at: number, weights: Readonly<Record<string, number>>, others = 0) => ({
  startMs: at * 60_000,
  total: Object.values(weights).reduce((sum, weight) => sum + weight, others),
  keys: Object.entries(weights).map(([key, weight]) => ({ key: [key], weight })),
})

test('periods put minutes together, from the time at which the report begins', () => {
  const minutes = [minute(1, { a: 1, b: 5 }), minute(2, { a: 2 }), minute(3, { a: 4 }, 3)]
  const report = ruleReport(minutes, {
    ...usual,
    fromMs: 60_000,
    periodMs: 120_000,
    metrics: ['MaxContributorValue', 'Sum', 'SampleCount'],
  })
  assert.deepEqual(report, {
    AggregationStatistic: 'Sum',
    AggregateValue: 15,
    ApproximateUniqueCount: 2,
    Contributors: [
      {
        Keys: ['a'],
        ApproximateAggregateValue: 7,
        Datapoints: [
          { Timestamp: 60, ApproximateValue: 3 },
          { Timestamp: 180, ApproximateValue: 4 },
        ],
      },
      { Keys: ['b'], ApproximateAggregateValue: 5, Datapoints: [{ Timestamp: 60, ApproximateValue: 5 }] },
    ],
    MetricDatapoints: [
      { Timestamp: 60, MaxContributorValue: 5, Sum: 8 },
      { Timestamp: 180, MaxContributorValue: 4, Sum: 7 },
    ],
  })
})

test('contributors are ranked by their sums or by their highest periods', () => {
  const minutes = [minute(0, { steady: 3, sudden: 5 }), minute(1, { steady: 3 })]
  const first = (orderBy: 'Sum' | 'Maximum') => ruleReport(minutes, { ...usual, orderBy }).Contributors[0]?.Keys
  assert.deepEqual(first('Sum'), ['steady'])
  assert.deepEqual(first('Maximum'), ['sudden'])
})

test('whatever the period, nothing is lost and nothing counted twice', () => {
  const weights = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 9 }), { minKeys: 1 })
  fc.assert(
    fc.property(fc.array(weights, { maxLength: 30 }), fc.integer({ min: 1, max: 10 }), (all, periodMinutes) => {
      const report = ruleReport(
        all.map((each, at) => minute(at, each)),
        { ...usual, periodMs: periodMinutes * 60_000 },
      )
      const sums = new Map<string, number>()
      for (const each of all)
        for (const [key, weight] of Object.entries(each)) sums.set(key, (sums.get(key) ?? 0) + weight)
      const found = report.Contributors.map(({ Keys, ApproximateAggregateValue }) => [
        Keys[0],
        ApproximateAggregateValue,
      ])
      assert.deepEqual(new Map(found as [string, number][]), sums)
      for (const { Datapoints } of report.Contributors) {
        assert.ok(Datapoints.length <= Math.ceil(all.length / periodMinutes))
      }
    }),
  )
})
