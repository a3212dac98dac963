/**
 * Where to divide a partition. A division is at a hash: what is below it goes left, the hash itself right, so the items
 * of one partition key always stay together.
 */

/** Adds up the sizes of items in key order, and finds the hash at which half of the bytes lie on either side. */
export class SizeWalk {
  readonly #stepBytes: number
  #totalBytes = 0
  #hash: bigint | undefined
  /** Bytes below the present hash, and of it. */
  #belowBytes = 0
  #ownBytes = 0
  /** Hashes at which to divide, with the bytes below them; about one each step, and around every heavy hash. */
  readonly #boundaries: { readonly hash: bigint; readonly belowBytes: number }[] = []

  /** The division is right to within two steps. */
  constructor(stepBytes: number) {
    this.#stepBytes = stepBytes
  }

  get totalBytes(): number {
    return this.#totalBytes
  }

  /** Hashes ascend. */
  add(hash: bigint, bytes: number): void {
    if (hash !== this.#hash) this.#enter(hash)
    this.#totalBytes += bytes
    this.#ownBytes += bytes
  }

  /** Undefined when everything has one hash, or there is nothing. */
  half(): { readonly hash: bigint; readonly belowBytes: number } | undefined {
    const boundaries = [...this.#boundaries]
    if (this.#hash !== undefined && this.#belowBytes > 0) {
      boundaries.push({ hash: this.#hash, belowBytes: this.#belowBytes })
    }
    const unevenness = (belowBytes: number) => Math.abs(2 * belowBytes - this.#totalBytes)
    let best: { readonly hash: bigint; readonly belowBytes: number } | undefined
    for (const boundary of boundaries) {
      if (best === undefined || unevenness(boundary.belowBytes) < unevenness(best.belowBytes)) best = boundary
    }
    return best
  }

  #enter(hash: bigint): void {
    const left = this.#hash
    const last = this.#boundaries.at(-1)
    // A heavy hash can be divided from those before it, though they were light.
    if (left !== undefined && this.#ownBytes >= this.#stepBytes && this.#belowBytes > 0 && last?.hash !== left) {
      this.#boundaries.push({ hash: left, belowBytes: this.#belowBytes })
    }
    this.#belowBytes += this.#ownBytes
    this.#ownBytes = 0
    this.#hash = hash
    if (left !== undefined && this.#belowBytes - (this.#boundaries.at(-1)?.belowBytes ?? 0) >= this.#stepBytes) {
      this.#boundaries.push({ hash, belowBytes: this.#belowBytes })
    }
  }
}

/**
 * Where to divide the hashes from `from` to before `to` so that half of the consumption lies on either side, given
 * hashes that each stand for as much of it. A hash with more than half of it is set apart, by one or two divisions.
 * Empty when the partition is such a hash already, or nothing is known.
 */
export function heatDivisions(samples: readonly bigint[], from: bigint, to: bigint): bigint[] {
  const sorted = samples.filter((hash) => hash >= from && hash < to).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const half = sorted.length / 2
  let best: bigint | undefined
  let bestUnevenness = Number.POSITIVE_INFINITY
  let begin = 0
  for (let at = 1; at <= sorted.length; at++) {
    const hash = sorted[begin] as bigint
    if (at < sorted.length && sorted[at] === hash) continue
    // sorted[begin..at) are all of one hash.
    if (at - begin > half) return [hash, hash + 1n].filter((division) => division > from && division < to)
    if (begin > 0 && Math.abs(begin - half) < bestUnevenness) {
      best = hash
      bestUnevenness = Math.abs(begin - half)
    }
    begin = at
  }
  return best === undefined ? [] : [best]
}

/** The hash in the middle; undefined when there is but one hash. */
export function middleDivision(from: bigint, to: bigint): bigint | undefined {
  const middle = (from + to) / 2n
  return middle > from ? middle : undefined
}
