/** Streams of tables that take their time: ENABLING, DISABLING, and what may be done meanwhile. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered, assertRefused } from './refusals.ts'
import { startServer } from './server.ts'
import { describe, streamOf } from './stream-calls.ts'
import { activeTable, createTables, hashTable, put } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => ({ client, stop } = await startServer({ tableTransitionMs: 300 })))
after(() => stop())

const TableName = 'Hash'
const specification = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }

async function updated(StreamSpecification: Body): Promise<string> {
  const answer = await answered(client.call('UpdateTable', { TableName, StreamSpecification }))
  const description = answer['TableDescription'] as Body
  assert.equal(description['TableStatus'], 'UPDATING')
  return String(description['LatestStreamArn'])
}

async function statusOf(arn: string): Promise<unknown> {
  return (await describe(client, arn))['StreamStatus']
}

test('a stream is ENABLING and DISABLING while its table is UPDATING on its account', async () => {
  await createTables(client, [hashTable])
  const arn = await updated(specification)
  assert.equal(await statusOf(arn), 'ENABLING')
  const again = await client.call('UpdateTable', { TableName, StreamSpecification: { StreamEnabled: false } })
  const busy = 'Attempt to change a resource which is still in use: Table is being updated: Hash'
  assertRefused(again, 'ResourceInUseException', busy)
  assert.equal(await streamOf(client, TableName), arn)
  assert.equal(await statusOf(arn), 'ENABLED')

  await answered(client.call('UpdateTable', { TableName, TableClass: 'STANDARD_INFREQUENT_ACCESS' }))
  assert.equal(await statusOf(arn), 'ENABLED', 'the table changes for another reason')
  await activeTable(client, TableName)

  await put(client, TableName, { pk: { S: 'a' } })
  await updated({ StreamEnabled: false })
  assert.equal(await statusOf(arn), 'DISABLING')
  await activeTable(client, TableName)
  assert.equal(await statusOf(arn), 'DISABLED')

  const next = await updated(specification)
  await activeTable(client, TableName)
  await answered(client.call('DeleteTable', { TableName }))
  assert.equal(await statusOf(next), 'DISABLING')
  assert.equal(await statusOf(arn), 'DISABLED')
})
