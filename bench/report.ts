/** Turns a result into the table that people read: rates, ratios, and whether each target was reached. */
import { lineNamed } from './lines.ts'
import type { Measurement } from './load-messages.ts'
import type { BenchResult, LineResult, PeerResult } from './results.ts'

const p99OverP50Max = 5
const millionResidentMiBMax = 350
const readyMsMax = 1_000

export interface Report {
  readonly markdown: string
  /** One sentence for each target that was missed. */
  readonly missed: readonly string[]
  /** How many answers were not 200, over all peers. */
  readonly refused: number
}

export function report(result: BenchResult): Report {
  const missed: string[] = []
  const coffer = result.peers.find((peer) => peer.name === 'coffer')
  const dynalite = result.peers.find((peer) => peer.name === 'dynalite')
  const rows = lineKeys(result).map(({ line, connections }) => {
    const find = (results: readonly LineResult[] | undefined) =>
      results?.find((each) => each.line === line && each.connections === connections)?.measurement
    const own = lineNamed(line).targets.itemsOverOwn?.line
    const ownLine = coffer?.lines.find((each) => each.line === own && each.connections === connections)?.measurement
    return lineRow(line, connections, find(coffer?.lines), find(dynalite?.lines), find(result.bare), ownLine, missed)
  })
  const { machine } = result
  const markdown = [
    `# Benchmark, ${result.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    '',
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, Node ${machine.node}; ` +
      `${result.measureMs / 1000} s a line; the load runs on the same machine in a process of its own.`,
    `Making 8 KB durable takes ${machine.diskSyncMs.toFixed(2)} ms on this disk.`,
    'Coffer: durable, sealed, every signature verified. dynalite: on disk, no signature check, no wait for the disk.',
    'bare: a `node:http` server that reads the same bodies and answers the same bytes.',
    ...preloadNotes(result.peers),
    '',
    '| line | conns | Coffer /s | p50 ms | p99 ms | dynalite /s | p50 ms | p99 ms | bare /s | × dynalite | % of bare | targets |',
    '| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --- |',
    ...rows,
    '',
    ...footprint(coffer, dynalite, missed),
    '',
    missed.length === 0 ? 'Every target that was measured is reached.' : 'Targets missed:',
    ...missed.map((sentence) => `- ${sentence}`),
    '',
  ].join('\n')
  const all = [...result.peers.flatMap((peer) => peer.lines), ...result.bare]
  return { markdown, missed, refused: all.reduce((sum, each) => sum + each.measurement.refused, 0) }
}

function lineRow(
  name: string,
  connections: number,
  coffer: Measurement | undefined,
  dynalite: Measurement | undefined,
  bare: Measurement | undefined,
  ownLine: Measurement | undefined,
  missed: string[],
): string {
  const line = lineNamed(name)
  const where = `${line.title}, ${connections} connection${connections === 1 ? '' : 's'}`
  const timesDynalite = ratio(coffer, dynalite)
  const shareOfBare = ratio(coffer, bare)
  const verdicts: string[] = []
  const judge = (reached: boolean, target: string, found: string) => {
    verdicts.push(`${target} ${reached ? '✓' : '✗'}`)
    if (!reached) missed.push(`${where}: ${found}, target ${target}`)
  }
  if (timesDynalite !== undefined && line.targets.timesDynalite !== undefined) {
    const { timesDynalite: least } = line.targets
    judge(timesDynalite >= least, `≥ ${least}×`, `${timesDynalite.toFixed(1)}× dynalite`)
  }
  const least = line.targets.shareOfBare
  if (shareOfBare !== undefined && least !== undefined && connections === 64) {
    judge(shareOfBare >= least, `≥ ${least * 100} % of bare`, `${(shareOfBare * 100).toFixed(0)} % of bare`)
  }
  const own = line.targets.itemsOverOwn
  const timesOwn = ratio(coffer, ownLine)
  if (own !== undefined && timesOwn !== undefined) {
    const items = timesOwn * own.itemsEach
    const other = lineNamed(own.line).title
    const least = `≥ ${Number(own.atLeast.toFixed(2))}×`
    judge(items >= own.atLeast, `${items.toFixed(2)}× the items of ${other}, ${least}`, `${items.toFixed(2)}×`)
  }
  if (coffer !== undefined && connections === 64) {
    const spread = coffer.p99Ms / coffer.p50Ms
    judge(spread < p99OverP50Max, `p99 < ${p99OverP50Max}× p50`, `p99 is ${spread.toFixed(1)}× p50`)
  }
  const cells = [
    line.title,
    String(connections),
    ...[rate(coffer), milliseconds(coffer?.p50Ms), milliseconds(coffer?.p99Ms)],
    ...[rate(dynalite), milliseconds(dynalite?.p50Ms), milliseconds(dynalite?.p99Ms)],
    rate(bare),
    timesDynalite === undefined ? '–' : timesDynalite.toFixed(1),
    shareOfBare === undefined ? '–' : (shareOfBare * 100).toFixed(0),
    verdicts.join(', '),
  ]
  return `| ${cells.join(' | ')} |`
}

