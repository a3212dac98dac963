/** `npm run bench`: measures Coffer beside dynalite and a bare HTTP server, one after the other in one run. */
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { orderBytes, tickBytes, tickPartitions, ticksPerPartition } from './data-set.ts'
import { measureExpiryPurge, type PurgeResult, purgeReport } from './expiry-purge.ts'
import { diskBytes, diskSyncMs, residentMiB } from './footprint.ts'
import { lines as allLines } from './lines.ts'
import { type Load, startLoad } from './load.ts'
import { type BenchOptions, readOptions, usage } from './options.ts'
import { type Peer, startBarePeer, startCofferPeer, startDynalitePeer } from './peers.ts'
import { profileLine } from './profile.ts'
import { report } from './report.ts'
import type { BenchResult, LineResult, MillionResult, PeerResult } from './results.ts'

const startsMeasured = 3
const settleMs = 2_000
const resultsFolder = new URL('results/', import.meta.url)

const options = readOptions(process.argv.slice(2))
if (options === 'help') process.stdout.write(usage)
else if (options.profile !== undefined) await writeResults(await profileLine(options, options.profile))
else await run(options)

async function run(options: BenchOptions): Promise<void> {
  const startedAt = new Date().toISOString()
  const syncMs = await diskSyncMs()
  const load = startLoad()
  const peers: PeerResult[] = []
  const answers = new Map<string, string>()
  const bare: LineResult[] = []
  let purge: PurgeResult | undefined
  try {
    if (options.peers.includes('coffer'))
      peers.push(await measurePeer('coffer', startCofferPeer, load, options, answers))
    if (options.peers.includes('dynalite')) peers.push(await measurePeer('dynalite', startDynalitePeer, load, options))
    if (options.peers.includes('bare')) bare.push(...(await measureBare(load, options, answers)))
    if (options.peers.includes('coffer') && options.lines.length === allLines.length) {
      progress('coffer: time to live')
      purge = await measureExpiryPurge(load, options)
    }
  } finally {
    load.stop()
  }
  const result: BenchResult = {
    startedAt,
    machine: {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node,
      diskSyncMs: syncMs,
    },
    measureMs: options.measureMs,
    peers,
    bare,
  }
  const { markdown, refused } = report(result)
  const purged = purge === undefined ? '' : `\n${purgeReport(purge)}`
  const name = startedAt.slice(0, 16).replace(':', '')
  await writeResults({ name, markdown: markdown + purged, json: { ...result, ...(purge && { expiryPurge: purge }) } })
  if (refused > 0) {
    process.stderr.write(`${refused} answers were not 200: the figures cannot be trusted\n`)
    process.exitCode = 1
  }
}

async function measurePeer(
  name: PeerResult['name'],
  start: () => Promise<Peer>,
  load: Load,
  options: BenchOptions,
  answers?: Map<string, string>,
): Promise<PeerResult> {
  const readyAfterMs: number[] = []
  for (let count = 1; count < startsMeasured; count += 1) {
    const peer = await start()
    readyAfterMs.push(peer.readyAfterMs)
    await peer.stop()
  }
  const peer = await start()
  try {
    readyAfterMs.push(peer.readyAfterMs)
    await sleep(settleMs)
    const idleMiB = await residentMiB(peer.pid())
    progress(`${name}: loading ${options.preload} items`)
    const { target } = peer
    const order = { kind: 'prepare', target, orders: options.preload, withinMs: options.loadWithinMs } as const
    const prepared = await load.order(order, 'prepared')
    await sleep(settleMs)
    const diskPerByte = await diskShare(peer, prepared.orders)
    for (const line of answers === undefined ? [] : options.lines) {
      const recordOrder = { kind: 'record', target, line: line.name, preloaded: prepared.orders } as const
      answers?.set(line.name, (await load.order(recordOrder, 'recorded')).answer)
    }
    const lines = await measureLines(name, peer, load, options, prepared.orders)
    const million = await measureMillion(peer, load, options, prepared.orders)
    return {
      name,
      readyAfterMs,
      idleMiB,
      preloaded: prepared.orders,
      preloadTookMs: prepared.tookMs,
      diskPerByte,
      lines,
      million,
    }
  } finally {
    await peer.stop()
  }
}

async function measureLines(
  name: string,
  peer: Peer,
  load: Load,
  options: BenchOptions,
  preloaded: number,
): Promise<LineResult[]> {
  const results: LineResult[] = []
  for (const line of options.lines) {
    if (name === 'dynalite' && line.targets.timesDynalite === undefined) continue
    for (const connections of options.connections) {
      const { measurement } = await load.order(
        {
          kind: 'measure',
          target: peer.target,
          line: line.name,
          preloaded,
          connections,
          warmUpMs: options.warmUpMs,
          measureMs: options.measureMs,
        },
        'measured',
      )
      const { perSecond, p50Ms, p99Ms } = measurement
      const figures = `${perSecond.toFixed(0)}/s, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`
      progress(`${name}: ${line.title}, ${connections}: ${figures}`)
      results.push({ line: line.name, connections, measurement })
    }
  }
  return results
}

/** Grows the table to a million items and looks at memory and disk; the last thing that a peer does. */
async function measureMillion(
  peer: Peer,
  load: Load,
  options: BenchOptions,
  preloaded: number,
): Promise<MillionResult | undefined> {
  if (options.million === undefined) return undefined
  progress(`${peer.name}: growing to ${options.million} items`)
  const order = { kind: 'grow', target: peer.target, from: preloaded, to: options.million } as const
  const grown = await load.order({ ...order, withinMs: options.loadWithinMs }, 'prepared')
  await sleep(settleMs)
  return {
    orders: grown.orders,
    tookMs: grown.tookMs,
    residentMiB: await residentMiB(peer.pid()),
    diskPerByte: await diskShare(peer, grown.orders),
  }
}

async function measureBare(
  load: Load,
  options: BenchOptions,
  answers: ReadonlyMap<string, string>,
): Promise<LineResult[]> {
  const results: LineResult[] = []
  for (const line of options.lines) {
    // What has tables or users of its own cannot be prepared on a server that always says the same.
    if (line.prepare !== undefined || line.caller !== undefined) continue
    const answer = answers.get(line.name)
    if (answer === undefined) throw new Error('the bare server replays answers of coffer: measure both in one run')
    const peer = await startBarePeer(answer)
    try {
      results.push(...(await measureLines('bare', peer, load, { ...options, lines: [line] }, options.preload)))
    } finally {
      await peer.stop()
    }
  }
  return results
}

async function diskShare(peer: Peer, orders: number): Promise<number> {
  if (peer.folder === undefined) return 0
  const stored = orders * orderBytes + tickPartitions * ticksPerPartition * tickBytes
  return (await diskBytes(peer.folder)) / stored
}

async function writeResults(output: { name: string; markdown: string; json: unknown }): Promise<void> {
  await mkdir(resultsFolder, { recursive: true })
  await writeFile(new URL(`${output.name}.md`, resultsFolder), output.markdown)
  await writeFile(new URL(`${output.name}.json`, resultsFolder), `${JSON.stringify(output.json, undefined, 2)}\n`)
  process.stdout.write(`${output.markdown}\nwritten to bench/results/${output.name}.md and .json\n`)
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`)
}
