/**
 * A page in the clear: a slotted block of entries in key order, changed in place.
 *
 * Layout (big-endian): kind u8 · level u8 · count u16 · heapStart u32 · garbage u32 · nextPageNumber u32 (root only) ·
 * low fence length u16 · high fence length u16 (0xffff: no upper bound) · fences · slots u16 each → free → cells.
 * A leaf's cell: key length u16 · value length u32 (top bit: the value lies in an overflow page) · key · value.
 * An inner page's cell: key length u16 · child's page number u32 · key; child i holds keys from key i up to key i+1, and
 * the first key is empty. All keys k of a page satisfy low fence <= k < high fence.
 * An overflow page: kind u8 · three zero bytes · the value.
 */
import { assert } from '../../foundation/assert.ts'
import { type PageId, pageNumberOf, treeOf } from '../page-store.ts'
import { StoreCorrupt } from '../trees.ts'
import type { PageFrames } from './page-frames.ts'

export const leafKind = 1
export const innerKind = 2
export const overflowKind = 3

const headerBytes = 20
const noUpperFence = 0xffff
const overflowFlag = 0x80000000
const cellHeaderBytes = 6
export const overflowHeaderBytes = 4
const pageBytesCeiling = 0xffff

const empty = Buffer.alloc(0)

/** The first four bytes as a number. */
function headOf(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) * 0x1000000 +
    (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
  )
}

export class Page {
  readonly id: PageId
  readonly tree: number
  readonly number: number
  bytes: Buffer
  /** The version last sealed; 0 for a page that has never been. */
  version: number
  /** The batch that changed it last; durable once that batch is. */
  batch = 0
  dirty = false
  /** Set on every use, cleared by the cache's clock hand. */
  referenced = true
  /** Whether its fences were compared with what its parent says since it was read. */
  fencesSeen = false

  /** Hints for splits, not kept: where the last entry went in, and how many in a row went in right behind each other. */
  insertedAt = -1
  run = 0

  readonly #frames: PageFrames

  constructor(id: PageId, bytes: Buffer, version: number, frames: PageFrames) {
    this.id = id
    this.#frames = frames
    this.tree = treeOf(id)
    this.number = pageNumberOf(id)
    this.bytes = bytes
    this.version = version
  }

  static empty(
    id: PageId,
    kind: number,
    level: number,
    low: Uint8Array,
    high: Uint8Array | undefined,
    frames: PageFrames,
  ): Page {
    const page = new Page(id, empty, 0, frames)
    page.reset(kind, level, low, high)
    return page
  }

  static overflow(id: PageId, value: Uint8Array, frames: PageFrames): Page {
    const bytes = Buffer.allocUnsafeSlow(overflowHeaderBytes + value.length)
    bytes.writeUInt32BE(overflowKind << 24, 0)
    bytes.set(value, overflowHeaderBytes)
    return new Page(id, bytes, 0, frames)
  }

  /** A page as it was sealed, spread in a frame so that it can be changed in place. */
  static opened(id: PageId, packed: Buffer, version: number, frames: PageFrames): Page {
    const page = new Page(id, packed, version, frames)
    page.verify()
    if (page.kind !== overflowKind) page.rebuild(packed.length)
    return page
  }

  get kind(): number {
    return this.bytes[0] as number
  }
  get level(): number {
    return this.bytes[1] as number
  }
  get isLeaf(): boolean {
    return this.bytes[0] === leafKind
  }
  get count(): number {
    return ((this.bytes[2] as number) << 8) | (this.bytes[3] as number)
  }
  /** On a tree's root: the next page number to give out. */
  get nextPageNumber(): number {
    return this.bytes.readUInt32BE(12)
  }
  set nextPageNumber(value: number) {
    this.bytes.writeUInt32BE(value, 12)
  }

  lowFence(): Buffer {
    return this.bytes.subarray(headerBytes, headerBytes + this.lowLength())
  }
  highFence(): Buffer | undefined {
    const length = this.bytes.readUInt16BE(18)
    if (length === noUpperFence) return undefined
    const start = headerBytes + this.lowLength()
    return this.bytes.subarray(start, start + length)
  }

  /** Position of the first entry with a key >= `key`; `found` below says whether it is equal. */
  search(key: Uint8Array): number {
    const bytes = this.bytes
    const slots = this.slotsStart()
    const length = key.length
    const head = length >= 4 ? headOf(key, 0) : -1
    let low = 0
    let high = this.count
    this.found = false
    while (low < high) {
      const middle = (low + high) >>> 1
      const slot = slots + 2 * middle
      const cell = ((bytes[slot] as number) << 8) | (bytes[slot + 1] as number)
      const start = cell + cellHeaderBytes
      const keyLength = ((bytes[cell] as number) << 8) | (bytes[cell + 1] as number)
      // Keys mostly differ in their first bytes (a hash): a native call only for those that do not.
      let order = head >= 0 && keyLength >= 4 ? headOf(bytes, start) - head : 0
      if (order === 0) order = bytes.compare(key, 0, length, start, start + keyLength)
      if (order < 0) low = middle + 1
      else {
        high = middle
        if (order === 0) {
          this.found = true
          return middle
        }
      }
    }
    return low
  }
  /** Set by `search`. */
  found = false

