/** A request made wrong in one place. */
import type { Chance } from './chance.ts'
import type { Input } from './request-stories.ts'

const wrongs: readonly unknown[] = [
  '',
  'a',
  'ABC',
  0,
  1,
  -1,
  1.5,
  true,
  [],
  {},
  ['a'],
  [1],
  [{}],
  { S: 'a' },
  { S: 1 },
  { N: 'x' },
  { N: '1' },
  { S: 'a', N: '1' },
  { SS: [] },
  { NULL: false },
  { BOOL: 'x' },
  { M: { a: {} } },
  'x'.repeat(256),
]

const stray = [
  '(',
  ')',
  ',',
  '.',
  '[',
  ']',
  '=',
  '<',
  'AND',
  'OR',
  'NOT',
  'SET',
  ':zz',
  '#zz',
  '&',
  ' ',
  'size',
  'ABORT',
  'BETWEEN',
  'IN',
  '0',
]

export function spoiled(chance: Chance, input: Input): Input {
  const copy = structuredClone(input)
  const places: { readonly holder: Record<string, unknown>; readonly name: string }[] = []
  collect(copy, places)
  if (places.length === 0) return copy
  const { holder, name } = chance.one(places)
  const present = holder[name]
  if (typeof present === 'string' && name.endsWith('Expression') && chance.happens(0.8)) {
    const tokens = present.split(/\b/)
    const position = chance.whole(0, tokens.length)
    tokens.splice(position, chance.whole(0, 1), ...chance.list(0, 1, () => ` ${chance.one(stray)} `))
    holder[name] = tokens.join('')
  } else if (chance.happens(0.3)) {
    if (Array.isArray(holder)) holder.splice(Number(name), 1)
    else delete holder[name]
  } else if (chance.happens(0.15) && !Array.isArray(holder)) {
    holder[`${name}2`] = present
    delete holder[name]
  } else holder[name] = chance.one(wrongs)
  return copy
}

function collect(value: unknown, places: { holder: Record<string, unknown>; name: string }[]): void {
  if (typeof value !== 'object' || value === null) return
  for (const name of Object.keys(value)) {
    const holder = value as Record<string, unknown>
    places.push({ holder, name })
    collect(holder[name], places)
  }
}
