/** Records of one kind in memory: by id, and by name without regard to case, since names that differ in case alone are one. */

interface Named {
  readonly id: string
  readonly name: string
}

export class RecordTable<T extends Named> {
  readonly #byId = new Map<string, T>()
  readonly #byName = new Map<string, T>()
  #sorted: readonly T[] | undefined

  get(id: string): T | undefined {
    return this.#byId.get(id)
  }

  /** By its name exactly as it was given when it was made. */
  named(name: string): T | undefined {
    const found = this.#byName.get(name.toLowerCase())
    return found?.name === name ? found : undefined
  }

  /** Is the name taken, in whatever case? */
  isTaken(name: string): boolean {
    return this.#byName.has(name.toLowerCase())
  }

  get size(): number {
    return this.#byId.size
  }

  /** In the order of their names. */
  all(): readonly T[] {
    this.#sorted ??= [...this.#byId.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    return this.#sorted
  }

  put(record: T): void {
    const present = this.#byId.get(record.id)
    if (present !== undefined) this.#byName.delete(present.name.toLowerCase())
    this.#byId.set(record.id, record)
    this.#byName.set(record.name.toLowerCase(), record)
    this.#sorted = undefined
  }

  remove(id: string): void {
    const present = this.#byId.get(id)
    if (present === undefined) return
    this.#byId.delete(id)
    this.#byName.delete(present.name.toLowerCase())
    this.#sorted = undefined
  }
}
