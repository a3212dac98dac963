/** Attribute values and items from small pools, so that they meet each other often. */
import type { Chance } from './chance.ts'
import type { KeyPart, TableStory } from './table-stories.ts'

export type Value = Readonly<Record<string, unknown>>
export type ItemText = Record<string, Value>

const texts = ['a', 'b', 'c', 'ab', 'abc', 'B', 'é', '\u{1F600}', '￿', '0', ' ', 'a\u0000b', 'longer text']
const numbers = [
  '0',
  '1',
  '-1',
  '2',
  '10',
  '3.5',
  '-0.25',
  '1e3',
  '007',
  '1.50',
  '99999999999999999999',
  '1E-130',
  '123',
]
const rareNumbers = [
  '9.9999999999999999999999999999999999999E+125',
  '1e126',
  '1e-131',
  '123456789012345678901234567890123456789',
  'x',
  '',
  '-0',
  '1.',
  '.5',
  '+5',
  ' 1',
  '0x10',
  'NaN',
]
const binaries = ['AA==', 'AQ==', 'YQ==', 'YWI=', 'YWJj', '/w==', 'AP8=']

export const plainAttributes = ['a', 'b', 'c', 'd'] as const

export function scalar(chance: Chance, type: 'S' | 'N' | 'B'): Value {
  if (chance.happens(0.01)) return { [type]: '' }
  if (type === 'S') return { S: chance.one(texts) }
  if (type === 'B') return { B: chance.one(binaries) }
  return { N: chance.happens(0.02) ? chance.one(rareNumbers) : chance.one(numbers) }
}

export function value(chance: Chance, depth = 0): Value {
  const kind = chance.whole(0, depth > 2 ? 8 : 12)
  switch (kind) {
    case 0:
    case 1:
    case 2:
      return scalar(chance, 'S')
    case 3:
    case 4:
      return scalar(chance, 'N')
    case 5:
      return scalar(chance, 'B')
    case 6:
      return chance.happens(0.5) ? { BOOL: chance.happens(0.5) } : { NULL: !chance.happens(0.02) }
    case 7:
      return { SS: chance.happens(0.02) ? ['a', 'a'] : unique(chance.list(1, 3, () => chance.one(texts))) }
    case 8:
      return chance.happens(0.5)
        ? {
            NS: chance.happens(0.02)
              ? ['1', '1.0']
              : unique(chance.list(1, 3, () => chance.one(['1', '2', '3.5', '-4', '10']))),
          }
        : { BS: unique(chance.list(1, 3, () => chance.one(binaries))) }
    case 9:
    case 10:
      return { L: chance.list(0, 3, () => value(chance, depth + 1)) }
    default:
      return { M: Object.fromEntries(chance.some(['x', 'y', 'z']).map((name) => [name, value(chance, depth + 1)])) }
  }
}

function unique<T>(elements: readonly T[]): T[] {
  return [...new Set(elements)]
}

/** A key value of a table that few items share. */
export function keyValue(chance: Chance, { type }: KeyPart, isHash: boolean): Value {
  if (chance.happens(0.01)) return value(chance)
  if (isHash && chance.happens(0.9)) {
    return type === 'S'
      ? { S: chance.one(['a', 'b']) }
      : type === 'N'
        ? { N: chance.one(['1', '2.0']) }
        : { B: chance.one(['AQ==', 'Ag==']) }
  }
  return scalar(chance, type)
}

export function keyOf(chance: Chance, table: TableStory): ItemText {
  const key: ItemText = { [table.hash.name]: keyValue(chance, table.hash, true) }
  if (table.range !== undefined) key[table.range.name] = keyValue(chance, table.range, false)
  if (chance.happens(0.01)) key['extra'] = { S: 'x' }
  if (chance.happens(0.01)) delete key[chance.one(Object.keys(key))]
  return key
}

export function item(chance: Chance, table: TableStory): ItemText {
  const made = keyOf(chance, table)
  for (const part of table.indexParts) {
    if (chance.happens(0.7)) made[part.name] = chance.happens(0.97) ? scalar(chance, part.type) : value(chance)
  }
  for (const name of chance.some(plainAttributes)) made[name] = value(chance)
  if (chance.happens(0.03)) made['d'] = { S: 'x'.repeat(chance.one([900, 1000, 1100, 5000])) }
  return made
}
