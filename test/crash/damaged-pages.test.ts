/** Bytes that changed on the disk: `coffer check` names the fault, and no changed item is ever served. */
import assert from 'node:assert/strict'
import { cp, mkdtemp, open, readdir, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  GetItemCommand,
  paginateScan,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { CofferDidNotStart, type RunningCoffer, runCoffer, runCofferCommand } from '../run-coffer.ts'
import { seededRandom } from './acknowledged-writes.ts'
import { clientOf } from './crash-client.ts'

const TableName = 'Vault'
const items = 1_000
let scratch: string
let original: string
let copies = 0

const noteOf = (number: number) => `note ${number} `.repeat(30)

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'coffer-damage-'))
  original = join(scratch, 'original')
  const coffer = await runCoffer({ folder: original })
  const client = clientOf(coffer)
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName })
  for (let first = 0; first < items; first += 25) {
    const puts = Array.from({ length: 25 }, (_, index) => ({
      PutRequest: { Item: { id: { N: String(first + index) }, note: { S: noteOf(first + index) } } },
    }))
    await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }))
  }
  client.destroy()
  await coffer.stop()
})
after(() => rm(scratch, { recursive: true, force: true }))

async function copyOfFolder(): Promise<string> {
  copies += 1
  const folder = join(scratch, `copy-${copies}`)
  await cp(original, folder, { recursive: true })
  return folder
}

const pagesFile = (folder: string) => join(folder, 'pages.db')

/** Changes sealed pages where they lie: the file stays a sound SQLite file, so only the seals can tell. */
function changePages(folder: string, change: (pages: { id: bigint; bytes: Uint8Array }[]) => void): void {
  const database = new DatabaseSync(pagesFile(folder))
  try {
    const statement = database.prepare('SELECT id, bytes FROM pages ORDER BY id')
    statement.setReadBigInts(true)
    const rows = statement.all() as { id: bigint; bytes: Uint8Array }[]
    const before = rows.map((row) => Buffer.from(row.bytes))
    change(rows)
    const update = database.prepare('UPDATE pages SET bytes = ? WHERE id = ?')
    for (const [index, row] of rows.entries())
      if (before[index]?.equals(row.bytes) === false) update.run(row.bytes, row.id)
  } finally {
    database.close()
  }
}

/** `coffer check` must find the fault; a server on the folder must serve each item unchanged or not at all. */
async function mustBeFound(folder: string): Promise<void> {
  const check = await runCofferCommand(['check', '--data', folder])
  assert.notEqual(check.exitCode, 0, `check found nothing: ${check.output}`)
  assert.doesNotMatch(check.output, /\n\s+at .*:\d+:\d+/, 'no stack trace')
  let coffer: RunningCoffer
  try {
    coffer = await runCoffer({ folder })
  } catch (error) {
    assert.ok(error instanceof CofferDidNotStart)
    assert.ok((error.exitCode ?? 0) > 0)
    return
  }
  try {
    await serveUnchangedOrNothing(coffer)
  } finally {
    await coffer.stop()
  }
}

async function serveUnchangedOrNothing(coffer: RunningCoffer): Promise<void> {
  const client = clientOf(coffer)
  let refused = 0
  const refusal = (error: unknown) => {
    assert.equal((error as Error).name, 'InternalServerError', String(error))
    refused += 1
  }
  try {
    const seen = new Set<number>()
    for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true })) {
      for (const item of page.Items ?? []) {
        assert.equal(item['note']?.S, noteOf(Number(item['id']?.N)))
        seen.add(Number(item['id']?.N))
      }
    }
    assert.equal(seen.size, items, 'a scan that ends well has seen every item')
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error
    refusal(error)
  }
  for (let number = 0; number < items; number += 7) {
    try {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: { id: { N: String(number) } } }))
      assert.equal(Item?.['note']?.S, noteOf(number), `item ${number}`)
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      refusal(error)
    }
  }
  client.destroy()
  assert.ok(refused > 0, 'the damage was met')
}

test('the untouched folder is sound', async () => {
  const check = await runCofferCommand(['check', '--data', await copyOfFolder()])
  assert.equal(check.exitCode, 0, check.output)
})

