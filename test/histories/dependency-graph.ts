/**
 * Who must come before whom in any serial order that explains a history:
 *
 * - ww: the writer of a version before the writer of the next version of the same key
 * - wr: the writer of a version before who reads it
 * - rw: who reads a version before the writer of the next one
 * - realtime: who ended before the other began
 *
 * The last kind would be quadratic; it runs over a chain of moments, one for each end: an operation leads to the moment of
 * its end, each moment to the next, and each moment to the operations that began after it and before the next.
 */
import type { Edge } from './cycles.ts'
import type { History } from './history.ts'
import type { ListVersions } from './list-versions.ts'

export type DependencyKind = 'ww' | 'wr' | 'rw' | 'realtime'

export interface Dependency extends Edge {
  readonly kind: DependencyKind
  /** The key whose versions tell. */
  readonly key: string | undefined
}

/** A light cycle is one with few realtime edges first, then few rw, few wr, few ww: the strongest name comes first. */
const weights: Readonly<Record<DependencyKind, number>> = { ww: 1, wr: 1e3, rw: 1e6, realtime: 1e9 }

/** Nodes are positions in the history, then the moments. */
export function dependencyGraph(history: History, versions: ListVersions): Dependency[][] {
  const graph: Dependency[][] = history.map(() => [])
  const add = (from: number, to: number, kind: DependencyKind, key?: string): void => {
    if (from !== to) graph[from]?.push({ to, kind, key, weight: weights[kind] })
  }
  addVersions(versions, add)
  addReads(versions, add)
  addRealTime(history, graph, add)
  return graph
}

type Add = (from: number, to: number, kind: DependencyKind, key?: string) => void

function addVersions({ orders, unseen, writers }: ListVersions, add: Add): void {
  for (const [key, order] of orders) {
    for (const [position, value] of order.entries()) {
      const writer = writers.get(value)
      if (writer === undefined) continue
      const nexts = position + 1 < order.length ? [order[position + 1] as number] : (unseen.get(key) ?? [])
      for (const next of nexts) {
        const after = writers.get(next)
        if (after !== undefined) add(writer, after, 'ww', key)
      }
    }
  }
}

function addReads({ orders, reads, unseen, writers }: ListVersions, add: Add): void {
  for (const { reader, key, list } of reads) {
    const last = list.at(-1)
    const writer = last === undefined ? undefined : writers.get(last)
    if (writer !== undefined) add(writer, reader, 'wr', key)
    const order = orders.get(key) ?? []
    // An append that is ok and that no read shows came after all that the longest read shows.
    const nexts = list.length < order.length ? [order[list.length] as number] : (unseen.get(key) ?? [])
    for (const next of nexts) {
      const after = writers.get(next)
      if (after !== undefined) add(reader, after, 'rw', key)
    }
  }
}

function addRealTime(history: History, graph: Dependency[][], add: Add): void {
  const ended = [...history.keys()]
    .filter((at) => history[at]?.outcome === 'ok')
    .sort((one, other) => endOf(history, one) - endOf(history, other))
  const first = history.length
  for (const [position, at] of ended.entries()) {
    graph.push([])
    add(at, first + position, 'realtime')
    if (position > 0) add(first + position - 1, first + position, 'realtime')
  }
  const began = [...history.keys()]
    .filter((at) => history[at]?.outcome !== 'fail')
    .sort((one, other) => startOf(history, one) - startOf(history, other))
  let moment = -1
  for (const at of began) {
    while (moment + 1 < ended.length && endOf(history, ended[moment + 1] as number) < startOf(history, at)) moment += 1
    if (moment >= 0) add(first + moment, at, 'realtime')
  }
}

function endOf(history: History, at: number): number {
  return history[at]?.endedAt ?? 0
}

function startOf(history: History, at: number): number {
  return history[at]?.startedAt ?? 0
}
