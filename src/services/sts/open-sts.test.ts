import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import type { Directory } from '../../contract/ports.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import { engineCollections } from '../../engine/collections/engine-collections.ts'
import { collectionsTree } from '../../engine/storage-map.ts'
import { systemClock } from '../../foundation/clock.ts'
import { systemRandom } from '../../foundation/random.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { openSts } from './open-sts.ts'

test('messages of refusals open in the room that encoded them, also when it is opened again, and in no other', async () => {
  const first = await newRoom()
  const encoded = first.room.encodeAuthorizationMessage({ allowed: false, explicitDeny: true })
  assert.ok(encoded.length < 10_240 && !encoded.includes('allowed'))
  assert.deepEqual(await decoded(first.room, encoded), { DecodedMessage: '{"allowed":false,"explicitDeny":true}' })
  assert.deepEqual(await decoded(await first.again(), encoded), await decoded(first.room, encoded))
  const other = await newRoom()
  await assert.rejects(decoded(other.room, encoded), { code: 'InvalidAuthorizationMessageException' })
})

async function newRoom() {
  const rootKey = createSecretKey(systemRandom.bytes(32))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 1024 })
  const key = await trees.newTableKey({ 'coffer:system': 'test' })
  await trees.atomically((writer) => writer.createTree(collectionsTree, key))
  const directory = { accountId: '000000000000' } as unknown as Directory
  const options = { store: engineCollections(trees), directory, clock: systemClock, random: systemRandom, issuers: [] }
  return { room: await openSts(options), again: () => openSts(options) }
}

async function decoded(room: Awaited<ReturnType<typeof openSts>>, EncodedMessage: string): Promise<unknown> {
  const operation = room.service.operations.find(({ name }) => name === 'DecodeAuthorizationMessage')
  return operation?.run({ EncodedMessage }, {} as RequestContext)
}
