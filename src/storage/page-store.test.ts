import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { memoryPageStore } from './memory/memory-page-store.ts'
import type { PageStore } from './page-store.ts'
import { type OpenPageStore, pageStoreContract } from './page-store-contract.ts'
import { openSqlitePageStore } from './sqlite/sqlite-page-store.ts'

function same(store: PageStore): OpenPageStore {
  return { store, reopen: async () => same(store) }
}

pageStoreContract('memory', async () => same(memoryPageStore()))
pageStoreContract('memory behind a network', async () => same(memoryPageStore({ slow: true })))

const folders: string[] = []
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true })
})

async function sqlite(file: string): Promise<OpenPageStore> {
  const store = await openSqlitePageStore(file)
  return {
    store,
    reopen: async () => {
      await store.close()
      return sqlite(file)
    },
  }
}
pageStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-pages-'))
  folders.push(folder)
  return sqlite(join(folder, 'pages.db'))
})
