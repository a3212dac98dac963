/** What every page store promises, as a test suite: each engine calls it once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PageConflict, type PageStore, type PageWrite, pageIdOf, type StoredPage } from './page-store.ts'

const a = pageIdOf(20, 0)
const b = pageIdOf(20, 1)
const c = pageIdOf(21, 0)

function put(id: number, version: number, fill = version): PageWrite {
  return { id, version, bytes: new Uint8Array(100 + fill).fill(fill) }
}

async function versions(store: PageStore, ids: readonly number[]): Promise<(number | undefined)[]> {
  return (await store.read(ids)).map((page) => page?.version)
}

export interface OpenPageStore {
  readonly store: PageStore
  /** Closes it and opens the same pages again. */
  readonly reopen: () => Promise<OpenPageStore>
}

export function pageStoreContract(name: string, open: () => Promise<OpenPageStore>): void {
  test(`${name}: what was committed is read back, also after being opened again`, async () => {
    const opened = await open()
    await opened.store.commit([], [put(a, 1), put(b, 1, 7)])
    await opened.store.commit([], [put(a, 2)])
    const { store } = await opened.reopen()
    const pages = (await store.read([b, a, c])) as StoredPage[]
    assert.deepEqual(
      pages.map((page) => page && [page.id, page.version, page.bytes.length, page.bytes[0]]),
      [[b, 1, 107, 7], [a, 2, 102, 2], undefined],
    )
    await store.close()
  })

  test(`${name}: a commit on a page that moved on changes nothing`, async () => {
    const { store } = await open()
    await store.commit([], [put(a, 1), put(b, 1)])
    await store.commit([], [put(a, 2)])
    await assert.rejects(store.commit([], [put(b, 2), put(a, 2)]), PageConflict)
    await assert.rejects(store.commit([], [put(b, 2), put(a, 1)]), PageConflict)
    await assert.rejects(store.commit([], [put(c, 1), { id: b, version: 9, bytes: undefined }]), PageConflict)
    await assert.rejects(store.commit([{ id: a, version: 1 }], [put(b, 2)]), PageConflict)
    await assert.rejects(store.commit([{ id: c, version: 1 }], [put(b, 2)]), PageConflict)
    assert.deepEqual(await versions(store, [a, b, c]), [2, 1, undefined])
    await store.commit(
      [
        { id: a, version: 2 },
        { id: c, version: 0 },
      ],
      [put(b, 2)],
    )
    assert.deepEqual(await versions(store, [a, b, c]), [2, 2, undefined])
    await store.close()
  })

  test(`${name}: a deleted page is gone and may be made anew`, async () => {
    const { store } = await open()
    await store.commit([], [put(a, 1)])
    await store.commit([], [{ id: a, version: 2, bytes: undefined }])
    assert.deepEqual(await versions(store, [a]), [undefined])
    await store.commit([], [put(a, 1)])
    assert.deepEqual(await versions(store, [a]), [1])
    await store.close()
  })

  test(`${name}: a tree's pages are listed in order, a part at a time`, async () => {
    const { store } = await open()
    await store.commit([], [put(c, 1), ...[5, 3, 1, 2, 4].map((number) => put(pageIdOf(20, number), 1))])
    const first = await store.list(20, undefined, 3)
    assert.deepEqual(
      first,
      [1, 2, 3].map((number) => pageIdOf(20, number)),
    )
    assert.deepEqual(
      await store.list(20, first[2], 3),
      [4, 5].map((number) => pageIdOf(20, number)),
    )
    assert.deepEqual(await store.list(22, undefined, 3), [])
    await store.close()
  })

  test(`${name}: commits that are not awaited keep their order`, async () => {
    const { store } = await open()
    const commits = [1, 2, 3, 4, 5].map((version) => store.commit([], [put(a, version)]))
    await Promise.all(commits)
    assert.deepEqual(await versions(store, [a]), [5])
    await store.close()
  })
}
