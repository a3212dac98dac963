/**
 * The heaviest keys of a stream of weighted keys, in bounded memory: Space-Saving (Metwally, Agrawal, El Abbadi, 2005).
 * A key that is not kept takes the place of the lightest one kept and inherits its weight. So a weight is never too
 * low, it is too high by at most the total divided by the number of places, and a key of more than that is always kept.
 */

export interface TopKey {
  readonly key: string
  readonly weight: number
}

interface Place {
  key: string
  weight: number
  /** Where it stands in the heap. */
  at: number
}

export class TopKeys {
  readonly #placesMax: number
  readonly #places = new Map<string, Place>()
  /** A binary heap, the lightest first. */
  readonly #heap: Place[] = []
  #total = 0

  constructor(placesMax: number) {
    this.#placesMax = placesMax
  }

  /** All that was ever added. */
  get total(): number {
    return this.#total
  }

  /** How many keys are kept; when it is below the number of places, it is all there were, and their weights are exact. */
  get size(): number {
    return this.#heap.length
  }

  add(key: string, weight: number): void {
    this.#total += weight
    const present = this.#places.get(key)
    if (present !== undefined) {
      present.weight += weight
      this.#sink(present)
      return
    }
    if (this.#heap.length < this.#placesMax) {
      const place = { key, weight, at: this.#heap.length }
      this.#heap.push(place)
      this.#places.set(key, place)
      this.#rise(place)
      return
    }
    const lightest = this.#heap[0] as Place
    this.#places.delete(lightest.key)
    lightest.key = key
    lightest.weight += weight
    this.#places.set(key, lightest)
    this.#sink(lightest)
  }

  /** The heaviest first; keys of one weight in their order. */
  heaviest(limit: number): TopKey[] {
    const sorted = [...this.#heap].sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1))
    return sorted.slice(0, limit).map(({ key, weight }) => ({ key, weight }))
  }

  #sink(place: Place): void {
    for (;;) {
      const left = this.#heap[place.at * 2 + 1]
      const right = this.#heap[place.at * 2 + 2]
      const lighter = right !== undefined && left !== undefined && right.weight < left.weight ? right : left
      if (lighter === undefined || lighter.weight >= place.weight) return
      this.#exchange(place, lighter)
    }
  }

  #rise(place: Place): void {
    while (place.at > 0) {
      const above = this.#heap[(place.at - 1) >> 1] as Place
      if (above.weight <= place.weight) return
      this.#exchange(place, above)
    }
  }

  #exchange(a: Place, b: Place): void {
    const at = a.at
    a.at = b.at
    b.at = at
    this.#heap[a.at] = a
    this.#heap[b.at] = b
  }
}
