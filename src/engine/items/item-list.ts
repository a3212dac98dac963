/**
 * A JSON array of items, gathered as bytes: items that need no change are copied from their pages. The bytes lie in
 * pieces, so that a long list is never copied to make it longer.
 */
import { JsonFragment } from '../../foundation/json-fragment.ts'

const comma = 0x2c
const firstPieceBytes = 4 * 1024
/** Below the size from which allocators ask the system for fresh, cold memory each time. */
const pieceBytes = 64 * 1024

export class ItemList {
  readonly #full: Uint8Array[] = []
  #piece = Buffer.allocUnsafeSlow(firstPieceBytes)
  #at = 1
  count = 0

  constructor() {
    this.#piece[0] = 0x5b
  }

  /** Copies JSON text of one value. */
  addBytes(source: Buffer, start: number, end: number): void {
    this.#reserve(end - start + 1)
    if (this.count > 0) this.#piece[this.#at++] = comma
    source.copy(this.#piece, this.#at, start, end)
    this.#at += end - start
    this.count++
  }

  addText(json: string): void {
    this.#reserve(json.length * 3 + 1)
    if (this.count > 0) this.#piece[this.#at++] = comma
    this.#at += this.#piece.write(json, this.#at)
    this.count++
  }

  finish(): JsonFragment {
    this.#reserve(1)
    this.#piece[this.#at++] = 0x5d
    return new JsonFragment(...this.#full, this.#piece.subarray(0, this.#at))
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#piece.length) return
    this.#full.push(this.#piece.subarray(0, this.#at))
    this.#piece = Buffer.allocUnsafeSlow(Math.max(size, pieceBytes))
    this.#at = 0
  }
}
