/** Where the time of one line goes: Coffer under V8's CPU profiler, self time by function while the line is measured. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Line } from './lines.ts'
import { startLoad } from './load.ts'
import type { BenchOptions } from './options.ts'
import { startCofferPeer } from './peers.ts'

/** The members of V8's .cpuprofile file that are read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly startTime: number
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Microseconds of the machine's monotonic clock, which V8's profiles are written in too. */
interface Window {
  readonly from: number
  readonly to: number
}

interface SelfTime {
  /** `serving`, `commit` or `checkpoint`. */
  readonly thread: string
  readonly place: string
  readonly milliseconds: number
}

const placesShown = 45

export async function profileLine(
  options: BenchOptions,
  line: Line,
): Promise<{ name: string; markdown: string; json: unknown }> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-profile-'))
  const load = startLoad()
  try {
    const peer = await startCofferPeer(['--cpu-prof', `--cpu-prof-dir=${folder}`])
    const { target } = peer
    const order = { kind: 'prepare', target, orders: options.preload, withinMs: options.loadWithinMs } as const
    const prepared = await load.order(order, 'prepared')
    const from = monotonicMicroseconds() + options.warmUpMs * 1000
    const { measurement } = await load.order(
      {
        kind: 'measure',
        target,
        line: line.name,
        preloaded: prepared.orders,
        connections: 64,
        warmUpMs: options.warmUpMs,
        measureMs: options.measureMs * 3,
      },
      'measured',
    )
    const window = { from, to: monotonicMicroseconds() }
    await peer.stop()
    const times = await selfTimes(folder, window)
    const total = times.reduce((sum, each) => sum + each.milliseconds, 0)
    const rows = times
      .slice(0, placesShown)
      .map(
        (each) =>
          `| ${each.thread} | ${each.place} | ${((each.milliseconds / total) * 100).toFixed(1)} % | ${each.milliseconds.toFixed(0)} |`,
      )
    const markdown = [
      `# Profile of ${line.title}, 64 connections`,
      '',
      `${measurement.perSecond.toFixed(0)} a second under the profiler, p50 ${measurement.p50Ms.toFixed(2)} ms. ` +
        'Self time of all threads while it was measured; idle time left out; `(program)` is native code.',
      '',
      '| thread | function | self time | ms |',
      '| --- | --- | --: | --: |',
      ...rows,
      '',
    ].join('\n')
    return { name: `profile-${line.name}`, markdown, json: { line: line.name, measurement, times } }
  } finally {
    load.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Self time of each function on each thread (V8 writes one profile a thread), most first. */
async function selfTimes(folder: string, window: Window): Promise<SelfTime[]> {
  const times: SelfTime[] = []
  for (const name of await readdir(folder)) {
    const profile = JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile
    const thread = threadOf(profile)
    for (const [place, milliseconds] of selfTimesOf(profile, window)) times.push({ thread, place, milliseconds })
  }
  return times.sort((a, b) => b.milliseconds - a.milliseconds)
}

function selfTimesOf(profile: CpuProfile, window: Window): Map<string, number> {
  const places = new Map(profile.nodes.map(({ id, callFrame }) => [id, placeOf(callFrame.functionName, callFrame.url)]))
  const byPlace = new Map<string, number>()
  let at = profile.startTime
  for (const [index, id] of profile.samples.entries()) {
    const passed = profile.timeDeltas[index] ?? 0
    at += passed
    const place = places.get(id) ?? '(unknown)'
    if (at < window.from || at > window.to || place === '(idle)' || place === '(root)') continue
    byPlace.set(place, (byPlace.get(place) ?? 0) + passed / 1000)
  }
  return byPlace
}

function threadOf({ nodes }: CpuProfile): string {
  const worker = nodes
    .map(({ callFrame }) => /\/(\w+)-worker\.[jt]s$/.exec(callFrame.url))
    .find((match) => match !== null)
  return worker?.[1] ?? 'serving'
}

function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

function placeOf(functionName: string, url: string): string {
  const file = url.replace(/^.*\/(src|cli|node_modules)\//, '$1/')
  return url === '' ? functionName || '(anonymous)' : `${functionName || '(anonymous)'} ${file}`
}
