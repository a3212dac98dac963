/**
 * Memory for pages: frames of one size, cut from slabs and used again for ever. Left to the allocator and the garbage
 * collector, the buffers of evicted pages pile up between rounds and scatter between others; a process of 300 MB
 * then holds 500.
 */

const framesPerSlab = 128

export class PageFrames {
  readonly #frameBytes: number
  readonly #free: Buffer[] = []
  #slab = Buffer.alloc(0)
  #cut = 0

  constructor(frameBytes: number) {
    this.#frameBytes = frameBytes
  }

  /** At least `size` bytes, whatever they hold: a frame, or for an oversize page a buffer of its own. */
  take(size: number): Buffer {
    if (size > this.#frameBytes) return Buffer.allocUnsafeSlow(size)
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.#cut + this.#frameBytes > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(framesPerSlab * this.#frameBytes)
      this.#cut = 0
    }
    const frame = this.#slab.subarray(this.#cut, this.#cut + this.#frameBytes)
    this.#cut += this.#frameBytes
    return frame
  }

  /** Nobody may hold a view of it any more. A frame that is not given back is lost until the process ends. */
  give(buffer: Buffer): void {
    if (buffer.length === this.#frameBytes) this.#free.push(buffer)
  }
}
