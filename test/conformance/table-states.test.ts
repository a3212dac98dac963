/** Tables that take their time: what may be done while they are made, changed and removed. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Body, Client } from './client.ts'
import { answered, assertRefused } from './refusals.ts'
import { startServer } from './server.ts'
import { activeTable, attributes, createTables, hashTable, keys } from './tables.ts'

let client: Client
let stop: () => Promise<void>
before(async () => ({ client, stop } = await startServer({ tableTransitionMs: 300 })))
after(() => stop())

const inUse = 'Attempt to change a resource which is still in use:'

async function refused(operation: string, input: object, code: string, message: string): Promise<void> {
  assertRefused(await client.call(operation, input), code, message)
}

test('a table that is being made is there, but of no use yet', async () => {
  const TableName = 'Making'
  await answered(client.call('CreateTable', { ...hashTable, TableName }))
  const { Table: shown } = (await answered(client.call('DescribeTable', { TableName }))) as { Table: Body }
  assert.equal(shown['TableStatus'], 'CREATING')
  const notFound = 'Requested resource not found'
  await refused('PutItem', { TableName, Item: { pk: { S: 'a' } } }, 'ResourceNotFoundException', notFound)
  await refused('Scan', { TableName }, 'ResourceNotFoundException', notFound)
  const making = `${inUse} Table is being created: Making`
  await refused('DeleteTable', { TableName }, 'ResourceInUseException', making)
  await refused('UpdateTable', { TableName, DeletionProtectionEnabled: true }, 'ResourceInUseException', making)
  await refused('CreateTable', { ...hashTable, TableName }, 'ResourceInUseException', 'Table already exists: Making')
  await activeTable(client, TableName)
  await answered(client.call('PutItem', { TableName, Item: { pk: { S: 'a' } } }))
})

test('a table whose units change takes items, but no other change of that kind', async () => {
  const TableName = 'Changing'
  const units = (read: number): Body => ({ ReadCapacityUnits: read, WriteCapacityUnits: 5 })
  await createTables(client, [{ ...hashTable, TableName, BillingMode: 'PROVISIONED', ProvisionedThroughput: units(5) }])
  await answered(client.call('UpdateTable', { TableName, ProvisionedThroughput: units(6) }))
  await answered(client.call('PutItem', { TableName, Item: { pk: { S: 'a' } } }))
  const busy = `${inUse} Table IOPS are currently being updated. Table: Changing`
  await refused('UpdateTable', { TableName, ProvisionedThroughput: units(7) }, 'ResourceInUseException', busy)
  await refused('UpdateTable', { TableName, BillingMode: 'PAY_PER_REQUEST' }, 'ResourceInUseException', busy)
  await refused(
    'DeleteTable',
    { TableName },
    'ResourceInUseException',
    `${inUse} Table: Changing is in the process of being updated.`,
  )
  await answered(client.call('UpdateTable', { TableName, DeletionProtectionEnabled: false }))
  assert.equal(((await activeTable(client, TableName))['ProvisionedThroughput'] as Body)['ReadCapacityUnits'], 6)
})

test('one index at a time, and no end of the table meanwhile', async () => {
  const TableName = 'Indexing'
  await createTables(client, [{ ...hashTable, TableName }])
  const create = (name: string): Body => ({
    TableName,
    AttributeDefinitions: attributes({ [name]: 'S' }),
    GlobalSecondaryIndexUpdates: [
      { Create: { IndexName: `by-${name}`, KeySchema: keys(name), Projection: { ProjectionType: 'ALL' } } },
    ],
  })
  await answered(client.call('UpdateTable', create('a')))
  await refused(
    'UpdateTable',
    create('b'),
    'LimitExceededException',
    'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
  )
  await refused(
    'DeleteTable',
    { TableName },
    'ResourceInUseException',
    `${inUse} Cannot delete table while indexes are being created, updated, or deleted.`,
  )
  await activeTable(client, TableName)
  await answered(client.call('UpdateTable', create('b')))
})

test('a table on its way out is shown, and takes nothing', async () => {
  const TableName = 'Leaving'
  await createTables(client, [{ ...hashTable, TableName }])
  await answered(client.call('DeleteTable', { TableName }))
  const { Table: shown } = (await answered(client.call('DescribeTable', { TableName }))) as { Table: Body }
  assert.equal(shown['TableStatus'], 'DELETING')
  await refused(
    'PutItem',
    { TableName, Item: { pk: { S: 'a' } } },
    'ResourceNotFoundException',
    'Requested resource not found',
  )
  await refused('DeleteTable', { TableName }, 'ResourceInUseException', `${inUse} Table is being deleted: Leaving`)
})

test('time to live is asked of tables that are made, and takes its time', async () => {
  const TableName = 'Expiring'
  const enabled: Body = { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' } }
  const described = async (): Promise<unknown> =>
    (await answered(client.call('DescribeTimeToLive', { TableName })))['TimeToLiveDescription']
  const cannot = (status: string): string =>
    `Cannot describe time to live while table is in ${status} state: Current table state is ${status}`
  await answered(client.call('CreateTable', { ...hashTable, TableName }))
  await refused('UpdateTimeToLive', enabled, 'ResourceInUseException', `${inUse} Table Expiring is being created`)
  await refused('DescribeTimeToLive', { TableName }, 'ValidationException', cannot('CREATING'))
  await activeTable(client, TableName)
  await answered(client.call('UpdateTimeToLive', enabled))
  assert.deepEqual(await described(), { TimeToLiveStatus: 'ENABLING', AttributeName: 'expires' })
  assert.equal((await activeTable(client, TableName))['TableStatus'], 'ACTIVE')
  await refused('UpdateTimeToLive', enabled, 'ValidationException', 'TimeToLive is already enabled')
  await answered(client.call('DeleteTable', { TableName }))
  await refused('UpdateTimeToLive', enabled, 'ResourceInUseException', `${inUse} Table Expiring is being deleted`)
  await refused('DescribeTimeToLive', { TableName }, 'ValidationException', cannot('DELETING'))
})
