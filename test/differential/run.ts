/**
 * Sends the same random requests to Coffer and to dynalite and prints where their answers differ.
 * `node test/differential/run.ts --seconds 60 --seed 1`
 */
import { parseArgs } from 'node:util'
import type { Answer, Body, Client } from '../conformance/client.ts'
import { startServer } from '../conformance/server.ts'
import { activeTable } from '../conformance/tables.ts'
import { Chance } from './chance.ts'
import { agree, type Seen, seen } from './compare.ts'
import { DynaliteFell, startDynalite } from './dynalite.ts'
import { type Difference, differsInWords, explanation } from './known-differences.ts'
import { type Input, type RequestStory, requestStory } from './request-stories.ts'
import { spoiled } from './spoil.ts'
import { createTableInput, type TableStory, tableStory } from './table-stories.ts'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    samples: { type: 'string', default: '1' },
    wrong: { type: 'string', default: '0.25' },
    words: { type: 'boolean', default: false },
  },
})

const requestsPerWorld = 400
const tablesPerWorld = 3
const pagesMax = 100

const coffer = await startServer()
let dynalite = await startDynalite()
let clients: readonly [Client, Client] = [coffer.client, dynalite.client]
const endMs = Date.now() + Number(options.seconds) * 1000
const classes = new Map<string, Difference[]>()
const explained = new Map<string, number>()
const operations = new Map<string, number>()
let succeeded = 0
/** Tables of the world that is lived through. */
const made: string[] = []
let falls = 0
let latest = ''

for (let world = 0; Date.now() < endMs; world += 1) {
  try {
    await liveThrough(Number(options.seed) * 10_000 + world)
  } catch (error) {
    if (!(error instanceof DynaliteFell)) throw error
    falls += 1
    dynalite.stop()
    for (const name of made) await coffer.client.call('DeleteTable', { TableName: name })
    dynalite = await startDynalite()
    clients = [coffer.client, dynalite.client]
    console.log(`dynalite fell: ${error.message}: ${latest}`)
  }
}
report()
await coffer.stop()
dynalite.stop()

async function liveThrough(seed: number): Promise<void> {
  const chance = new Chance(seed)
  const tables = Array.from({ length: tablesPerWorld }, (_, position) => tableStory(chance, `World${seed}.${position}`))
  made.splice(0, made.length, ...tables.map(({ name }) => name))
  for (const table of tables) await create(table)
  for (let count = 0; count < requestsPerWorld && Date.now() < endMs; count += 1) {
    const story = requestStory(chance, tables)
    const isWrong = chance.happens(Number(options.wrong))
    const sent = isWrong ? { ...story, input: spoiled(chance, story.input) } : story
    await compareRequest(sent, isWrong, tables)
  }
  for (const table of tables) await both('DeleteTable', { TableName: table.name })
}

async function create(table: TableStory): Promise<void> {
  const answers = await both('CreateTable', createTableInput(table))
  for (const answer of answers) if (answer.status !== 200) throw new Error(`${table.name}: ${answer.message}`)
  for (const client of clients) await activeTable(client, table.name)
}

function both(operation: string, input: Input): Promise<[Answer, Answer]> {
  return dynalite.unlessItFalls(Promise.all([clients[0].call(operation, input), clients[1].call(operation, input)]))
}

async function compareRequest(story: RequestStory, isSpoiled: boolean, tables: readonly TableStory[]): Promise<void> {
  const { operation, input, paged } = story
  latest = `${operation} ${JSON.stringify(input)}`
  operations.set(operation, (operations.get(operation) ?? 0) + 1)
  const [one, other] = paged
    ? await dynalite.unlessItFalls(
        Promise.all([readToEnd(clients[0], operation, input), readToEnd(clients[1], operation, input)]),
      )
    : await seenByBoth(operation, input)
  if (one.status === 200) succeeded += 1
  if (agree(one, other)) return
  const difference = { operation, input, isSpoiled, coffer: one, dynalite: other }
  const why = explanation(difference) ?? (!options.words && differsInWords(difference) ? 'words' : undefined)
  if (why === undefined) note(difference)
  else explained.set(why, (explained.get(why) ?? 0) + 1)
  if (mayDiverge(difference)) for (const table of tables) await reconcile(table)
}

