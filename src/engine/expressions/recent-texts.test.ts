import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentTexts } from './recent-texts.ts'

test('recent texts are made once; those long unused are made again', () => {
  const made: string[] = []
  const recent = new RecentTexts<string>(2)
  const get = (text: string): string =>
    recent.get(text, () => {
      made.push(text)
      return text.toUpperCase()
    })
  assert.equal(get('a'), 'A')
  assert.equal(get('a'), 'A')
  get('b')
  get('c')
  assert.equal(get('a'), 'A')
  assert.deepEqual(made, ['a', 'b', 'c'], 'a moved on from the old generation')
  for (const text of ['d', 'e', 'f', 'g']) get(text)
  get('a')
  assert.deepEqual(made, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'a'])
})

test('what cannot be made is not kept', () => {
  const recent = new RecentTexts<string>(2)
  assert.throws(() =>
    recent.get('a', () => {
      throw new Error('no')
    }),
  )
  assert.equal(
    recent.get('a', () => 'yes'),
    'yes',
  )
})
