import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AttributeValue, Item } from '../items/attribute-value.ts'
import { checkItem } from '../items/check-item.ts'
import { applyUpdate, updatedPart } from './apply-update.ts'
import { legacyUpdates } from './legacy.ts'
import { parseExpressions } from './parse-expressions.ts'
import type { Update, UpdateAction } from './syntax.ts'

const item: Item = {
  pk: { S: 'k' },
  n: { N: '10' },
  s: { S: 'old' },
  ss: { SS: ['b', 'c'] },
  ns: { NS: ['1', '10'] },
  bs: { BS: ['AQ=='] },
  arr: { L: [{ N: '0' }, { N: '1' }, { N: '2' }] },
  vacant: { L: [] },
  m: { M: { x: { N: '1' }, core: { M: { y: { S: 'deep' } } }, arr: { L: [{ S: 'q' }] } } },
}
const values: Readonly<Record<string, AttributeValue>> = {
  ':v': { S: 'new' },
  ':w': { S: 'other' },
  ':one': { N: '1' },
  ':minus': { N: '-2.5' },
  ':huge': { N: `99${'0'.repeat(124)}` },
  ':ss': { SS: ['a', 'c'] },
  ':ns': { NS: ['2', '10'] },
  ':bs': { BS: ['AA==', 'AQ=='] },
  ':all': { SS: ['b', 'c', 'z'] },
  ':list': { L: [{ S: 'x' }] },
  ':none': { L: [] },
}

/** Items may lack a prototype, which strict equality would see. */
function plain(made: Item): unknown {
  return JSON.parse(JSON.stringify(made))
}

function updateOf(text: string): Update {
  const used = Object.fromEntries([...new Set(text.match(/:\w+/g))].map((name) => [name, values[name]]))
  const { update } = parseExpressions({ update: text, values: Object.keys(used).length === 0 ? undefined : used })
  assert.ok(update !== undefined)
  return update
}

/** What an update changes: attributes with their new values, or undefined where they go. */
const changes: readonly (readonly [text: string, changed: Readonly<Record<string, AttributeValue | undefined>>])[] = [
  ['SET s = :v, extra = :one', { s: { S: 'new' }, extra: { N: '1' } }],
  ['SET n = n + :one', { n: { N: '11' } }],
  ['SET n = :minus - n', { n: { N: '-12.5' } }],
  ['SET n = (n - :one)', { n: { N: '9' } }],
  ['SET a = s, s = :v', { a: { S: 'old' }, s: { S: 'new' } }],
  ['SET s = n, n = s', { s: { N: '10' }, n: { S: 'old' } }],
  ['SET s = if_not_exists(s, :v), t = if_not_exists(t, :v)', { t: { S: 'new' } }],
  ['SET t = if_not_exists(t, s)', { t: { S: 'old' } }],
  ['SET t = if_not_exists(t, :one) + n', { t: { N: '11' } }],
  ['SET l2 = list_append(if_not_exists(l2, :none), :list)', { l2: { L: [{ S: 'x' }] } }],
  ['SET vacant = list_append(:list, m.arr)', { vacant: { L: [{ S: 'x' }, { S: 'q' }] } }],
  [
    'SET m.x = m.x + :one, m.fresh = :v',
    { m: { M: { x: { N: '2' }, core: { M: { y: { S: 'deep' } } }, arr: { L: [{ S: 'q' }] }, fresh: { S: 'new' } } } },
  ],
  ['SET m.core.y = :v REMOVE m.arr[0], m.x', { m: { M: { core: { M: { y: { S: 'new' } } }, arr: { L: [] } } } }],
  ['SET arr[1] = :v', { arr: { L: [{ N: '0' }, { S: 'new' }, { N: '2' }] } }],
  ['SET arr[5] = :v', { arr: { L: [{ N: '0' }, { N: '1' }, { N: '2' }, { S: 'new' }] } }],
  ['SET arr[9] = :v, arr[7] = :w', { arr: { L: [{ N: '0' }, { N: '1' }, { N: '2' }, { S: 'other' }, { S: 'new' }] } }],
  ['SET vacant[0] = :v', { vacant: { L: [{ S: 'new' }] } }],
  ['REMOVE arr[1]', { arr: { L: [{ N: '0' }, { N: '2' }] } }],
  ['REMOVE arr[0], arr[2]', { arr: { L: [{ N: '1' }] } }],
  ['REMOVE arr[0] SET arr[1] = :v, arr[3] = :w', { arr: { L: [{ S: 'new' }, { N: '2' }, { S: 'other' }] } }],
  ['REMOVE arr[3]', {}],
  ['REMOVE s, gone, m.gone', { s: undefined }],
  ['ADD n :one, fresh :minus', { n: { N: '11' }, fresh: { N: '-2.5' } }],
  [
    'ADD ss :ss, ns :ns, bs :bs',
    { ss: { SS: ['a', 'b', 'c'] }, ns: { NS: ['1', '2', '10'] }, bs: { BS: ['AA==', 'AQ=='] } },
  ],
  ['ADD fresh :ss', { fresh: { SS: ['a', 'c'] } }],
  [
    'ADD m.x :one, m.tags :ss',
    {
      m: {
        M: {
          x: { N: '2' },
          core: { M: { y: { S: 'deep' } } },
          arr: { L: [{ S: 'q' }] },
          tags: { SS: ['a', 'c'] },
        },
      },
    },
  ],
  ['DELETE ss :ss, ns :ns', { ss: { SS: ['b'] }, ns: { NS: ['1'] } }],
  ['DELETE ss :all', { ss: undefined }],
  ['DELETE gone :ss', {}],
  [
    'SET s = :v REMOVE n ADD ns :ns DELETE ss :ss',
    { s: { S: 'new' }, n: undefined, ns: { NS: ['1', '2', '10'] }, ss: { SS: ['b'] } },
  ],
]
for (const [text, changed] of changes) {
  test(text, () => {
    const before = structuredClone(item)
    const after = applyUpdate(updateOf(text), item)
    assert.deepEqual(item, before, 'the input stays as it is')
    const expected = new Map<string, AttributeValue | undefined>(Object.entries({ ...item, ...changed }))
    assert.deepEqual(plain(after), Object.fromEntries([...expected].filter(([, value]) => value !== undefined)))
    assert.equal(checkItem(after).item, after, 'the result is canonical')
  })
}

