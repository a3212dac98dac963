/** Random expressions with the placeholders that they use. */
import type { Chance } from './chance.ts'
import type { IndexStory, KeyPart, TableStory } from './table-stories.ts'
import { plainAttributes, scalar, type Value, value } from './values.ts'

export class ExpressionStory {
  readonly names: Record<string, string> = {}
  readonly values: Record<string, Value> = {}
  readonly #chance: Chance
  readonly #attributes: readonly string[]

  constructor(chance: Chance, table: TableStory, withKeys: boolean) {
    this.#chance = chance
    const parts = [...table.indexParts, ...(withKeys ? [table.hash, ...(table.range ? [table.range] : [])] : [])]
    this.#attributes = [...plainAttributes, ...plainAttributes, ...parts.map(({ name }) => name), 'zz']
  }

  condition(depth = 0): string {
    const chance = this.#chance
    switch (chance.whole(0, depth > 2 ? 9 : 13)) {
      case 0:
      case 1:
      case 2: {
        const comparator = chance.one(['=', '<>', '<', '<=', '>', '>='])
        const isOrder = comparator !== '=' && comparator !== '<>'
        return `${this.operand(isOrder)} ${comparator} ${this.operand(isOrder)}`
      }
      case 3: {
        const type = chance.one(['S', 'N', 'B'] as const)
        const bound = (): string => (chance.happens(0.9) ? this.value(scalar(chance, type)) : this.operand(true))
        return `${this.operand(true)} BETWEEN ${bound()} AND ${bound()}`
      }
      // dynalite falls over a path in the list that leads nowhere.
      case 4:
        return `${this.path()} IN (${chance.list(1, 3, () => this.value(value(chance, 2))).join(', ')})`
      case 5:
        return `attribute_exists(${this.path()})`
      case 6:
        return `attribute_not_exists (${this.path()})`
      case 7:
        return `attribute_type(${this.path()}, ${this.value({ S: chance.happens(0.03) ? 'X' : chance.one(['S', 'N', 'SS', 'M', 'L', 'BOOL']) })})`
      case 8:
        return `begins_with(${this.path()}, ${this.value(scalar(chance, chance.happens(0.02) ? 'N' : chance.one(['S', 'B'])))})`
      case 9:
        return `contains(${this.path()}, ${chance.happens(0.9) ? this.value(scalar(chance, chance.one(['S', 'N', 'B']))) : this.operand()})`
      case 10:
        return `NOT ${this.condition(depth + 1)}`
      case 11:
        return `(${this.condition(depth + 1)})`
      default:
        return `${this.condition(depth + 1)} ${chance.one(['AND', 'OR', 'and', 'or'])} ${this.condition(depth + 1)}`
    }
  }

  /** `scalars`: of the types that have an order, nearly always. */
  operand(scalars = false): string {
    const chance = this.#chance
    if (chance.happens(0.08)) return `size(${this.path()})`
    if (chance.happens(0.5)) return this.path()
    return this.value(scalars && chance.happens(0.98) ? scalar(chance, chance.one(['S', 'N', 'B'])) : value(chance, 2))
  }

  path(): string {
    const chance = this.#chance
    let path = this.name(chance.one(this.#attributes))
    while (chance.happens(0.25)) {
      path += chance.happens(0.5) ? `[${chance.whole(0, 3)}]` : `.${this.name(chance.one(['x', 'y', 'z']))}`
    }
    return path
  }

  name(name: string): string {
    if (!this.#chance.happens(0.3)) return name
    const placeholder = `#${name}`
    this.names[placeholder] = name
    return placeholder
  }

  value(of: Value): string {
    const placeholder = `:v${Object.keys(this.values).length}`
    this.values[placeholder] = of
    return placeholder
  }

  projection(): string {
    return this.#chance.list(1, 3, () => this.path()).join(', ')
  }

  update(): string {
    const chance = this.#chance
    const sections: string[] = []
    if (chance.happens(0.7)) {
      sections.push(`SET ${chance.list(1, 3, () => `${this.path()} = ${this.#setValue()}`).join(', ')}`)
    }
    if (chance.happens(0.3)) sections.push(`REMOVE ${chance.list(1, 2, () => this.path()).join(', ')}`)
    if (chance.happens(0.2)) sections.push(`ADD ${this.path()} ${this.value(this.#addable())}`)
    if (chance.happens(0.2)) sections.push(`delete ${this.path()} ${this.value(this.#addable())}`)
    if (sections.length === 0) return `SET ${this.path()} = ${this.value(value(chance))}`
    return sections.join(' ')
  }

  #addable(): Value {
    const chance = this.#chance
    return chance.happens(0.1)
      ? value(chance)
      : chance.one([{ N: '1' }, { N: '-2.5' }, { SS: ['a', 'b'] }, { NS: ['1', '2'] }, { BS: ['AQ=='] }])
  }

  #setValue(): string {
    const chance = this.#chance
    switch (chance.whole(0, 7)) {
      case 0:
        return `if_not_exists(${this.path()}, ${this.value(value(chance))})`
      case 1:
        return `list_append(${this.path()}, ${this.value({ L: [value(chance, 2)] })})`
      case 2:
        return `${this.path()} ${chance.one(['+', '-'])} ${this.value(scalar(chance, 'N'))}`
      case 3:
        return `if_not_exists(${this.path()}, ${this.value({ N: '0' })}) + ${this.value({ N: '1' })}`
      case 4:
        return this.path()
      default:
        return this.value(value(chance))
    }
  }

  /** On the keys of the table or one of its indexes. */
  keyCondition({ hash, range }: Pick<IndexStory, 'hash' | 'range'>): string {
    const chance = this.#chance
    const parts = [`${this.name(hash.name)} = ${this.value(scalarOf(chance, hash, true))}`]
    if (range !== undefined && chance.happens(0.6)) parts.push(this.#rangeCondition(range))
    if (chance.happens(0.03)) parts.push(this.condition(3))
    if (chance.happens(0.2)) parts.reverse()
    return parts.join(' AND ')
  }

  #rangeCondition(range: KeyPart): string {
    const chance = this.#chance
    const name = this.name(range.name)
    const of = (): string => this.value(scalarOf(chance, range, false))
    switch (chance.whole(0, 4)) {
      case 0:
        return `${name} BETWEEN ${of()} AND ${of()}`
      case 1:
        return `begins_with(${name}, ${of()})`
      case 2:
        return `${of()} ${chance.one(['<', '>='])} ${name}`
      default:
        return `${name} ${chance.one(['=', '<', '<=', '>', '>='])} ${of()}`
    }
  }

  /** The parameters that stand beside the expressions. */
  parameters(): Record<string, unknown> {
    return {
      ...(Object.keys(this.names).length > 0 && { ExpressionAttributeNames: this.names }),
      ...(Object.keys(this.values).length > 0 && { ExpressionAttributeValues: this.values }),
    }
  }
}

function scalarOf(chance: Chance, part: KeyPart, isHash: boolean): Value {
  if (chance.happens(0.02)) return value(chance)
  if (!isHash || part.name !== 'h') return scalar(chance, part.type)
  return part.type === 'S'
    ? { S: chance.one(['a', 'b']) }
    : part.type === 'N'
      ? { N: chance.one(['1', '2']) }
      : { B: chance.one(['AQ==', 'Ag==']) }
}
