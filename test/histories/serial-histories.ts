/** Histories that a serial store made, for the checker's own tests, and ways to break them. */
import fc from 'fast-check'
import type { History, Operation, Outcome, Step } from './history.ts'

interface Plan {
  readonly appends: readonly string[]
  readonly reads: readonly string[]
  readonly outcome: Outcome
  /** Of an operation that is info: whether it happened. */
  readonly happened: boolean
  /** How long before and after its moment it was under way. */
  readonly earlier: number
  readonly later: number
}

const keys = ['x', 'y', 'z']
const someKeys = fc.uniqueArray(fc.constantFrom(...keys), { maxLength: 3 })

const plan: fc.Arbitrary<Plan> = fc.record({
  appends: someKeys,
  reads: someKeys,
  outcome: fc.constantFrom(
    'ok' as const,
    'ok' as const,
    'ok' as const,
    'ok' as const,
    'fail' as const,
    'info' as const,
  ),
  happened: fc.boolean(),
  earlier: fc.double({ min: 0, max: 5, noNaN: true }),
  later: fc.double({ min: 0, max: 5, noNaN: true }),
})

/** Operations one after the other, each at a moment between its start and its end; at last, everything is read. */
export const serialHistory: fc.Arbitrary<History> = fc
  .array(plan, { minLength: 5, maxLength: 60 })
  .map((plans) => runSerially(plans))

function runSerially(plans: readonly Plan[]): History {
  const store = new Map<string, readonly number[]>()
  let value = 0
  const history = plans.map(({ appends, reads, outcome, happened, earlier, later }, at): Operation => {
    const found = reads.map((key): Step => ({ kind: 'read', key, list: store.get(key) ?? [] }))
    const added = appends.map((key): Step => {
      value += 1
      return { kind: 'append', key, value }
    })
    if (outcome === 'ok' || (outcome === 'info' && happened)) {
      for (const step of added) {
        if (step.kind === 'append') store.set(step.key, [...(store.get(step.key) ?? []), step.value])
      }
    }
    const steps = outcome === 'ok' ? [...found, ...added] : added
    return { steps, outcome, startedAt: at - earlier, endedAt: at + later }
  })
  const steps = keys.map((key): Step => ({ kind: 'read', key, list: store.get(key) ?? [] }))
  return [...history, { steps, outcome: 'ok', startedAt: plans.length + 10, endedAt: plans.length + 11 }]
}

/** A broken copy, with the names that an anomaly in it may have; undefined when this history cannot be broken so. */
export type Break = (
  history: History,
  pick: number,
) => { readonly history: History; readonly names: readonly string[] } | undefined

/** What a cycle may be called; which one it is depends on what else the operations did. */
const cyclic = [
  ...['G0 write cycle', 'G1c circular information flow', 'lost update', 'read skew', 'write skew', 'long fork'],
  ...['stale read', 'real-time order'],
]

const replaced = (history: History, at: number, steps: readonly Step[]): History =>
  history.map((operation, position) => (position === at ? { ...operation, steps } : operation))

/** An append that was acknowledged is seen by nobody. */
export const loseAnAppend: Break = (history, pick) => {
  const appends = history.flatMap(({ steps, outcome }) =>
    outcome === 'ok' ? steps.flatMap((step) => (step.kind === 'append' ? [step.value] : [])) : [],
  )
  if (appends.length === 0) return undefined
  const lost = appends[pick % appends.length]
  const without = (step: Step): Step =>
    step.kind === 'read' ? { ...step, list: step.list.filter((value) => value !== lost) } : step
  const broken = history.map((operation) => ({ ...operation, steps: operation.steps.map(without) }))
  return {
    history: broken,
    names: cyclic,
  }
}

/** What an operation that failed was to append is there all the same, at the end of a list. */
export const showWhatFailed: Break = (history, pick) => {
  const failed = history.flatMap(({ steps, outcome }) =>
    outcome === 'fail' ? steps.flatMap((step) => (step.kind === 'append' ? [step] : [])) : [],
  )
  const shown = failed[pick % Math.max(1, failed.length)]
  const last = history.length - 1
  const steps = history[last]?.steps ?? []
  if (shown === undefined) return undefined
  const broken = steps.map((step) =>
    step.kind === 'read' && step.key === shown.key ? { ...step, list: [...step.list, shown.value] } : step,
  )
  return { history: replaced(history, last, broken), names: ['aborted read'] }
}

/** The last read shows a list as it was before its last append. */
export const readTooEarly: Break = (history) => {
  const last = history.length - 1
  const steps = history[last]?.steps ?? []
  const at = steps.findIndex((step) => step.kind === 'read' && step.list.some((value) => certain(history, value)))
  const step = steps[at]
  if (step?.kind !== 'read') return undefined
  const cut = step.list.findIndex((value) => certain(history, value))
  const broken = steps.map((one, position) => (position === at ? { ...step, list: step.list.slice(0, cut) } : one))
  return {
    history: replaced(history, last, broken),
    names: cyclic,
  }
}

function certain(history: History, value: number): boolean {
  return history.some(
    ({ steps, outcome }) => outcome === 'ok' && steps.some((step) => step.kind === 'append' && step.value === value),
  )
}

/** Two values change places in one of the reads that show both. */
export const turnAnOrder: Break = (history) => {
  const last = history.length - 1
  const steps = history[last]?.steps ?? []
  const long = steps.find((step) => step.kind === 'read' && step.list.length > 1)
  if (long?.kind !== 'read') return undefined
  const [first, second, ...rest] = long.list as [number, number, ...number[]]
  const turned: Operation = {
    steps: [{ ...long, list: [second, first, ...rest] }],
    outcome: 'ok',
    startedAt: (history[last]?.endedAt ?? 0) + 1,
    endedAt: (history[last]?.endedAt ?? 0) + 2,
  }
  return { history: [...history, turned], names: ['incompatible order'] }
}

/** A read of two keys sees one append of an operation and not the other. */
export const tearARead: Break = (history) => {
  const last = history.length - 1
  for (const { steps, outcome } of history) {
    const [one, other] = steps.filter((step) => step.kind === 'append')
    if (outcome !== 'ok' || one === undefined || other === undefined) continue
    const broken = (history[last]?.steps ?? []).map((step) =>
      step.kind === 'read' && step.key === other.key
        ? { ...step, list: step.list.slice(0, step.list.indexOf(other.value)) }
        : step,
    )
    // As an operation of its own, under way all the time, so that only the tear is wrong.
    const torn: Operation = { steps: broken, outcome: 'ok', startedAt: -100, endedAt: 1e6 }
    return { history: [...history, torn], names: cyclic }
  }
  return undefined
}
