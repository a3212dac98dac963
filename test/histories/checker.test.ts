/** The checker finds each anomaly in a history made to hold it, none in serial histories, and some in broken ones. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { componentsOf } from './cycles.ts'
import { findAnomalies } from './find-anomalies.ts'
import type { History, Operation, Outcome, Step } from './history.ts'
import {
  type Break,
  loseAnAppend,
  readTooEarly,
  serialHistory,
  showWhatFailed,
  tearARead,
  turnAnOrder,
} from './serial-histories.ts'

const append = (key: string, value: number): Step => ({ kind: 'append', key, value })
const read = (key: string, ...list: readonly number[]): Step => ({ kind: 'read', key, list })

/** All at once, so that nothing follows from time. */
function together(...steps: readonly (readonly Step[])[]): History {
  return steps.map((one): Operation => ({ steps: one, outcome: 'ok', startedAt: 0, endedAt: 100 }))
}
/** One after the other. */
function inTurn(...steps: readonly (readonly Step[])[]): History {
  return steps.map((one, at): Operation => ({ steps: one, outcome: 'ok', startedAt: 10 * at, endedAt: 10 * at + 5 }))
}
function ended(outcome: Outcome, ...steps: readonly Step[]): Operation {
  return { steps, outcome, startedAt: 0, endedAt: 100 }
}

function names(history: History): readonly string[] {
  return findAnomalies(history).map(({ name }) => name)
}

const broken: readonly (readonly [name: string, history: History])[] = [
  [
    'G0 write cycle',
    together([append('x', 1), append('y', 4)], [append('x', 2), append('y', 3)], [read('x', 1, 2)], [read('y', 3, 4)]),
  ],
  ['aborted read', [ended('fail', append('x', 1)), ...together([read('x', 1)])]],
  ['intermediate read', together([append('x', 1), append('x', 2)], [read('x', 1)], [read('x', 1, 2)])],
  ['G1c circular information flow', together([append('x', 1), read('y', 2)], [append('y', 2), read('x', 1)])],
  ['lost update', together([read('x'), append('x', 1)], [read('x'), append('x', 2)], [read('x', 1, 2)])],
  ['read skew', together([append('x', 1), append('y', 2)], [read('x', 1), read('y')], [read('y', 2)])],
  ['write skew', together([read('x'), append('y', 1)], [read('y'), append('x', 2)], [read('x', 2), read('y', 1)])],
  [
    'long fork',
    together(
      [append('x', 1)],
      [append('y', 2)],
      [read('x', 1), read('y')],
      [read('x'), read('y', 2)],
      [read('x', 1), read('y', 2)],
    ),
  ],
  ['non-repeatable read', together([read('x'), read('x', 1)], [append('x', 1)])],
  ['internal', together([append('x', 1), read('x', 2)], [append('x', 2)])],
  ['stale read', inTurn([append('x', 1)], [read('x')], [read('x', 1)])],
  ['real-time order', inTurn([append('x', 2)], [append('x', 1)], [read('x', 1, 2)])],
  ['incompatible order', together([append('x', 1)], [append('x', 2)], [read('x', 1, 2)], [read('x', 2, 1)])],
  ['duplicate append', together([append('x', 1)], [read('x', 1, 1)])],
  ['garbage read', together([read('x', 9)])],
]
for (const [name, history] of broken) {
  test(`finds: ${name}`, () => {
    const found = names(history)
    assert.ok(found.includes(name), `found ${found.join(', ') || 'nothing'}`)
  })
}

test('an append that was acknowledged and that a later read does not show is found', () => {
  assert.deepEqual(names(inTurn([append('x', 1)], [append('x', 2)], [read('x', 1)])), ['stale read'])
})

const sound: readonly (readonly [name: string, history: History])[] = [
  ['nothing', []],
  [
    'two appends to different keys, seen one after the other',
    together([append('x', 1)], [append('y', 2)], [read('x', 1), read('y')]),
  ],
  ['an append that nobody knows of and everybody sees', [ended('info', append('x', 1)), ...inTurn([read('x', 1)])]],
  ['an append that nobody knows of and nobody sees', [ended('info', append('x', 1)), ...inTurn([read('x')])]],
  ['an unknown append that is seen later', [ended('info', append('x', 1)), ...inTurn([read('x')], [read('x', 1)])]],
  ['an append that failed', [ended('fail', append('x', 1)), ...inTurn([read('x')])]],
  ['a read of its own append', together([append('x', 1), read('x', 1)], [read('x', 1)])],
  ['old values in reads that began before', together([append('x', 1)], [read('x')], [read('x', 1)])],
]
for (const [name, history] of sound) {
  test(`alarms not: ${name}`, () => assert.deepEqual(findAnomalies(history), []))
}

test('serial histories never alarm', () => {
  fc.assert(
    fc.property(serialHistory, (history) => {
      assert.deepEqual(findAnomalies(history), [])
    }),
    { numRuns: 300 },
  )
})

const breaks: readonly (readonly [name: string, wreck: Break])[] = [
  ['an append is lost', loseAnAppend],
  ['a failed append is shown', showWhatFailed],
  ['a read is too early', readTooEarly],
  ['an order is turned', turnAnOrder],
  ['a read is torn', tearARead],
]
for (const [name, wreck] of breaks) {
  test(`serial histories alarm when ${name}`, () => {
    let tried = 0
    fc.assert(
      fc.property(serialHistory, fc.nat(), (history, pick) => {
        const wrecked = wreck(history, pick)
        if (wrecked === undefined) return
        tried += 1
        const found = names(wrecked.history)
        assert.ok(
          found.some((one) => wrecked.names.includes(one)),
          `found ${found.join(', ') || 'nothing'}`,
        )
      }),
      { numRuns: 200 },
    )
    assert.ok(tried > 50, `only ${tried} histories could be broken so`)
  })
}

test('components are those that a plain search of paths finds', () => {
  const edges = fc.array(fc.tuple(fc.nat(14), fc.nat(14)), { maxLength: 40 })
  fc.assert(
    fc.property(edges, (pairs) => {
      const graph = Array.from({ length: 15 }, (_, from) =>
        pairs.filter(([one]) => one === from).map(([, to]) => ({ to, weight: 1 })),
      )
      const reach = graph.map((_, from) => reachable(graph, from))
      const expected = graph.map((_, one) =>
        graph.map((_, other) => one !== other && reach[one]?.has(other) === true && reach[other]?.has(one) === true),
      )
      const found = graph.map(() => graph.map(() => false))
      for (const component of componentsOf(graph)) {
        for (const one of component) {
          for (const other of component) {
            if (one !== other) (found[one] as boolean[])[other] = true
          }
        }
      }
      assert.deepEqual(found, expected)
    }),
  )
})

function reachable(graph: readonly (readonly { readonly to: number }[])[], from: number): ReadonlySet<number> {
  const seen = new Set<number>()
  const open = [from]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const { to } of graph[node] ?? []) {
      if (seen.has(to)) continue
      seen.add(to)
      open.push(to)
    }
  }
  return seen
}