test('a flipped bit in any page', { timeout: 60_000 }, async () => {
  const random = seededRandom(7)
  for (const where of [0, 0.5, 0.99]) {
    const folder = await copyOfFolder()
    changePages(folder, (pages) => {
      const page = pages[Math.floor(where * pages.length)]
      assert.ok(page)
      flipBit(page.bytes, Math.floor(random() * page.bytes.length))
    })
    await mustBeFound(folder)
  }
})

test('a flipped bit before the seal begins', async () => {
  // The first eight bytes, format and epoch, are not ciphertext; pages[0] holds the keys, pages[1] the catalog.
  for (const [page, at] of [
    [0, 2],
    [0, 5],
    [1, 3],
    [1, 6],
  ] as const) {
    const folder = await copyOfFolder()
    changePages(folder, (pages) => flipBit(pages[page]?.bytes, at))
    const check = await runCofferCommand(['check', '--data', folder])
    assert.notEqual(check.exitCode, 0, `byte ${at} of page ${page}: ${check.output}`)
  }
})

function flipBit(bytes: Uint8Array | undefined, at: number): void {
  const byte = bytes?.[at]
  assert.ok(bytes !== undefined && byte !== undefined)
  bytes[at] = byte ^ 4
}

test('two pages that changed places', async () => {
  const folder = await copyOfFolder()
  changePages(folder, (pages) => {
    const full = pages.filter((page) => page.bytes.length > 4000)
    const [first, second] = [full[0], full.at(-1)]
    assert.ok(first && second && first !== second)
    const kept = first.bytes
    first.bytes = second.bytes
    second.bytes = kept
  })
  await mustBeFound(folder)
})

test('a page put back to an older state', { timeout: 60_000 }, async () => {
  const folder = await copyOfFolder()
  const coffer = await runCoffer({ folder })
  const client = clientOf(coffer)
  const puts = Array.from({ length: 25 }, (_, number) => ({
    PutRequest: { Item: { id: { N: `${number}.5` }, note: { S: noteOf(number) } } },
  }))
  await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }))
  client.destroy()
  await coffer.stop()
  const old = new DatabaseSync(pagesFile(original), { readOnly: true })
  const bytesOf = old.prepare('SELECT bytes FROM pages WHERE id = ?')
  let restored = 0
  changePages(folder, (pages) => {
    for (const page of pages) {
      const before = (bytesOf.get(page.id) as { bytes: Uint8Array } | undefined)?.bytes
      if (before === undefined || Buffer.from(before).equals(page.bytes) || restored > 0) continue
      page.bytes = before
      restored += 1
    }
  })
  old.close()
  assert.equal(restored, 1)
  const check = await runCofferCommand(['check', '--data', folder])
  assert.notEqual(check.exitCode, 0, `an old page went unnoticed: ${check.output}`)
})

test('a page that is gone', async () => {
  const folder = await copyOfFolder()
  const database = new DatabaseSync(pagesFile(folder))
  database.exec('DELETE FROM pages WHERE id = (SELECT id FROM pages ORDER BY length(bytes) DESC, id DESC LIMIT 1)')
  database.close()
  await mustBeFound(folder)
})

test('a truncated file', async () => {
  const folder = await copyOfFolder()
  const { size } = await stat(pagesFile(folder))
  await truncate(pagesFile(folder), Math.floor(size / 2))
  await mustBeFound(folder)
})

test('a stretch of the raw file overwritten', async () => {
  const folder = await copyOfFolder()
  const { size } = await stat(pagesFile(folder))
  const file = await open(pagesFile(folder), 'r+')
  const noise = Buffer.alloc(64 * 1024, 0xa5)
  await file.write(noise, 0, noise.length, Math.floor(size / 2))
  await file.close()
  await mustBeFound(folder)
})

test('a root key that is not the one', async () => {
  const folder = await copyOfFolder()
  const other = await runCoffer()
  const otherFolder = other.folder
  await cp(join(otherFolder, 'root.key'), join(folder, 'root.key'))
  await other.stop()
  const check = await runCofferCommand(['check', '--data', folder])
  assert.notEqual(check.exitCode, 0)
  await assert.rejects(runCoffer({ folder }), CofferDidNotStart)
  assert.ok((await readdir(folder)).includes('pages.db'), 'nothing was thrown away')
})
