/**
 * Hundreds of clients append to lists and read them, in every way in which the API lets them: transactions, single calls, and
 * reads followed by writes on the condition that nothing has changed. All that they see becomes a history.
 */
import type { Body } from '../conformance/client.ts'
import type { History, Operation, Outcome, Step } from './history.ts'
import { type Reply, runClients, seededPicks, type Wire } from './wire.ts'

export interface ListAppendOptions {
  readonly clients: number
  readonly operations: number
  readonly seed: number
  /** Called when a quarter, a half … of the operations have begun; it may kill the server. */
  readonly atQuarter: (quarter: number) => void
}

const table = 'Lists'
/** Lists that are written at the same time: few enough for clients to meet, many enough for conditions to hold. */
const slots = 24
/** A list is left for a fresh one when it is so long. */
const appendsPerList = 40
const keysPerRead = 50

export const listsTable = {
  TableName: table,
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}

export async function recordListAppends(wire: Wire, options: ListAppendOptions): Promise<History> {
  const load = new ListAppendLoad(wire, options.seed)
  const quarter = Math.ceil(options.operations / 4)
  let begun = 0
  await runClients(options.clients, async () => {
    if (begun >= options.operations) return false
    begun += 1
    if (begun % quarter === 0) options.atQuarter(begun / quarter)
    await load.operate()
    return true
  })
  await load.readAll()
  return load.history
}

class ListAppendLoad {
  readonly history: Operation[] = []
  readonly #wire: Wire
  readonly #pick: (bound: number) => number
  /** By slot: how many appends were begun in all. */
  readonly #begun = new Array<number>(slots).fill(0)
  #value = 0

  constructor(wire: Wire, seed: number) {
    this.#wire = wire
    this.#pick = seededPicks(seed)
  }

  operate(): Promise<unknown> {
    const chance = this.#pick(100)
    if (chance < 30) return this.#appendTogether()
    if (chance < 45) return this.#readTogether(this.#keys(1 + this.#pick(4)))
    if (chance < 55) return this.#readOne(this.#key())
    if (chance < 70) return this.#appendAndRead()
    if (chance < 85) return this.#readThenWriteTogether()
    return this.#readThenPut()
  }

