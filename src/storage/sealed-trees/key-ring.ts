/**
 * Keys of the store: root key → table keys (wrapped, one per table) → data keys (one per table and epoch).
 *
 * A data key is HKDF-SHA256 of the table key with the epoch's random salt. Each process start and every 2^32 seals
 * open a new epoch, so a nonce that counts up is never repeated under a key, not even after a crash or when a copy of
 * the folder is started elsewhere. The ring itself is page 0 of tree 0, sealed under a key derived from the root key.
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import type { PageId } from '../page-store.ts'
import { StoreCorrupt, type TableKey, type TreeId } from '../trees.ts'
import { openPage, sealInto, sealOverheadBytes } from './seal.ts'

const sealsPerEpoch = 2 ** 32
const wrapNonceBytes = 12
const tagBytes = 16

/** What the ring's page holds, as JSON. */
interface RingDocument {
  readonly format: number
  readonly pageBytes: number
  readonly epochs: readonly { readonly number: number; readonly salt: string }[]
}

export class KeyRing {
  readonly #root: KeyObject
  readonly #epochs = new Map<number, Buffer>()
  readonly #tableKeys = new Map<TreeId, KeyObject>()
  /** By table key, then epoch; a key that is forgotten takes its data keys with it. */
  readonly #dataKeys = new WeakMap<KeyObject, Map<number, KeyObject>>()
  #epoch = 0
  #seals = 0
  /** Whether the ring in the store knows the epoch. */
  #epochIsStored = false
  readonly #nonce = Buffer.alloc(12)

  constructor(root: KeyObject) {
    this.#root = root
  }

  /** Opens the ring's page; StoreCorrupt when it was sealed under another root key. */
  openRing(sealed: Uint8Array, id: PageId, version: number): { pageBytes: number } {
    const document = openPage(sealed, id, version, 0, this.#ringKey())
    const ring = JSON.parse(document.toString('utf8')) as RingDocument
    if (ring.format !== 1) throw new StoreCorrupt(`the store's format is ${ring.format}; this version reads format 1`)
    for (const epoch of ring.epochs) this.#epochs.set(epoch.number, Buffer.from(epoch.salt, 'base64'))
    return { pageBytes: ring.pageBytes }
  }

  /** Whether the next commit must store the ring. */
  get isToBeStored(): boolean {
    return !this.#epochIsStored || this.#seals >= sealsPerEpoch
  }

  /** The ring's page, with the epoch under which its commit's pages are sealed. */
  sealRing(pageBytes: number, id: PageId, version: number): Buffer {
    if (this.#epoch === 0 || this.#seals >= sealsPerEpoch) this.#openEpoch()
    const epochs = [...this.#epochs].map(([number, salt]) => ({ number, salt: salt.toString('base64') }))
    const document: RingDocument = { format: 1, pageBytes, epochs }
    const plain = Buffer.from(JSON.stringify(document), 'utf8')
    const sealed = Buffer.alloc(plain.length + sealOverheadBytes)
    sealInto(sealed, plain, id, version, 0, this.#ringKey(), randomBytes(12))
    return sealed
  }

  /** The commit with the ring succeeded. After one that failed its epoch goes on: nonces count on, none comes again. */
  stored(): void {
    this.#epochIsStored = true
  }

  #openEpoch(): void {
    this.#epoch = Math.max(0, ...this.#epochs.keys()) + 1
    this.#seals = 0
    this.#epochIsStored = false
    this.#epochs.set(this.#epoch, randomBytes(16))
    randomBytes(4).copy(this.#nonce, 0)
  }

  #ringKey(): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.#root, Buffer.alloc(0), 'coffer key ring', 32)))
  }

  get epoch(): number {
    return this.#epoch
  }

  /** A nonce never given before in this epoch. The buffer is reused: it holds until the next call. */
  nextNonce(): Buffer {
    this.#seals++
    this.#nonce.writeUInt32BE(Math.floor(this.#seals / 2 ** 32), 4)
    this.#nonce.writeUInt32BE(this.#seals % 2 ** 32, 8)
    return this.#nonce
  }

  makeTableKey(context: Readonly<Record<string, string>>): TableKey {
    return { wrapped: this.#wrap(randomBytes(32), context) }
  }

  /** The directory's key comes from the root key itself: it must open before any wrapped key can be read. */
  installSystemTree(tree: TreeId): void {
    const key = hkdfSync('sha256', this.#root, Buffer.alloc(0), `coffer system tree ${tree}`, 32)
    this.#tableKeys.set(tree, createSecretKey(Buffer.from(key)))
  }

  hasTree(tree: TreeId): boolean {
    return this.#tableKeys.has(tree)
  }
  installTableKey(tree: TreeId, key: TableKey): void {
    this.#tableKeys.set(tree, this.#unwrap(key.wrapped))
  }
  shareTableKey(tree: TreeId, owner: TreeId): void {
    const key = this.#tableKeys.get(owner)
    if (key === undefined) throw new StoreCorrupt(`tree ${tree} shares the key of tree ${owner}, which has none`)
    this.#tableKeys.set(tree, key)
  }
  forgetTree(tree: TreeId): void {
    this.#tableKeys.delete(tree)
  }

  dataKey(tree: TreeId, epoch: number): KeyObject {
    const table = this.#tableKeys.get(tree)
    if (table === undefined) throw new StoreCorrupt(`tree ${tree} has no key`)
    let byEpoch = this.#dataKeys.get(table)
    if (byEpoch === undefined) {
      byEpoch = new Map()
      this.#dataKeys.set(table, byEpoch)
    }
    let key = byEpoch.get(epoch)
    if (key === undefined) {
      const salt = this.#epochs.get(epoch)
      if (salt === undefined)
        throw new StoreCorrupt(`a page of tree ${tree} names epoch ${epoch}, which the key ring does not know`)
      key = createSecretKey(Buffer.from(hkdfSync('sha256', table, salt, `coffer data key ${epoch}`, 32)))
      byEpoch.set(epoch, key)
    }
    return key
  }

  /** nonce · tag · encrypted key · the context's JSON, which is authenticated. */
  #wrap(key: Buffer, context: Readonly<Record<string, string>>): Buffer {
    const bound = Buffer.from(JSON.stringify(Object.entries(context).sort()), 'utf8')
    const nonce = randomBytes(wrapNonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#root, nonce)
    cipher.setAAD(bound)
    const body = Buffer.concat([cipher.update(key), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), body, bound])
  }

  #unwrap(wrapped: Uint8Array): KeyObject {
    const tagAt = wrapNonceBytes
    const bodyAt = tagAt + tagBytes
    const boundAt = bodyAt + 32
    const decipher = createDecipheriv('aes-256-gcm', this.#root, wrapped.subarray(0, tagAt), {
      authTagLength: tagBytes,
    })
    decipher.setAAD(wrapped.subarray(boundAt))
    decipher.setAuthTag(wrapped.subarray(tagAt, bodyAt))
    try {
      return createSecretKey(Buffer.concat([decipher.update(wrapped.subarray(bodyAt, boundAt)), decipher.final()]))
    } catch {
      throw new StoreCorrupt(
        'a table key does not unwrap: it is damaged, or the root key is not the one it was wrapped with',
      )
    }
  }
}
