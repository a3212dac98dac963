/**
 * What was made of texts, for the most recently used ones. Two generations: a text found in the old one moves to the
 * young one, and when the young one is full it becomes the old one; so at most twice `size` entries are kept, and no
 * lookup costs more than two map reads.
 */
export class RecentTexts<Made> {
  readonly #size: number
  #young = new Map<string, Made>()
  #old = new Map<string, Made>()

  constructor(size: number) {
    this.#size = size
  }

  /** What `make` made of the text, now or before; what it throws is not kept. */
  get(text: string, make: () => Made): Made {
    const recent = this.#young.get(text)
    if (recent !== undefined) return recent
    const made = this.#old.get(text) ?? make()
    if (this.#young.size >= this.#size) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(text, made)
    return made
  }
}
