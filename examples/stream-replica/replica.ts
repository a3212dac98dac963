/** A copy of a table with the consumer's place in every shard: one file, replaced as a whole. */
import { readFile, rename, writeFile } from 'node:fs/promises'
import type { _Record, AttributeValue } from '@aws-sdk/client-dynamodb-streams'

export type Item = Record<string, AttributeValue>

/** Where to go on in a shard: behind this sequence number, from the beginning, or nowhere, since all of it was read. */
export type Place = { readonly after: string } | 'beginning' | 'done'

interface Kept {
  readonly streamArn: string
  readonly places: readonly (readonly [shard: string, place: Place])[]
  readonly items: readonly (readonly [key: string, item: Item])[]
}

export class Replica {
  readonly streamArn: string
  readonly items = new Map<string, Item>()
  readonly places = new Map<string, Place>()
  readonly #file: string

  private constructor(file: string, streamArn: string) {
    this.#file = file
    this.streamArn = streamArn
  }

  /** What the file holds of this stream; empty when there is no file, or when it is of another stream. */
  static async open(file: string, streamArn: string): Promise<Replica> {
    const replica = new Replica(file, streamArn)
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    if (text === undefined) return replica
    const kept = JSON.parse(text) as Kept
    if (kept.streamArn !== streamArn) return replica
    for (const [shard, place] of kept.places) replica.places.set(shard, place)
    for (const [key, item] of kept.items) replica.items.set(key, item)
    return replica
  }

  /** Applies the records of one page of a shard, in order. */
  apply(records: readonly _Record[]): void {
    for (const { dynamodb } of records) {
      const key = keyText(dynamodb?.Keys ?? {})
      if (dynamodb?.NewImage === undefined) this.items.delete(key)
      else this.items.set(key, dynamodb.NewImage)
    }
  }

  async save(): Promise<void> {
    const { streamArn } = this
    const kept: Kept = { streamArn, places: [...this.places], items: [...this.items] }
    await writeFile(`${this.#file}.new`, JSON.stringify(kept))
    await rename(`${this.#file}.new`, this.#file)
  }
}

/** The same text for the same key, whatever the order of its attributes. */
export function keyText(key: Item): string {
  return JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)))
}
