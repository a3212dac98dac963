import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageOfPlaces } from './pages.ts'

test('places of a list too long for memory are shown page by page, each once', () => {
  const count = 2 ** 40
  const first = pageOfPlaces(count, {})
  assert.deepEqual(
    first.items,
    Array.from({ length: 100 }, (_, at) => at),
  )
  const second = pageOfPlaces(count, { MaxItems: 2, Marker: first.end.Marker ?? '' })
  assert.deepEqual(second.items, [100, 101])
  const shown: number[] = []
  let Marker: string | undefined
  do {
    const { items, end } = pageOfPlaces(7, { MaxItems: 3, ...(Marker !== undefined && { Marker }) })
    shown.push(...items)
    Marker = end.Marker
  } while (Marker !== undefined)
  assert.deepEqual(shown, [0, 1, 2, 3, 4, 5, 6])
})

test('a marker beyond the end shows nothing, and one of another list is refused', () => {
  const marker = (key: string) => Buffer.from(`after:${key}`).toString('base64')
  assert.deepEqual(pageOfPlaces(3, { Marker: marker('3') }), { items: [], end: { IsTruncated: false } })
  for (const key of ['alice', '', '1e3', '-1']) {
    assert.throws(() => pageOfPlaces(3, { Marker: marker(key) }), { code: 'ValidationError' })
  }
})
