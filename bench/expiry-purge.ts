/**
 * What callers notice while expired items are deleted: GetItem and PutItem on one table, quiet, and then again while
 * time to live is enabled on another whose items have all expired. Printed as ratios of the 99th percentiles.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Load } from './load.ts'
import { startLoad } from './load.ts'
import type { Measurement } from './load-messages.ts'
import { type BenchOptions, readOptions } from './options.ts'
import { type Peer, startCofferPeer } from './peers.ts'
import { openRawConnection } from './raw-connection.ts'
import { signer, type Target } from './signed-requests.ts'

export interface PurgeResult {
  readonly items: number
  /** From enabling time to live to the last item gone. */
  readonly tookMs: number
  readonly lines: readonly {
    readonly line: string
    readonly quiet: Measurement
    readonly during: Measurement
    /** Items deleted while it was measured: 0 would mean that nothing was measured. */
    readonly deleted: number
  }[]
}

const tableName = 'Sessions'
const lines = ['get', 'put']
const connections = 16
const p99RatioMax = 2
const itemsPerBatch = 25
const purgeWithinMs = 600_000

export async function measureExpiryPurge(load: Load, options: BenchOptions): Promise<PurgeResult> {
  const items = options.million === undefined ? 20_000 : 100_000
  const peer = await startCofferPeer()
  try {
    const { target } = peer
    const order = { kind: 'prepare', target, orders: options.preload, withinMs: options.loadWithinMs } as const
    const { orders } = await load.order(order, 'prepared')
    const caller = await connectCaller(target)
    await loadExpired(caller, items)
    await sleep(2_000)
    const quiet: Measurement[] = []
    for (const line of lines) quiet.push(await measure(load, peer, line, orders, options))
    const startedAt = performance.now()
    const specification = { Enabled: true, AttributeName: 'expires' }
    await caller.call('UpdateTimeToLive', { TableName: tableName, TimeToLiveSpecification: specification })
    // Both lines meet the purge itself; what filling the queue costs shows in the time that everything takes.
    while (!(await caller.call('DescribeTimeToLive', { TableName: tableName })).includes('"ENABLED"')) await sleep(20)
    const results: PurgeResult['lines'][number][] = []
    for (const [position, line] of lines.entries()) {
      const before = await caller.count()
      const during = await measure(load, peer, line, orders, options)
      results.push({ line, quiet: quiet[position] as Measurement, during, deleted: before - (await caller.count()) })
    }
    while ((await caller.count()) > 0) {
      if (performance.now() - startedAt > purgeWithinMs) throw new Error('the purge does not end')
      await sleep(100)
    }
    caller.close()
    return { items, tookMs: performance.now() - startedAt, lines: results }
  } finally {
    await peer.stop()
  }
}

export function purgeReport(result: PurgeResult): string {
  const rows = result.lines.map(({ line, quiet, during, deleted }) => {
    const ratio = during.p99Ms / quiet.p99Ms
    const verdict = deleted === 0 ? 'nothing was deleted meanwhile' : ratio <= p99RatioMax ? '✓' : '✗'
    const figures = [quiet.p99Ms, during.p99Ms].map((ms) => ms.toFixed(2))
    return `| ${line} | ${figures.join(' | ')} | ${ratio.toFixed(2)} | ≤ ${p99RatioMax} ${verdict} | ${quiet.perSecond.toFixed(0)} | ${during.perSecond.toFixed(0)} | ${deleted} |`
  })
  return [
    `Time to live: ${result.items.toLocaleString('en')} expired items deleted in ${(result.tookMs / 1000).toFixed(1)} s, ` +
      `${connections} connections at work on another table meanwhile.`,
    '',
    '| line | p99 quiet, ms | p99 during, ms | ratio | target | quiet /s | during /s | items deleted |',
    '| --- | --: | --: | --: | --- | --: | --: | --: |',
    ...rows,
    '',
  ].join('\n')
}

async function measure(
  load: Load,
  { target }: Peer,
  line: string,
  preloaded: number,
  { warmUpMs, measureMs }: BenchOptions,
): Promise<Measurement> {
  const order = { kind: 'measure', target, line, preloaded, connections, warmUpMs, measureMs } as const
  return (await load.order(order, 'measured')).measurement
}

interface Caller {
  call(operation: string, input: object): Promise<string>
  /** Items that are left. */
  count(): Promise<number>
  close(): void
}

async function connectCaller(target: Target): Promise<Caller> {
  const connection = await openRawConnection(target.host, target.port, (error) => {
    throw error
  })
  const call = (operation: string, input: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const request = signer(target, Date.now()).request(operation, JSON.stringify(input))
      connection.send(
        request,
        (status, bytes) => {
          const text = bytes?.toString('utf8') ?? ''
          if (status === 200) resolve(text.slice(text.indexOf('\r\n\r\n') + 4))
          else reject(new Error(text))
        },
        true,
      )
    })
  return {
    call,
    async count() {
      const answer = JSON.parse(await call('DescribeTable', { TableName: tableName })) as {
        readonly Table: { readonly ItemCount: number }
      }
      return answer.Table.ItemCount
    },
    close: () => connection.close(),
  }
}

async function loadExpired({ call }: Caller, items: number): Promise<void> {
  await call('CreateTable', {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'user', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'ByUser',
        KeySchema: [{ AttributeName: 'user', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  })
  const expired = Math.floor(Date.now() / 1000) - 86_400
  for (let next = 0; next < items; next += itemsPerBatch) {
    const requests = Array.from({ length: itemsPerBatch }, (_, position) => {
      const number = next + position
      const Item = {
        pk: { S: `session-${number}` },
        user: { S: `user-${number % 1000}` },
        expires: { N: String(expired + (number % 3600)) },
        data: { S: 'x'.repeat(200) },
      }
      return { PutRequest: { Item } }
    })
    await call('BatchWriteItem', { RequestItems: { [tableName]: requests } })
  }
}

// `node bench/expiry-purge.ts` measures this alone.
if (import.meta.main) {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') throw new Error('see `npm run bench -- --help`')
  const load = startLoad()
  try {
    process.stdout.write(purgeReport(await measureExpiryPurge(load, options)))
  } finally {
    load.stop()
  }
}
