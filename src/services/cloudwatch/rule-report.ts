/** A report of a rule: minutes put together into periods, contributors ranked over all of them. */
import type { MinuteReport } from '../../engine/contributors/key-insights.ts'

export const statistics = [
  'UniqueContributors',
  'MaxContributorValue',
  'SampleCount',
  'Sum',
  'Minimum',
  'Maximum',
  'Average',
] as const
export type Statistic = (typeof statistics)[number]

export interface ReportOptions {
  /** Where periods begin: as many of them after this as it takes. */
  readonly fromMs: number
  readonly periodMs: number
  readonly contributorsMax: number
  readonly metrics: readonly Statistic[]
  readonly orderBy: 'Sum' | 'Maximum'
}

export interface RuleReport {
  readonly AggregationStatistic: 'Sum'
  readonly AggregateValue: number
  readonly ApproximateUniqueCount: number
  readonly Contributors: readonly Contributor[]
  readonly MetricDatapoints: readonly MetricDatapoint[]
}

interface Contributor {
  readonly Keys: readonly string[]
  readonly ApproximateAggregateValue: number
  readonly Datapoints: readonly { readonly Timestamp: number; readonly ApproximateValue: number }[]
}

/** Timestamps are seconds since the epoch. */
type MetricDatapoint = { readonly Timestamp: number } & Readonly<Partial<Record<Statistic, number>>>

interface Period {
  total: number
  /** By the texts of the key, as JSON. */
  readonly weights: Map<string, number>
}

export function ruleReport(minutes: readonly MinuteReport[], options: ReportOptions): RuleReport {
  const periods = periodsOf(minutes, options)
  const datapoints = new Map<string, { Timestamp: number; ApproximateValue: number }[]>()
  for (const [startMs, { weights }] of periods) {
    for (const [key, weight] of weights) {
      const points = datapoints.get(key) ?? []
      points.push({ Timestamp: startMs / 1000, ApproximateValue: weight })
      datapoints.set(key, points)
    }
  }
  const contributors = [...datapoints].map(([key, points]): Contributor => {
    const values = points.map(({ ApproximateValue }) => ApproximateValue)
    return {
      Keys: JSON.parse(key) as string[],
      ApproximateAggregateValue: options.orderBy === 'Sum' ? sum(values) : Math.max(...values),
      Datapoints: points,
    }
  })
  contributors.sort((a, b) => b.ApproximateAggregateValue - a.ApproximateAggregateValue)
  return {
    AggregationStatistic: 'Sum',
    AggregateValue: sum([...periods.values()].map(({ total }) => total)),
    ApproximateUniqueCount: contributors.length,
    Contributors: contributors.slice(0, options.contributorsMax),
    MetricDatapoints: options.metrics.length === 0 ? [] : [...periods].map((each) => metricDatapoint(each, options)),
  }
}

function periodsOf(minutes: readonly MinuteReport[], { fromMs, periodMs }: ReportOptions): Map<number, Period> {
  const periods = new Map<number, Period>()
  for (const { startMs, total, keys } of minutes) {
    const periodStartMs = startMs - ((startMs - fromMs) % periodMs)
    const period = periods.get(periodStartMs) ?? { total: 0, weights: new Map<string, number>() }
    period.total += total
    for (const { key, weight } of keys) {
      const name = JSON.stringify(key)
      period.weights.set(name, (period.weights.get(name) ?? 0) + weight)
    }
    periods.set(periodStartMs, period)
  }
  return periods
}

function metricDatapoint(
  [startMs, { total, weights }]: readonly [number, Period],
  { metrics }: ReportOptions,
): MetricDatapoint {
  const heaviest = Math.max(...weights.values())
  const known: Partial<Record<Statistic, number>> = {
    UniqueContributors: weights.size,
    MaxContributorValue: heaviest,
    Maximum: heaviest,
    Sum: total,
  }
  const asked = Object.entries(known).filter(([name]) => metrics.some((metric) => metric === name))
  return { Timestamp: startMs / 1000, ...Object.fromEntries(asked) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