/** A write that only one server took, or a read that shows that there was one. */
function mayDiverge({ operation, coffer, dynalite }: Difference): boolean {
  if (/^(Put|Update|Delete|BatchWrite)/.test(operation)) return true
  return coffer.status === 200 && dynalite.status === 200
}

async function seenByBoth(operation: string, input: Input): Promise<[Seen, Seen]> {
  const isSorted = operation === 'Scan' || (operation === 'Query' && input['IndexName'] !== undefined)
  const [one, other] = await both(operation, input)
  return [seen(one, isSorted), seen(other, isSorted)]
}

/** All pages of a read as one. */
async function readToEnd(client: Client, operation: string, input: Input): Promise<Seen> {
  const items: unknown[] = []
  const total = { Count: 0, ScannedCount: 0, pages: 0 }
  let start: unknown
  do {
    const answer = await client.call(operation, start === undefined ? input : { ...input, ExclusiveStartKey: start })
    if (answer.status !== 200) return seen(answer, true)
    const { Items, Count, ScannedCount, LastEvaluatedKey } = answer.body
    items.push(...((Items ?? []) as unknown[]))
    total.Count += Number(Count)
    total.ScannedCount += Number(ScannedCount)
    total.pages += 1
    start = LastEvaluatedKey
  } while (start !== undefined && total.pages < pagesMax)
  const whole = { status: 200, headers: {}, code: undefined, namespace: undefined, message: undefined }
  return seen({ ...whole, body: { ...total, Items: items } }, true)
}

/** After a write that only one server took: what differs goes from both. */
async function reconcile(table: TableStory): Promise<void> {
  const answers = await both('Scan', { TableName: table.name })
  const [ours, theirs] = answers.map((answer) => byKey(table, (answer.body['Items'] ?? []) as Body[]))
  if (ours === undefined || theirs === undefined) return
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    if (ours.get(key) !== theirs.get(key)) await both('DeleteItem', { TableName: table.name, Key: JSON.parse(key) })
  }
}

function byKey(table: TableStory, items: readonly Body[]): Map<string, string> {
  const names = [table.hash.name, ...(table.range === undefined ? [] : [table.range.name])]
  const whole = { status: 200, headers: {}, code: undefined, namespace: undefined, message: undefined }
  return new Map(
    items.map((item) => [
      JSON.stringify(Object.fromEntries(names.map((name) => [name, item[name]]))),
      JSON.stringify(seen({ ...whole, body: item }, false).body),
    ]),
  )
}

function note(difference: Difference): void {
  const name = [difference.operation, shape(difference.coffer), shape(difference.dynalite)].join(' | ')
  const known = classes.get(name)
  if (known === undefined) classes.set(name, [difference])
  else known.push(difference)
}

/** What a class of differences has in common: the message without its particulars. */
function shape({ status, code, message }: Seen): string {
  if (status === 200) return '200'
  return `${status} ${code} ${(message ?? '')
    .replace(/'[^']*'/g, "'…'")
    .replace(/\[[^\]]*\]|\{[^}]*\}|"[^"]*"|\d+/g, '…')
    .slice(0, 160)}`
}

function report(): void {
  const counts = [...operations].map(([operation, count]) => `${operation} ${count}`).join(', ')
  const total = [...operations.values()].reduce((sum, count) => sum + count, 0)
  const ordered = [...classes].sort(([, a], [, b]) => b.length - a.length)
  for (const [name, differences] of ordered) {
    console.log(`\n## ${differences.length} x ${name}`)
    for (const { input, coffer, dynalite } of differences.slice(0, Number(options.samples))) {
      console.log(JSON.stringify(input).slice(0, 1500))
      console.log(`  coffer:   ${JSON.stringify(coffer.message ?? coffer.body)?.slice(0, 1000)}`)
      console.log(`  dynalite: ${JSON.stringify(dynalite.message ?? dynalite.body)?.slice(0, 1000)}`)
    }
  }
  console.log(`\n${total} requests, ${succeeded} of them answered with 200; ${counts}`)
  for (const [why, count] of explained) console.log(`explained ${count}: ${why}`)
  console.log(`dynalite fell over ${falls} times`)
  console.log(`${ordered.length} classes of unexplained differences`)
}
