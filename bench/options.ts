/** The flags of `npm run bench`. */
import { parseArgs } from 'node:util'
import { type Line, lineNamed, lines } from './lines.ts'

export type PeerName = 'coffer' | 'dynalite' | 'bare'

export interface BenchOptions {
  readonly peers: readonly PeerName[]
  readonly lines: readonly Line[]
  readonly connections: readonly number[]
  /** 1 KB items before the lines run. */
  readonly preload: number
  /** How many 1 KB items the memory figure is taken at; none when undefined. */
  readonly million: number | undefined
  readonly warmUpMs: number
  readonly measureMs: number
  /** A peer that is slower goes on with the items it has by then, and the table says so. */
  readonly loadWithinMs: number
  /** Only profile this line of Coffer, and write where the time went. */
  readonly profile: Line | undefined
}

export const usage = `npm run bench -- [options]
  --quick               10,000 items, 1 s a line, no memory figure at 1 million items
  --only <line>[,...]   ${lines.map((line) => line.name).join(', ')}
  --peers <peer>[,...]  coffer, dynalite, bare (bare replays answers of coffer, so needs it)
  --no-million          leave out the figures at 1 million items
  --seconds <n>         measured time of each line (5)
  --profile <line>      run this line against Coffer under the CPU profiler and write where the time goes
`

export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      peers: { type: 'string', default: 'coffer,dynalite,bare' },
      'no-million': { type: 'boolean', default: false },
      seconds: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const seconds = Number(values.seconds ?? (values.quick ? 1 : 5))
  if (!(seconds > 0)) throw new Error(`--seconds takes a positive number, not ${values.seconds}`)
  return {
    peers: values.peers.split(',').map(peerName),
    lines: values.only === undefined ? lines : values.only.split(',').map(lineNamed),
    connections: [1, 64],
    preload: values.quick ? 10_000 : 100_000,
    million: values.quick || values['no-million'] ? undefined : 1_000_000,
    warmUpMs: values.quick ? 500 : 1_500,
    measureMs: seconds * 1000,
    loadWithinMs: 180_000,
    profile: values.profile === undefined ? undefined : lineNamed(values.profile),
  }
}

function peerName(name: string): PeerName {
  if (name === 'coffer' || name === 'dynalite' || name === 'bare') return name
  throw new Error(`no peer is called ${name}: coffer, dynalite, bare`)
}