const invalidPath = 'The document path provided in the update expression is invalid for update'
const missing = 'The provided expression refers to an attribute that does not exist in the item'
const wrongType = 'An operand in the update expression has an incorrect data type'
const refused: readonly (readonly [text: string, message: string])[] = [
  ['SET gone.x = :v', invalidPath],
  ['SET gone[0] = :v', invalidPath],
  ['SET m.gone.x = :v', invalidPath],
  ['SET s.x = :v', invalidPath],
  ['SET m[0] = :v', invalidPath],
  ['SET arr.x = :v', invalidPath],
  ['SET arr[7].x = :v', invalidPath],
  ['REMOVE gone.x', invalidPath],
  ['REMOVE s[0]', invalidPath],
  ['ADD gone.x :one', invalidPath],
  ['DELETE gone.x :ss', invalidPath],
  ['SET s = gone', missing],
  ['SET s = m.gone', missing],
  ['SET n = gone + :one', missing],
  ['SET l = list_append(arr, gone)', missing],
  ['SET s = if_not_exists(gone, gone2)', missing],
  ['SET n = s + :one', wrongType],
  ['SET n = n - s', wrongType],
  ['SET l = list_append(arr, s)', wrongType],
  ['SET l = list_append(n, :list)', wrongType],
  ['ADD s :one', wrongType],
  ['ADD n :ss', wrongType],
  ['ADD ss :ns', wrongType],
  ['ADD arr :ss', wrongType],
  ['DELETE n :ss', wrongType],
  ['DELETE ss :ns', wrongType],
  // A type that is wrong comes before what is missing; a path that leads nowhere before it too.
  ['SET a = gone, n = s + :one', wrongType],
  ['SET a = gone, gone2.x = :v', invalidPath],
  ['SET a = gone REMOVE gone2.x', invalidPath],
  ['SET n = n + :huge', 'Attempting to store more than 38 significant digits in a Number'],
  ['SET n = :huge + :huge', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
]
for (const [text, message] of refused) {
  test(`${text} is refused`, () =>
    assert.throws(() => applyUpdate(updateOf(text), item), { name: 'ValidationException', message }))
}

test('an update may create the item of its key', () => {
  const key: Item = { pk: { S: 'k' } }
  assert.deepEqual(
    { ...applyUpdate(updateOf('SET s = :v ADD n :one, tags :ss REMOVE x'), key) },
    {
      pk: { S: 'k' },
      s: { S: 'new' },
      n: { N: '1' },
      tags: { SS: ['a', 'c'] },
    },
  )
  assert.throws(() => applyUpdate(updateOf('SET m.x = pk'), key), { message: invalidPath })
})

test('names that objects inherit are attributes like any other', () => {
  const { update } = parseExpressions({
    update: 'SET #p = :v, #c.x = :v',
    names: { '#p': '__proto__', '#c': 'constructor' },
    values: { ':v': { S: 'x' } },
  })
  assert.ok(update !== undefined)
  const after = applyUpdate(update, JSON.parse('{"constructor":{"M":{}}}'))
  assert.equal(JSON.stringify(after), '{"constructor":{"M":{"x":{"S":"x"}}},"__proto__":{"S":"x"}}')
})

test('the updated part is what lies at the paths, before and after', () => {
  const update = updateOf('SET m.x = :v, m.fresh = :v, arr[1] = :v REMOVE s, gone ADD n :one')
  const after = applyUpdate(update, item)
  assert.deepEqual(plain(updatedPart(update, item)), {
    m: { M: { x: { N: '1' } } },
    arr: { L: [{ N: '1' }] },
    s: { S: 'old' },
    n: { N: '10' },
  })
  assert.deepEqual(plain(updatedPart(update, after)), {
    m: { M: { x: { S: 'new' }, fresh: { S: 'new' } } },
    arr: { L: [{ S: 'new' }] },
    n: { N: '11' },
  })
  const removal = updateOf('REMOVE s')
  assert.deepEqual(Object.keys(updatedPart(removal, applyUpdate(removal, item))), [])
})

test('AttributeUpdates have their own error for types, and ADD appends lists', () => {
  const legacy = (updates: Parameters<typeof legacyUpdates>[0]): Item => applyUpdate(legacyUpdates(updates), item)
  assert.deepEqual(legacy({ arr: { Action: 'ADD', Value: { L: [{ S: 'x' }] } } })['arr'], {
    L: [{ N: '0' }, { N: '1' }, { N: '2' }, { S: 'x' }],
  })
  for (const updates of [
    { ss: { Action: 'DELETE', Value: { NS: ['1'] } } },
    { n: { Action: 'DELETE', Value: { NS: ['1'] } } },
    { ss: { Action: 'ADD', Value: { N: '1' } } },
  ] as const) {
    assert.throws(() => legacy(updates), {
      name: 'ValidationException',
      message: 'Type mismatch for attribute to update',
    })
  }
})

/** Steps on a list and a map, beside the same steps on plain arrays and objects. */
const index = fc.integer({ min: 0, max: 5 })
const key = fc.constantFrom('a', 'b', 'c')
const step = fc.oneof(
  fc.record({ kind: fc.constant('set-index' as const), at: index }),
  fc.record({ kind: fc.constant('remove-index' as const), at: index }),
  fc.record({ kind: fc.constant('set-key' as const), at: key }),
  fc.record({ kind: fc.constant('remove-key' as const), at: key }),
  fc.record({ kind: fc.constant('add-key' as const), at: key }),
)

function actionOf(
  action: typeof step extends fc.Arbitrary<infer Step> ? Step : never,
  value: AttributeValue,
): UpdateAction {
  switch (action.kind) {
    case 'set-index':
      return { kind: 'set', path: ['l', action.at], value: { kind: 'value', value } }
    case 'remove-index':
      return { kind: 'remove', path: ['l', action.at] }
    case 'set-key':
      return { kind: 'set', path: ['m', action.at], value: { kind: 'value', value } }
    case 'remove-key':
      return { kind: 'remove', path: ['m', action.at] }
    case 'add-key':
      return { kind: 'add', path: ['m', action.at], value }
  }
}

test('updates of documents agree with a plain model', () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { maxLength: 4 }),
      fc.dictionary(key, fc.integer({ max: 1_000 })),
      fc.uniqueArray(step, { selector: ({ at }) => at, minLength: 1, maxLength: 6 }),
      (list, map, steps) => {
        const number = (value: number): AttributeValue => ({ N: String(value) })
        const document: Item = {
          l: { L: list.map(number) },
          m: { M: Object.fromEntries(Object.entries(map).map(([name, value]) => [name, number(value)])) },
        }
        const update: Update = {
          actions: steps.map((action, position) => actionOf(action, number(position))),
        }
        const removed = Symbol('removed')
        const places: (number | typeof removed)[] = [...list]
        const members = new Map(Object.entries(map))
        const appended = new Map<number, number>()
        for (const [position, action] of steps.entries()) {
          if (action.kind === 'set-index') {
            if (action.at < list.length) places[action.at] = position
            else appended.set(action.at, position)
          } else if (action.kind === 'remove-index') {
            if (action.at < list.length) places[action.at] = removed
          } else if (action.kind === 'set-key') members.set(action.at, position)
          else if (action.kind === 'remove-key') members.delete(action.at)
          else members.set(action.at, (map[action.at] ?? 0) + position)
        }
        const rest = [...appended].sort(([a], [b]) => a - b).map(([, value]) => value)
        const after = applyUpdate(update, document)
        assert.deepEqual(after['l'], {
          L: [...places.filter((place): place is number => place !== removed), ...rest].map(number),
        })
        assert.ok(after['m'] !== undefined && 'M' in after['m'])
        assert.deepEqual(
          new Map(Object.entries(after['m'].M)),
          new Map([...members].map(([name, value]) => [name, number(value)])),
        )
      },
    ),
    { numRuns: 500 },
  ))
