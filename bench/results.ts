/** What one run of the benchmark found. */
import type { Measurement } from './load-messages.ts'

export interface PeerResult {
  readonly name: 'coffer' | 'dynalite'
  /** From spawn to the first good answer on an empty folder, one figure a start. */
  readonly readyAfterMs: readonly number[]
  readonly idleMiB: number
  /** 1 KB items that the lines ran on. */
  readonly preloaded: number
  readonly preloadTookMs: number
  /** Bytes of files for one byte of items by DynamoDB's size rules, after the preload. */
  readonly diskPerByte: number
  readonly lines: readonly LineResult[]
  readonly million: MillionResult | undefined
}

export interface LineResult {
  readonly line: string
  readonly connections: number
  readonly measurement: Measurement
}

export interface MillionResult {
  /** Items in the table; fewer than a million when the peer took too long. */
  readonly orders: number
  readonly tookMs: number
  readonly residentMiB: number
  readonly diskPerByte: number
}

export interface BenchResult {
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly machine: {
    readonly processor: string
    readonly cores: number
    readonly memoryGiB: number
    readonly node: string
    /** What making 8 KB durable takes here, median. */
    readonly diskSyncMs: number
  }
  readonly measureMs: number
  readonly peers: readonly PeerResult[]
  readonly bare: readonly LineResult[]
}
