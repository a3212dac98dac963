/** What the benchmark and its load process say to each other, over the IPC channel of `child_process.fork`. */
import type { Target } from './signed-requests.ts'

export type LoadOrder =
  /** Creates both tables and fills them; answers `prepared`. */
  | { readonly kind: 'prepare'; readonly target: Target; readonly orders: number; readonly withinMs: number }
  /** Adds further orders, from number `from` up to but without `to`; answers `prepared`. */
  | {
      readonly kind: 'grow'
      readonly target: Target
      readonly from: number
      readonly to: number
      readonly withinMs: number
    }
  /** Sends one request of the line and answers `recorded`. */
  | { readonly kind: 'record'; readonly target: Target; readonly line: string; readonly preloaded: number }
  /** Runs a line and answers `measured`. */
  | {
      readonly kind: 'measure'
      readonly target: Target
      readonly line: string
      readonly preloaded: number
      readonly connections: number
      readonly warmUpMs: number
      readonly measureMs: number
    }

export type LoadReport =
  /** `orders` is how many are in the table; fewer than asked for when the time was up. */
  | { readonly kind: 'prepared'; readonly orders: number; readonly tookMs: number }
  /** The whole answer, base64. */
  | { readonly kind: 'recorded'; readonly answer: string }
  | { readonly kind: 'measured'; readonly measurement: Measurement }
  | { readonly kind: 'failed'; readonly message: string }

export interface Measurement {
  readonly requests: number
  /** Answers whose status was not 200. */
  readonly refused: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}
