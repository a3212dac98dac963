/** Tables that the cases share, and how to wait for one. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Body, Client } from './client.ts'
import { answered } from './refusals.ts'

export function attributes(types: Readonly<Record<string, 'S' | 'N' | 'B'>>): readonly Body[] {
  return Object.entries(types).map(([name, type]) => ({ AttributeName: name, AttributeType: type }))
}

/** A key schema of one partition key and perhaps one sort key. */
export function keys(hash: string, range?: string): readonly Body[] {
  const schema = [{ AttributeName: hash, KeyType: 'HASH' }]
  return range === undefined ? schema : [...schema, { AttributeName: range, KeyType: 'RANGE' }]
}

/** Partition key `pk`, nothing else. */
export const hashTable = {
  TableName: 'Hash',
  AttributeDefinitions: attributes({ pk: 'S' }),
  KeySchema: keys('pk'),
  BillingMode: 'PAY_PER_REQUEST',
}

/**
 * Keys `pk` and `sk`; local indexes on `l1` (ALL) and `l2` (KEYS_ONLY), global ones on `l1` (ALL), on `l1` and `l2`
 * (INCLUDE data), and on `n` (a number, KEYS_ONLY).
 */
export const compositeTable = {
  TableName: 'Composite',
  AttributeDefinitions: attributes({ pk: 'S', sk: 'S', l1: 'S', l2: 'S', n: 'N' }),
  KeySchema: keys('pk', 'sk'),
  BillingMode: 'PAY_PER_REQUEST',
  LocalSecondaryIndexes: [
    { IndexName: 'local1', KeySchema: keys('pk', 'l1'), Projection: { ProjectionType: 'ALL' } },
    { IndexName: 'local2', KeySchema: keys('pk', 'l2'), Projection: { ProjectionType: 'KEYS_ONLY' } },
  ],
  GlobalSecondaryIndexes: [
    { IndexName: 'global1', KeySchema: keys('l1'), Projection: { ProjectionType: 'ALL' } },
    {
      IndexName: 'global2',
      KeySchema: keys('l1', 'l2'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['data'] },
    },
    { IndexName: 'global3', KeySchema: keys('n'), Projection: { ProjectionType: 'KEYS_ONLY' } },
  ],
}

/** Keys of every other type: `pk` a number and `sk` binary. */
export const numberTable = {
  TableName: 'Numbers',
  AttributeDefinitions: attributes({ pk: 'N', sk: 'B' }),
  KeySchema: keys('pk', 'sk'),
  BillingMode: 'PAY_PER_REQUEST',
}

export async function createTables(client: Client, tables: readonly Body[]): Promise<void> {
  for (const table of tables) await answered(client.call('CreateTable', table))
  for (const { TableName: name } of tables) await activeTable(client, String(name))
}

/** Waits until the table and all its indexes are ACTIVE; its description. */
export async function activeTable(client: Client, name: string): Promise<Body> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const table = (await answered(client.call('DescribeTable', { TableName: name })))['Table'] as Body
    const indexes = (table['GlobalSecondaryIndexes'] ?? []) as readonly Body[]
    if ([table['TableStatus'], ...indexes.map((index) => index['IndexStatus'])].every((one) => one === 'ACTIVE')) {
      return table
    }
    await sleep(10)
  }
  return assert.fail(`${name} did not become ACTIVE`)
}

export async function put(client: Client, table: string, ...items: readonly Body[]): Promise<void> {
  for (const item of items) await answered(client.call('PutItem', { TableName: table, Item: item }))
}

/** The item as it is now, by a strongly consistent read. */
export async function get(client: Client, table: string, key: Body): Promise<unknown> {
  const answer = await answered(client.call('GetItem', { TableName: table, Key: key, ConsistentRead: true }))
  return answer['Item']
}