  /** On an inner page: the position of the child that holds `key`. */
  childFor(key: Uint8Array): number {
    const position = this.search(key)
    return this.found ? position : position - 1
  }

  cellAt(position: number): number {
    return this.bytes.readUInt16BE(this.slotsStart() + 2 * position)
  }
  keyStart(cell: number): number {
    return cell + cellHeaderBytes
  }
  keyEnd(cell: number): number {
    return cell + cellHeaderBytes + this.bytes.readUInt16BE(cell)
  }
  key(position: number): Buffer {
    const cell = this.cellAt(position)
    return this.bytes.subarray(this.keyStart(cell), this.keyEnd(cell))
  }
  child(position: number): number {
    return this.bytes.readUInt32BE(this.cellAt(position) + 2)
  }
  isOverflow(cell: number): boolean {
    return (this.bytes[cell + 2] as number) >= 0x80
  }
  valueLength(cell: number): number {
    return this.bytes.readUInt32BE(cell + 2) & 0x7fffffff
  }
  value(position: number): Buffer {
    const cell = this.cellAt(position)
    const start = this.keyEnd(cell)
    return this.bytes.subarray(start, start + this.valueLength(cell))
  }
  /** Bytes in use: what the page needs when packed. */
  usedBytes(): number {
    if (this.kind === overflowKind) return this.bytes.length
    return this.bytes.length - (this.heapStart() - this.slotsEnd()) - this.garbage()
  }

  /** False when there is no room within `capacity`: the caller splits. A page of one entry takes any size. */
  insert(position: number, key: Uint8Array, value: Uint8Array, overflow: boolean, capacity: number): boolean {
    const need = cellHeaderBytes + key.length + value.length + 2
    if (!this.makeRoom(need, capacity)) return false
    const cell = this.takeHeap(need - 2)
    this.bytes.writeUInt16BE(key.length, cell)
    this.bytes.writeUInt32BE(overflow ? (value.length | overflowFlag) >>> 0 : value.length, cell + 2)
    this.bytes.set(key, cell + cellHeaderBytes)
    this.bytes.set(value, cell + cellHeaderBytes + key.length)
    this.openSlot(position, cell)
    return true
  }

  insertChild(position: number, key: Uint8Array, child: number, capacity: number): boolean {
    const need = cellHeaderBytes + key.length + 2
    if (!this.makeRoom(need, capacity)) return false
    const cell = this.takeHeap(need - 2)
    this.bytes.writeUInt16BE(key.length, cell)
    this.bytes.writeUInt32BE(child, cell + 2)
    this.bytes.set(key, cell + cellHeaderBytes)
    this.openSlot(position, cell)
    return true
  }

  /** Replaces a leaf's value where it stands when it fits there; false: the caller removes and inserts. */
  replaceInPlace(position: number, value: Uint8Array, overflow: boolean): boolean {
    const cell = this.cellAt(position)
    const present = this.valueLength(cell)
    if (value.length > present) return false
    this.bytes.set(value, this.keyEnd(cell))
    this.bytes.writeUInt32BE(overflow ? (value.length | overflowFlag) >>> 0 : value.length, cell + 2)
    this.addGarbage(present - value.length)
    return true
  }

  removeAt(position: number): void {
    const count = this.count
    assert(position < count, 'the entry to remove is there')
    const cell = this.cellAt(position)
    const size = cellHeaderBytes + this.bytes.readUInt16BE(cell) + (this.isLeaf ? this.valueLength(cell) : 0)
    const slot = this.slotsStart() + 2 * position
    this.bytes.copyWithin(slot, slot + 2, this.slotsEnd())
    this.bytes.writeUInt16BE(count - 1, 2)
    this.addGarbage(size)
  }

  /**
   * Makes it an empty page of this kind with these fences; keeps the page numbers that a root gives out. Answers the
   * buffer that held it until now: to be given back when nothing reads from it any more.
   */
  reset(kind: number, level: number, low: Uint8Array, high: Uint8Array | undefined): Buffer {
    const next = this.bytes.length >= headerBytes ? this.nextPageNumber : 1
    const fences = low.length + (high?.length ?? 0)
    const bytes = this.#frames.take(headerBytes + fences)
    bytes[0] = kind
    bytes[1] = level
    bytes.writeUInt16BE(0, 2)
    bytes.writeUInt32BE(bytes.length, 4)
    bytes.writeUInt32BE(0, 8)
    bytes.writeUInt32BE(next, 12)
    bytes.writeUInt16BE(low.length, 16)
    bytes.writeUInt16BE(high === undefined ? noUpperFence : high.length, 18)
    bytes.set(low, headerBytes)
    if (high !== undefined) bytes.set(high, headerBytes + low.length)
    const before = this.bytes
    this.bytes = bytes
    return before
  }

