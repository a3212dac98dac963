/** A history: what clients asked for, what they were told, and when. */

/** Values are appended to lists, each value once in the whole history, so a list tells every append before it, in order. */
export type Step =
  | { readonly kind: 'append'; readonly key: string; readonly value: number }
  | { readonly kind: 'read'; readonly key: string; readonly list: readonly number[] }

/** `fail`: it certainly did nothing. `info`: nobody knows whether it happened, before, at, or after its end. */
export type Outcome = 'ok' | 'fail' | 'info'

/** One transaction, or one call on one item. The steps of one that is not ok are only what it was about to append. */
export interface Operation {
  readonly steps: readonly Step[]
  readonly outcome: Outcome
  /** By one clock for all clients, in milliseconds: before it was sent, and after its answer was there. */
  readonly startedAt: number
  readonly endedAt: number
}

export type History = readonly Operation[]

export interface Anomaly {
  readonly name: string
  readonly explanation: string
}

export function describeOperation({ steps, outcome }: Operation, at: number): string {
  const shown = steps.map((step) =>
    step.kind === 'append' ? `append ${step.key} ${step.value}` : `read ${step.key} [${step.list.join(' ')}]`,
  )
  return `T${at} ${outcome} {${shown.join(', ')}}`
}
