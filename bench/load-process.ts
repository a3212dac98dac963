/** The load, in a process of its own: fills tables and sends the requests of a line, as its parent orders. */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  orderItem,
  orders as ordersTable,
  type TableDefinition,
  tickItem,
  tickPartitions,
  ticksPerPartition,
  ticks as ticksTable,
} from './data-set.ts'
import { bodiesOf, type Line, lineNamed } from './lines.ts'
import type { LoadOrder, LoadReport, Measurement } from './load-messages.ts'
import { openRawConnection, type RawConnection } from './raw-connection.ts'
import { type Signer, signer, type Target } from './signed-requests.ts'

const loaders = 16
const batchItems = 25

process.on('message', (order: LoadOrder) => {
  carryOut(order).then(report, (error: unknown) =>
    report({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
})

function report(message: LoadReport): void {
  process.send?.(message)
}

async function carryOut(order: LoadOrder): Promise<LoadReport> {
  switch (order.kind) {
    case 'prepare':
      return prepare(order.target, order.orders, order.withinMs)
    case 'grow':
      return fill(order.target, ordersTable, order.to, order.from, order.withinMs, orderItem)
    case 'record':
      return record(order.target, order.line, order.preloaded)
    case 'measure':
      return { kind: 'measured', measurement: await measure(order) }
  }
}

async function prepare(target: Target, orders: number, withinMs: number): Promise<LoadReport> {
  await createTable(target, ordersTable)
  await createTable(target, ticksTable)
  const tickCount = tickPartitions * ticksPerPartition
  const tickAt = (number: number) => tickItem(Math.floor(number / ticksPerPartition), number % ticksPerPartition)
  const filled = await fill(target, ticksTable, tickCount, 0, withinMs, tickAt)
  if (filled.kind === 'prepared' && filled.orders < tickCount) throw new Error('the small items took too long to load')
  return fill(target, ordersTable, orders, 0, withinMs, orderItem)
}

async function createTable(target: Target, table: TableDefinition): Promise<void> {
  const connection = await open(target)
  const sign = signer(target, Date.now())
  await call(connection, sign.request('CreateTable', JSON.stringify(table)))
  const describe = JSON.stringify({ TableName: table.TableName })
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const answer = await call(connection, sign.request('DescribeTable', describe))
    if (answer.includes('"TableStatus":"ACTIVE"')) return connection.close()
    await sleep(50)
  }
  throw new Error(`${table.TableName} did not become active`)
}

/** Writes items `from` up to `to` by BatchWriteItem over 16 connections, until done or the time is up. */
async function fill(
  target: Target,
  table: TableDefinition,
  to: number,
  from: number,
  withinMs: number,
  itemAt: (number: number) => string,
): Promise<LoadReport> {
  const startedAt = performance.now()
  let next = from
  let sign: Signer = signer(target, Date.now())
  let signedAt = performance.now()
  async function load(): Promise<void> {
    const connection = await open(target)
    while (next < to && performance.now() - startedAt < withinMs) {
      const first = next
      next = Math.min(to, first + batchItems)
      const puts = []
      for (let number = first; number < next; number += 1) puts.push(`{"PutRequest":{"Item":${itemAt(number)}}}`)
      if (performance.now() - signedAt > 60_000) {
        sign = signer(target, Date.now())
        signedAt = performance.now()
      }
      const body = `{"RequestItems":{"${table.TableName}":[${puts.join(',')}]}}`
      const answer = await call(connection, sign.request('BatchWriteItem', body))
      if (!answer.includes('"UnprocessedItems":{}')) throw new Error(`items were left unprocessed: ${tail(answer)}`)
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: loaders }, load))
  return { kind: 'prepared', orders: next, tookMs: performance.now() - startedAt }
}

async function record(target: Target, lineName: string, preloaded: number): Promise<LoadReport> {
  const line = lineNamed(lineName)
  const connection = await open(target)
  const [body = ''] = await bodiesFor(target, { ...line, distinctRequests: 1 }, preloaded)
  const answer = await call(connection, signer(await callerOf(line, target), Date.now()).request(line.operation, body))
  connection.close()
  return { kind: 'recorded', answer: Buffer.from(answer, 'latin1').toString('base64') }
}

async function bodiesFor(target: Target, line: Line, preloaded: number): Promise<readonly string[]> {
  if (line.prepare === undefined) return bodiesOf(line, preloaded)
  const connection = await open(target)
  const sign = signer(target, Date.now())
  const given = await line.prepare(async (operation, body) => {
    const answer = await call(connection, sign.request(operation, JSON.stringify(body)))
    return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Readonly<Record<string, unknown>>
  })
  connection.close()
  return given ?? bodiesOf(line, preloaded)
}

async function callerOf(line: Line, target: Target): Promise<Target> {
  return line.caller === undefined ? target : line.caller(target)
}

async function measure(order: Extract<LoadOrder, { kind: 'measure' }>): Promise<Measurement> {
  const line = lineNamed(order.line)
  const sign = signer(await callerOf(line, order.target), Date.now())
  const bodies = await bodiesFor(order.target, line, order.preloaded)
  const requests = bodies.map((body) => sign.request(line.operation, body))
  const connections = await Promise.all(Array.from({ length: order.connections }, () => open(order.target)))
  await drive(connections, requests, order.warmUpMs)
  const measurement = await drive(connections, requests, order.measureMs)
  for (const connection of connections) connection.close()
  return measurement
}

/** Every connection sends one request after the other until the time is up; the answers under way are waited for. */
function drive(
  connections: readonly RawConnection[],
  requests: readonly Buffer[],
  forMs: number,
): Promise<Measurement> {
  const startedAt = performance.now()
  const endsAt = startedAt + forMs
  const latencies: number[] = []
  let refused = 0
  let next = 0
  let busy = connections.length
  return new Promise((resolve) => {
    for (const connection of connections) {
      let sentAt = 0
      const sendNext = () => {
        const request = requests[next % requests.length]
        next += 1
        sentAt = performance.now()
        if (request === undefined || sentAt >= endsAt) {
          busy -= 1
          if (busy === 0) resolve(summarize(latencies, refused, performance.now() - startedAt))
          return
        }
        connection.send(request, onAnswer, false)
      }
      const onAnswer = (status: number) => {
        latencies.push(performance.now() - sentAt)
        if (status !== 200) refused += 1
        sendNext()
      }
      sendNext()
    }
  })
}

function summarize(latencies: number[], refused: number, tookMs: number): Measurement {
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return {
    requests: sorted.length,
    refused,
    perSecond: (sorted.length / tookMs) * 1000,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  }
}

function open(target: Target): Promise<RawConnection> {
  return openRawConnection(target.host, target.port, (error) => {
    report({ kind: 'failed', message: error.message })
  })
}

/** The whole answer as latin1 text; an answer that is not 200 is an error. */
function call(connection: RawConnection, request: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    connection.send(
      request,
      (status, bytes) => {
        const answer = bytes?.toString('latin1') ?? ''
        if (status === 200) resolve(answer)
        else reject(new Error(`status ${status}: ${tail(answer)}`))
      },
      true,
    )
  })
}

function tail(answer: string): string {
  return answer.slice(answer.indexOf('\r\n\r\n') + 4).slice(0, 500)
}

await once(process, 'disconnect')
process.exit(0)