  /** Refills an emptied page from entries of another (or of its own former bytes). */
  fillFrom(source: Page, from: number, to: number): void {
    for (let position = from; position < to; position++) {
      const at = this.count
      const ok = source.isLeaf
        ? this.insert(
            at,
            source.key(position),
            source.value(position),
            source.isOverflow(source.cellAt(position)),
            pageBytesCeiling,
          )
        : this.insertChild(at, source.key(position), source.child(position), pageBytesCeiling)
      assert(ok, 'entries of a page fit a page')
    }
  }

  /** A frozen copy of the entries as they are now, to refill from after a reset. */
  frozen(): Page {
    return new Page(this.id, this.bytes, this.version, this.#frames)
  }

  /** What is sealed: no gap, no garbage. Written to the start of `target`; answers its length. The page stays as it is. */
  packInto(target: Buffer): number {
    const bytes = this.bytes
    if (this.kind === overflowKind) {
      target.set(bytes, 0)
      return bytes.length
    }
    const count = this.count
    const slotsStart = this.slotsStart()
    const slotsEnd = slotsStart + 2 * count
    bytes.copy(target, 0, 0, slotsStart)
    let at = slotsEnd
    const leaf = this.isLeaf
    for (let position = 0; position < count; position++) {
      const cell = bytes.readUInt16BE(slotsStart + 2 * position)
      const size = cellHeaderBytes + bytes.readUInt16BE(cell) + (leaf ? this.valueLength(cell) : 0)
      target.writeUInt16BE(at, slotsStart + 2 * position)
      bytes.copy(target, at, cell, cell + size)
      at += size
    }
    target.writeUInt32BE(slotsEnd, 4)
    target.writeUInt32BE(0, 8)
    return at
  }

  /** Bounds and order of everything in it; run on each page that was read from the store. */
  verify(): void {
    const bytes = this.bytes
    if (bytes.length >= overflowHeaderBytes && bytes[0] === overflowKind) return
    const broken = () => new StoreCorrupt(`page ${this.number} of tree ${this.tree} is malformed`)
    if (bytes.length < headerBytes || (bytes[0] !== leafKind && bytes[0] !== innerKind)) throw broken()
    if (this.slotsStart() > bytes.length || this.slotsEnd() > bytes.length) throw broken()
    for (let position = 0; position < this.count; position++) {
      const cell = this.cellAt(position)
      if (cell + cellHeaderBytes > bytes.length) throw broken()
      const end = this.keyEnd(cell) + (this.isLeaf ? this.valueLength(cell) : 0)
      if (end > bytes.length) throw broken()
    }
  }

  private lowLength(): number {
    return this.bytes.readUInt16BE(16)
  }
  private slotsStart(): number {
    const bytes = this.bytes
    const low = ((bytes[16] as number) << 8) | (bytes[17] as number)
    const high = ((bytes[18] as number) << 8) | (bytes[19] as number)
    return headerBytes + low + (high === noUpperFence ? 0 : high)
  }
  private slotsEnd(): number {
    return this.slotsStart() + 2 * this.count
  }
  private heapStart(): number {
    return this.bytes.readUInt32BE(4)
  }
  private garbage(): number {
    return this.bytes.readUInt32BE(8)
  }
  private addGarbage(size: number): void {
    this.bytes.writeUInt32BE(this.garbage() + size, 8)
  }

  private makeRoom(need: number, capacity: number): boolean {
    if (this.heapStart() - this.slotsEnd() >= need) return this.usedBytes() + need <= capacity || this.count === 0
    const used = this.usedBytes()
    if (used + need > capacity && this.count > 0) return false
    const old = this.bytes
    this.rebuild(used + need)
    this.#frames.give(old)
    return true
  }

  /** Moves the entries, packed, into another buffer of at least `sizeMin` bytes. */
  private rebuild(sizeMin: number): void {
    assert(sizeMin <= pageBytesCeiling, 'a page stays below 64 KiB')
    const old = this.bytes
    const slotsStart = this.slotsStart()
    const count = this.count
    const leaf = this.isLeaf
    const bytes = this.#frames.take(sizeMin)
    old.copy(bytes, 0, 0, slotsStart)
    let heap = bytes.length
    for (let position = 0; position < count; position++) {
      const cell = old.readUInt16BE(slotsStart + 2 * position)
      const length = cellHeaderBytes + old.readUInt16BE(cell) + (leaf ? this.valueLength(cell) : 0)
      heap -= length
      old.copy(bytes, heap, cell, cell + length)
      bytes.writeUInt16BE(heap, slotsStart + 2 * position)
    }
    bytes.writeUInt32BE(heap, 4)
    bytes.writeUInt32BE(0, 8)
    this.bytes = bytes
  }

  private takeHeap(size: number): number {
    const cell = this.heapStart() - size
    this.bytes.writeUInt32BE(cell, 4)
    return cell
  }

  private openSlot(position: number, cell: number): void {
    const count = this.count
    assert(position <= count && count < 0xffff, 'a slot is opened in place')
    const slot = this.slotsStart() + 2 * position
    this.bytes.copyWithin(slot + 2, slot, this.slotsEnd())
    this.bytes.writeUInt16BE(count + 1, 2)
    this.bytes.writeUInt16BE(cell, slot)
  }
}