  /** Every list that was ever begun, at last. */
  async readAll(): Promise<void> {
    const keys = this.#begun.flatMap((begun, slot) =>
      Array.from({ length: Math.floor(begun / appendsPerList) + 1 }, (_, generation) => keyOf(slot, generation)),
    )
    for (let at = 0; at < keys.length; at += keysPerRead) await this.#readTogether(keys.slice(at, at + keysPerRead))
  }

  #appendTogether(): Promise<Reply> {
    const steps = this.#keys(1 + this.#pick(4)).map((key) => this.#append(key))
    const actions = steps.map((step) => ({ Update: appendOf(step) }))
    return this.#record(steps, () => this.#wire.call('TransactWriteItems', { TransactItems: actions }))
  }

  async #readTogether(keys: readonly string[]): Promise<ReadonlyMap<string, readonly number[]> | undefined> {
    const gets = keys.map((key) => ({ Get: { TableName: table, Key: itemKey(key) } }))
    const lists = (body: Body): Step[] =>
      (body['Responses'] as readonly Body[]).map(({ Item }, at) => readStep(keys[at] as string, Item))
    const reply = await this.#record([], () => this.#wire.call('TransactGetItems', { TransactItems: gets }), lists)
    if (reply.kind !== 'done') return undefined
    return new Map(lists(reply.body).map((step) => [step.key, step.kind === 'read' ? step.list : []]))
  }

  async #readOne(key: string): Promise<readonly number[] | undefined> {
    const input = { TableName: table, Key: itemKey(key), ConsistentRead: true }
    const read = ({ Item }: Body): Step[] => [readStep(key, Item)]
    const reply = await this.#record([], () => this.#wire.call('GetItem', input), read)
    return reply.kind === 'done' ? listOf(reply.body['Item']) : undefined
  }

  #appendAndRead(): Promise<Reply> {
    const step = this.#append(this.#key())
    const input = { ...appendOf(step), ReturnValues: 'ALL_NEW' }
    return this.#record(
      [step],
      () => this.#wire.call('UpdateItem', input),
      ({ Attributes }) => [step, readStep(step.key, Attributes)],
    )
  }

  /** What was read is a part of the transaction: it succeeds only if all of it still stands. */
  async #readThenWriteTogether(): Promise<void> {
    const startedAt = performance.now()
    const keys = this.#keys(2 + this.#pick(2))
    const lists = await this.#readTogether(keys)
    if (lists === undefined) return
    const appends = keys.slice(0, 1 + this.#pick(keys.length)).map((key) => this.#append(key))
    const actions = keys.map((key) => {
      const condition = unchanged(lists.get(key) ?? [])
      const step = appends.find((one) => one.key === key)
      return step === undefined
        ? { ConditionCheck: { TableName: table, Key: itemKey(key), ...condition } }
        : { Update: withCondition(appendOf(step), condition) }
    })
    const reads = keys.map((key): Step => ({ kind: 'read', key, list: lists.get(key) ?? [] }))
    const send = () => this.#wire.call('TransactWriteItems', { TransactItems: actions })
    await this.#record(appends, send, () => [...reads, ...appends], startedAt)
  }

  /** Writes the whole list anew: an update in between would be lost but for the condition. */
  async #readThenPut(): Promise<void> {
    const startedAt = performance.now()
    const key = this.#key()
    const list = await this.#readOne(key)
    if (list === undefined) return
    const step = this.#append(key)
    const values = [...list, step.value]
    const item = { ...itemKey(key), n: { N: String(values.length) }, l: { L: values.map(numberOf) } }
    const send = () => this.#wire.call('PutItem', { TableName: table, Item: item, ...unchanged(list) })
    await this.#record([step], send, () => [{ kind: 'read', key, list }, step], startedAt)
  }

  async #record(
    appends: readonly Step[],
    send: () => Promise<Reply>,
    done: (body: Body) => readonly Step[] = () => appends,
    startedAt = performance.now(),
  ): Promise<Reply> {
    const reply = await send()
    const endedAt = performance.now()
    const steps = reply.kind === 'done' ? done(reply.body) : appends
    this.history.push({ steps, outcome: outcomes[reply.kind], startedAt, endedAt })
    return reply
  }

  #key(): string {
    const slot = this.#pick(slots)
    return keyOf(slot, Math.floor((this.#begun[slot] as number) / appendsPerList))
  }

  #keys(count: number): string[] {
    return [...new Set(Array.from({ length: count }, () => this.#key()))]
  }

  #append(key: string): Append {
    const slot = Number(key.split('-')[0])
    this.#begun[slot] = (this.#begun[slot] as number) + 1
    this.#value += 1
    return { kind: 'append', key, value: this.#value }
  }
}

type Append = Step & { readonly kind: 'append' }

const outcomes: Readonly<Record<Reply['kind'], Outcome>> = { done: 'ok', refused: 'fail', unknown: 'info' }

function keyOf(slot: number, generation: number): string {
  return `${slot}-${generation}`
}

function itemKey(key: string): Body {
  return { pk: { S: key } }
}

function numberOf(value: number): Body {
  return { N: String(value) }
}

function appendOf({ key, value }: Append): Body {
  return {
    TableName: table,
    Key: itemKey(key),
    UpdateExpression: 'SET l = list_append(if_not_exists(l, :none), :value) ADD n :one',
    ExpressionAttributeValues: { ':none': { L: [] }, ':value': { L: [numberOf(value)] }, ':one': { N: '1' } },
  }
}

function unchanged(list: readonly number[]): Body {
  if (list.length === 0) return { ConditionExpression: 'attribute_not_exists(pk)' }
  return { ConditionExpression: 'n = :n', ExpressionAttributeValues: { ':n': numberOf(list.length) } }
}

function withCondition(update: Body, condition: Body): Body {
  const values = {
    ...(update['ExpressionAttributeValues'] as Body),
    ...(condition['ExpressionAttributeValues'] as Body),
  }
  return { ...update, ...condition, ExpressionAttributeValues: values }
}

function readStep(key: string, item: unknown): Step {
  return { kind: 'read', key, list: listOf(item) }
}

function listOf(item: unknown): readonly number[] {
  const elements = (item as { readonly l: { readonly L: readonly { readonly N: string }[] } } | undefined)?.l.L ?? []
  return elements.map(({ N }) => Number(N))
}
