/**
 * Buffers for pages, used again and again. Left to the garbage collector, the buffers of evicted pages would pile up
 * between its rounds and double what the cache holds.
 */

/** Spare buffers kept; what comes back beyond goes to the collector. */
const sparesMax = 1024

export class PageFrames {
  readonly #frameBytes: number
  readonly #spares: Buffer[] = []

  constructor(frameBytes: number) {
    this.#frameBytes = frameBytes
  }

  /** At least `size` bytes, whatever they hold: a frame, or for an oversize page a buffer of its own. */
  take(size: number): Buffer {
    if (size > this.#frameBytes) return Buffer.allocUnsafeSlow(size)
    return this.#spares.pop() ?? Buffer.allocUnsafeSlow(this.#frameBytes)
  }

  /** Nobody may hold a view of it any more. */
  give(buffer: Buffer): void {
    if (buffer.length === this.#frameBytes && this.#spares.length < sparesMax) this.#spares.push(buffer)
  }
}
