/**
 * Which page size serves best: 1 KB values put at random over 100,000, 64 at a time, on the real SQLite store; then
 * gets and scans. Prints the table that stands in docs/decisions/0003-page-sizes.md. Run: node bench/storage/page-sizes.ts
 */
import { createSecretKey, randomBytes, randomInt } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SealedTrees } from '../../src/storage/sealed-trees/sealed-trees.ts'
import { openSqlitePageStore } from '../../src/storage/sqlite/sqlite-page-store.ts'

const items = 100_000
const tree = 16

function keyOf(n: number): Buffer {
  const key = Buffer.alloc(24)
  key.writeUInt32BE((n * 2654435761) >>> 0, 0)
  key.writeUInt32BE(n, 20)
  return key
}

async function measure(pageBytes: number, sqlitePageBytes: number): Promise<Record<string, string | number>> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-page-sizes-'))
  const file = join(folder, 'pages.db')
  const store = await openSqlitePageStore(file, { sqlitePageBytes })
  const trees = await SealedTrees.open({
    store,
    rootKey: createSecretKey(Buffer.alloc(32, 1)),
    cacheBytes: 400 * 2 ** 20,
    pageBytes,
  })
  const key = await trees.newTableKey({})
  await trees.atomically((writer) => writer.createTree(tree, key))
  const value = randomBytes(1024)
  for (let n = 0; n < items; n += 500) {
    await trees.atomically((writer) => {
      for (let m = n; m < n + 500; m++) writer.set(tree, keyOf(m), value)
    })
  }
  const latencies: number[] = []
  const until = performance.now() + 5000
  const started = performance.now()
  const client = async () => {
    while (performance.now() < until) {
      const at = performance.now()
      await trees.atomically((writer) => writer.set(tree, keyOf(randomInt(items)), value))
      latencies.push(performance.now() - at)
    }
  }
  const cpu = process.cpuUsage()
  await Promise.all(Array.from({ length: 64 }, client))
  const used = process.cpuUsage(cpu)
  const seconds = (performance.now() - started) / 1000
  latencies.sort((x, y) => x - y)
  const at = (share: number) => (latencies[Math.floor(latencies.length * share)] as number).toFixed(2)
  const getsStarted = performance.now()
  for (let n = 0; n < 200_000; n++) await trees.view((reader) => reader.get(tree, keyOf(randomInt(items))))
  const getMicroseconds = ((performance.now() - getsStarted) / 200_000) * 1000
  await trees.close()
  const bytes = (await stat(file)).size
  const again = await openSqlitePageStore(file, { sqlitePageBytes })
  const cold = await SealedTrees.open({
    store: again,
    rootKey: createSecretKey(Buffer.alloc(32, 1)),
    cacheBytes: 400 * 2 ** 20,
    pageBytes,
  })
  const scanStarted = performance.now()
  await cold.view((reader) => reader.scan(tree, {}, false, () => true))
  const scanMs = performance.now() - scanStarted
  await cold.close()
  await rm(folder, { recursive: true })
  return {
    page: pageBytes,
    'SQLite page': sqlitePageBytes,
    'puts/s': Math.round(latencies.length / seconds),
    'CPU µs/put': ((used.user + used.system) / latencies.length).toFixed(0),
    'p50 ms': at(0.5),
    'p99 ms': at(0.99),
    'get µs': getMicroseconds.toFixed(2),
    'cold scan ms': scanMs.toFixed(0),
    'bytes/byte': (bytes / (items * 1048)).toFixed(2),
  }
}

const rows: Record<string, string | number>[] = []
for (const [page, sqlite] of [
  [3968, 4096],
  [8064, 4096],
  [8064, 8192],
  [8064, 16384],
  [16256, 8192],
  [16256, 16384],
] as const) {
  rows.push(await measure(page, sqlite))
}
console.table(rows)
