import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Item } from '../items/attribute-value.ts'
import { projectItem } from './project.ts'
import type { Path } from './syntax.ts'

const item: Item = {
  pk: { S: 'k' },
  s: { S: 'x' },
  m: { M: { a: { N: '1' }, b: { M: { c: { S: 'deep' }, d: { S: 'other' } } }, none: { M: {} } } },
  l: { L: [{ S: 'l0' }, { S: 'l1' }, { M: { x: { N: '1' }, y: { N: '2' } } }, { L: [{ N: '7' }, { N: '8' }] }] },
}

const projections: readonly (readonly [paths: readonly Path[], projected: Item])[] = [
  [[['s'], ['pk']], { pk: { S: 'k' }, s: { S: 'x' } }],
  [[['gone'], ['s']], { s: { S: 'x' } }],
  [[['m', 'a']], { m: { M: { a: { N: '1' } } } }],
  [
    [
      ['m', 'b', 'c'],
      ['m', 'a'],
    ],
    { m: { M: { b: { M: { c: { S: 'deep' } } }, a: { N: '1' } } } },
  ],
  [[['m', 'none']], { m: { M: { none: { M: {} } } } }],
  [
    [
      ['m', 'gone'],
      ['m', 'b', 'gone'],
      ['s', 'x'],
      ['l', 'x'],
      ['m', 0],
    ],
    {},
  ],
  [
    [
      ['l', 2, 'y'],
      ['l', 0],
    ],
    { l: { L: [{ S: 'l0' }, { M: { y: { N: '2' } } }] } },
  ],
  [
    [
      ['l', 1],
      ['l', 9],
      ['l', 0],
    ],
    { l: { L: [{ S: 'l0' }, { S: 'l1' }] } },
  ],
  [
    [
      ['l', 3, 1],
      ['l', 3, 0],
      ['l', 2, 'gone'],
    ],
    { l: { L: [{ L: [{ N: '7' }, { N: '8' }] }] } },
  ],
  [[['l', 9]], {}],
  [[['toString'], ['constructor']], {}],
]
for (const [paths, projected] of projections) {
  test(`${JSON.stringify(paths)} of the item`, () => {
    assert.deepEqual(JSON.parse(JSON.stringify(projectItem(paths, item))), projected)
    assert.deepEqual(JSON.parse(JSON.stringify(projectItem(paths, item))), projected, 'and once more')
  })
}

test('ten indexes and more stay in the order of the list', () => {
  const long: Item = { l: { L: Array.from({ length: 12 }, (_, index) => ({ N: String(index) })) } }
  const paths: Path[] = [10, 9, 2, 11].map((index) => ['l', index])
  assert.deepEqual({ ...projectItem(paths, long) }, { l: { L: [{ N: '2' }, { N: '9' }, { N: '10' }, { N: '11' }] } })
})

test('attributes named as what objects inherit are projected', () => {
  const odd = JSON.parse('{"__proto__":{"M":{"__proto__":{"S":"x"},"b":{"S":"y"}}}}')
  assert.equal(
    JSON.stringify(projectItem([['__proto__', '__proto__']], odd)),
    '{"__proto__":{"M":{"__proto__":{"S":"x"}}}}',
  )
})
