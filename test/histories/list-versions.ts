/**
 * What the reads of a list-append history say by themselves: the order of each key's versions, and the reads that no order
 * explains (aborted, intermediate, made up, not repeatable).
 */
import { type Anomaly, describeOperation, type History, type Operation, type Step } from './history.ts'

/** A read of the state outside its own operation: what it found before the operation's own appends. */
export interface OuterRead {
  readonly reader: number
  readonly key: string
  readonly list: readonly number[]
}

export interface ListVersions {
  /** By key: the values in the order of their appends, as the longest read shows them. */
  readonly orders: ReadonlyMap<string, readonly number[]>
  readonly reads: readonly OuterRead[]
  /** By key: values appended by operations that are ok, and that no read shows. */
  readonly unseen: ReadonlyMap<string, readonly number[]>
  /** By value: the operation that appends it. */
  readonly writers: ReadonlyMap<number, number>
  readonly anomalies: readonly Anomaly[]
}

export function listVersions(history: History): ListVersions {
  const anomalies: Anomaly[] = []
  const writers = writersOf(history)
  const reads = history.flatMap((operation, at) =>
    operation.outcome === 'ok' ? outerReads(history, operation, at, anomalies) : [],
  )
  const orders = new Map<string, readonly number[]>()
  for (const { key, list } of reads) if (list.length > (orders.get(key)?.length ?? -1)) orders.set(key, list)
  for (const read of reads) checkRead(history, writers, orders, read, anomalies)
  return { orders, reads, unseen: unseenOf(history, orders), writers, anomalies }
}

function writersOf(history: History): Map<number, number> {
  const writers = new Map<number, number>()
  for (const [at, { steps }] of history.entries()) {
    for (const step of steps) {
      if (step.kind !== 'append') continue
      if (writers.has(step.value)) throw new Error(`the history appends ${step.value} twice`)
      writers.set(step.value, at)
    }
  }
  return writers
}

/** Follows an operation through its own steps: a read must show what it read before, and what it appended itself. */
function outerReads(history: History, { steps }: Operation, at: number, anomalies: Anomaly[]): OuterRead[] {
  const reads: OuterRead[] = []
  const known = new Map<string, readonly number[]>()
  const own = new Map<string, number[]>()
  for (const step of steps) {
    const appended = own.get(step.key) ?? []
    if (step.kind === 'append') {
      own.set(step.key, [...appended, step.value])
      continue
    }
    const before = known.get(step.key)
    if (before === undefined) {
      const outer = step.list.slice(0, step.list.length - appended.length)
      if (!sameValues(step.list.slice(outer.length), appended)) {
        anomalies.push(named('internal', history, [at], `does not read its own append to ${step.key}`))
      }
      known.set(step.key, outer)
      reads.push({ reader: at, key: step.key, list: outer })
    } else if (!sameValues(step.list, [...before, ...appended])) {
      anomalies.push(named('non-repeatable read', history, [at], `reads ${step.key} twice and differently`))
    }
  }
  return reads
}

function checkRead(
  history: History,
  writers: ReadonlyMap<number, number>,
  orders: ReadonlyMap<string, readonly number[]>,
  { reader, key, list }: OuterRead,
  anomalies: Anomaly[],
): void {
  const order = orders.get(key) ?? []
  if (!list.every((value, position) => order[position] === value)) {
    const explanation = `${key} is [${list.join(' ')}] here and [${order.join(' ')}] elsewhere`
    anomalies.push(named('incompatible order', history, [reader], explanation))
  }
  if (new Set(list).size < list.length) {
    anomalies.push(named('duplicate append', history, [reader], `${key} holds a value twice`))
  }
  for (const value of list) {
    const writer = writers.get(value)
    if (writer === undefined) {
      anomalies.push(named('garbage read', history, [reader], `nobody appended ${value} to ${key}`))
    } else if (history[writer]?.outcome === 'fail') {
      const explanation = `${value} in ${key} was never to be written (G1a)`
      anomalies.push(named('aborted read', history, [reader, writer], explanation))
    }
  }
  const last = list.at(-1)
  const writer = last === undefined ? undefined : writers.get(last)
  if (writer === undefined || writer === reader) return
  const appends = (history[writer]?.steps ?? []).filter((step): step is Step & { kind: 'append' } => {
    return step.kind === 'append' && step.key === key
  })
  if (appends.at(-1)?.value !== last) {
    const explanation = `${key} shows a state in the middle of an operation (G1b)`
    anomalies.push(named('intermediate read', history, [reader, writer], explanation))
  }
}

function unseenOf(history: History, orders: ReadonlyMap<string, readonly number[]>): Map<string, number[]> {
  const seen = new Set([...orders.values()].flat())
  const unseen = new Map<string, number[]>()
  for (const { steps, outcome } of history) {
    if (outcome !== 'ok') continue
    for (const step of steps) {
      if (step.kind === 'append' && !seen.has(step.value)) {
        unseen.set(step.key, [...(unseen.get(step.key) ?? []), step.value])
      }
    }
  }
  return unseen
}

function named(name: string, history: History, at: readonly number[], explanation: string): Anomaly {
  const operations = at.map((one) => describeOperation(history[one] as Operation, one))
  return { name, explanation: `${explanation}: ${operations.join('; ')}` }
}

function sameValues(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, position) => other[position] === value)
}
