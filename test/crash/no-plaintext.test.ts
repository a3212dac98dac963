/** What was written stands nowhere in the data folder as it was: not in the pages, not in a log of SQLite's. */
import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { runCoffer } from '../run-coffer.ts'
import { clientOf } from './crash-client.ts'

const planted = [
  'PlantedPartitionKey',
  'PlantedSortKey',
  'PlantedIndexKey',
  'PlantedAttributeName',
  'PlantedNestedName',
  'PlantedValue',
  'PlantedSetMember',
  'PlantedUpdatedValue',
  'PlantedDeletedValue',
  'PlantedLargeValue',
  'PlantedKeyAttribute',
  'PlantedTagValue',
] as const
const plantedNumber = '918273645546372819'
const plantedBytes = Buffer.from('PlantedBinaryContent')

/** Every form in which a planted text could stand in a file. */
function traces(): Buffer[] {
  const texts = [...planted, plantedNumber, plantedBytes.toString()]
  return texts.flatMap((text) => {
    const bytes = Buffer.from(text)
    const inner = [0, 1, 2].map((shift) =>
      // Base64 of a text within longer bytes differs by its place modulo 3; the middle of it is always the same.
      Buffer.from(bytes.subarray(shift).toString('base64').slice(0, -4)),
    )
    return [bytes, Buffer.from(text, 'utf16le'), Buffer.from(bytes.toString('hex')), ...inner]
  })
}

async function placesOfTraces(folder: string): Promise<string[]> {
  const found: string[] = []
  const looked = traces()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const bytes = await readFile(join(entry.parentPath, entry.name))
    for (const trace of looked) if (bytes.includes(trace)) found.push(`${trace.toString('latin1')} in ${entry.name}`)
  }
  return found
}

test('no key, attribute name or value is readable in the data folder', { timeout: 60_000 }, async () => {
  const coffer = await runCoffer()
  try {
    const client = clientOf(coffer)
    const TableName = 'Readable'
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'PlantedKeyAttribute', AttributeType: 'S' },
          { AttributeName: 'sort', AttributeType: 'S' },
          { AttributeName: 'finder', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'PlantedKeyAttribute', KeyType: 'HASH' },
          { AttributeName: 'sort', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'ByFinder',
            KeySchema: [{ AttributeName: 'finder', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        Tags: [{ Key: 'planted', Value: 'PlantedTagValue' }],
      }),
    )
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName })
    const Key = { PlantedKeyAttribute: { S: 'PlantedPartitionKey' }, sort: { S: 'PlantedSortKey' } }
    await client.send(
      new PutItemCommand({
        TableName,
        Item: {
          ...Key,
          finder: { S: 'PlantedIndexKey' },
          PlantedAttributeName: { S: 'PlantedValue' },
          number: { N: plantedNumber },
          bytes: { B: plantedBytes },
          set: { SS: ['PlantedSetMember'] },
          map: { M: { PlantedNestedName: { L: [{ S: 'PlantedValue' }] } } },
        },
      }),
    )
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET changed = :value',
        ExpressionAttributeValues: { ':value': { S: 'PlantedUpdatedValue' } },
      }),
    )
    const large = { PlantedKeyAttribute: { S: 'PlantedPartitionKey' }, sort: { S: 'large' } }
    await client.send(
      new PutItemCommand({ TableName, Item: { ...large, text: { S: 'PlantedLargeValue '.repeat(15_000) } } }),
    )
    const short = { PlantedKeyAttribute: { S: 'PlantedPartitionKey' }, sort: { S: 'short-lived' } }
    await client.send(new PutItemCommand({ TableName, Item: { ...short, text: { S: 'PlantedDeletedValue' } } }))
    await client.send(new DeleteItemCommand({ TableName, Key: short }))
    for (let first = 0; first < 500; first += 25) {
      const puts = Array.from({ length: 25 }, (_, index) => ({
        PutRequest: {
          Item: {
            PlantedKeyAttribute: { S: `PlantedPartitionKey ${first + index}` },
            sort: { S: 'PlantedSortKey' },
            finder: { S: 'PlantedIndexKey' },
            PlantedAttributeName: { S: 'PlantedValue' },
          },
        },
      }))
      await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }))
    }
    const queried = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'ByFinder',
        KeyConditionExpression: 'finder = :key',
        ExpressionAttributeValues: { ':key': { S: 'PlantedIndexKey' } },
      }),
    )
    assert.equal(queried.Count, 501, 'all of it is really there')
    client.destroy()

    assert.deepEqual(await placesOfTraces(coffer.folder), [], 'while the server runs')
    await coffer.kill('SIGKILL')
    assert.deepEqual(await placesOfTraces(coffer.folder), [], 'after kill -9')
    await coffer.restart()
    await coffer.kill('SIGTERM')
    assert.deepEqual(await placesOfTraces(coffer.folder), [], 'after a clean stop')
    assert.doesNotMatch(coffer.output(), /Planted/, 'nor in the log')

    await writeFile(join(coffer.folder, 'control'), `x${plantedBytes.toString('base64')} PlantedSortKey`)
    assert.ok((await placesOfTraces(coffer.folder)).length >= 2, 'the search itself finds what is there')
  } finally {
    await coffer.stop()
  }
})