function footprint(coffer: PeerResult | undefined, dynalite: PeerResult | undefined, missed: string[]): string[] {
  const row = (title: string, of: (peer: PeerResult) => string) =>
    `| ${title} | ${coffer === undefined ? '–' : of(coffer)} | ${dynalite === undefined ? '–' : of(dynalite)} |`
  if (coffer !== undefined) {
    const readyMs = median(coffer.readyAfterMs)
    if (readyMs >= readyMsMax) missed.push(`time to ready: ${readyMs.toFixed(0)} ms, target under ${readyMsMax} ms`)
    const resident = coffer.million?.residentMiB
    if (resident !== undefined && resident >= millionResidentMiBMax)
      missed.push(
        `resident memory with a million items: ${resident.toFixed(0)} MiB, target under ${millionResidentMiBMax}`,
      )
  }
  return [
    '| | Coffer | dynalite |',
    '| --- | --: | --: |',
    row('time to ready, empty folder (median)', (peer) => `${median(peer.readyAfterMs).toFixed(0)} ms`),
    row('resident memory, idle', (peer) => `${peer.idleMiB.toFixed(0)} MiB`),
    row('preload, items a second', (peer) => `${Math.round((peer.preloaded / peer.preloadTookMs) * 1000)}`),
    row('bytes on disk per byte stored', (peer) => peer.diskPerByte.toFixed(2)),
    row('1 KB items in the table at the end', (peer) => peer.million?.orders.toLocaleString('en') ?? '–'),
    row('resident memory then', (peer) => (peer.million ? `${peer.million.residentMiB.toFixed(0)} MiB` : '–')),
    row('bytes on disk per byte stored then', (peer) => peer.million?.diskPerByte.toFixed(2) ?? '–'),
  ]
}

function preloadNotes(peers: readonly PeerResult[]): string[] {
  const most = Math.max(...peers.map((peer) => peer.preloaded))
  const fewer = peers.filter((peer) => peer.preloaded < most)
  return [
    `Preloaded: ${most.toLocaleString('en')} items of 1 KB and 48,000 of 100 bytes.`,
    ...fewer.map(
      (peer) => `${peer.name} held only ${peer.preloaded.toLocaleString('en')} items of 1 KB: its load took too long.`,
    ),
  ]
}

function lineKeys(result: BenchResult): { line: string; connections: number }[] {
  const seen = new Map<string, { line: string; connections: number }>()
  for (const { line, connections } of [...result.peers.flatMap((peer) => peer.lines), ...result.bare])
    seen.set(`${line} ${connections}`, { line, connections })
  return [...seen.values()]
}

function ratio(ours: Measurement | undefined, theirs: Measurement | undefined): number | undefined {
  return ours === undefined || theirs === undefined ? undefined : ours.perSecond / theirs.perSecond
}

function rate(measurement: Measurement | undefined): string {
  if (measurement === undefined) return '–'
  const text =
    measurement.perSecond < 100 ? measurement.perSecond.toFixed(1) : String(Math.round(measurement.perSecond))
  return measurement.refused === 0 ? text : `${text} (${measurement.refused} refused)`
}

function milliseconds(value: number | undefined): string {
  if (value === undefined) return '–'
  return value < 10 ? value.toFixed(2) : value.toFixed(0)
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
