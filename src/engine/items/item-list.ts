/** A JSON array of items, grown as bytes: items that need no change are copied from their pages. */
import { JsonFragment } from '../../foundation/json-fragment.ts'

const comma = 0x2c
const initialBytes = 4096

export class ItemList {
  #bytes = Buffer.allocUnsafeSlow(initialBytes)
  #at = 1
  count = 0

  constructor() {
    this.#bytes[0] = 0x5b
  }

  /** Copies JSON text of one value. */
  addBytes(source: Buffer, start: number, end: number): void {
    this.#reserve(end - start)
    if (this.count > 0) this.#bytes[this.#at++] = comma
    source.copy(this.#bytes, this.#at, start, end)
    this.#at += end - start
    this.count++
  }

  addText(json: string): void {
    this.#reserve(json.length * 3)
    if (this.count > 0) this.#bytes[this.#at++] = comma
    this.#at += this.#bytes.write(json, this.#at)
    this.count++
  }

  /** Bytes so far. */
  get length(): number {
    return this.#at
  }

  finish(): JsonFragment {
    this.#reserve(1)
    this.#bytes[this.#at++] = 0x5d
    return new JsonFragment(this.#bytes.subarray(0, this.#at))
  }

  #reserve(size: number): void {
    const need = this.#at + size + 2
    if (need <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(need, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#at)
    this.#bytes = grown
  }
}
