/**
 * A map that forgets: it holds the entries used since the last two times it filled up, at most twice `entriesMax`.
 * Cheaper than a strict least-recently-used order, since a hit on a fresh entry moves nothing.
 */
export class BoundedCache<Key, Value> {
  readonly #entriesMax: number
  #fresh = new Map<Key, Value>()
  #stale = new Map<Key, Value>()

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax
  }

  get(key: Key): Value | undefined {
    const fresh = this.#fresh.get(key)
    if (fresh !== undefined) return fresh
    const stale = this.#stale.get(key)
    if (stale !== undefined) this.set(key, stale)
    return stale
  }

  set(key: Key, value: Value): void {
    if (this.#fresh.size >= this.#entriesMax) {
      this.#stale = this.#fresh
      this.#fresh = new Map()
    }
    this.#fresh.set(key, value)
  }
}
