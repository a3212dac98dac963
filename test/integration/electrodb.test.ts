/** ElectroDB, unmodified: two entities in one table, collections over an index, conditional writes and pages. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { Entity, Service } from 'electrodb'
import { type ServerUnderTest, sdkClient, startServerUnderTest } from './server-under-test.ts'

const table = 'Work'

const Employee = new Entity({
  model: { entity: 'employee', version: '1', service: 'work' },
  attributes: {
    employee: { type: 'string', required: true },
    office: { type: 'string', required: true },
    team: { type: ['development', 'operations'] as const, required: true },
    salary: { type: 'number', required: true },
    skills: { type: 'set', items: 'string' },
    joined: { type: 'string', default: '2024-01-01' },
  },
  indexes: {
    staff: { pk: { field: 'pk', composite: ['employee'] }, sk: { field: 'sk', composite: [] } },
    workplaces: {
      collection: 'workplaces',
      index: 'gsi1',
      pk: { field: 'gsi1pk', composite: ['office'] },
      sk: { field: 'gsi1sk', composite: ['team', 'employee'] },
    },
  },
})

const Desk = new Entity({
  model: { entity: 'desk', version: '1', service: 'work' },
  attributes: {
    desk: { type: 'string', required: true },
    office: { type: 'string', required: true },
    monitors: { type: 'number', default: 1 },
  },
  indexes: {
    desks: { pk: { field: 'pk', composite: ['desk'] }, sk: { field: 'sk', composite: ['office'] } },
    workplaces: {
      collection: 'workplaces',
      index: 'gsi1',
      pk: { field: 'gsi1pk', composite: ['office'] },
      sk: { field: 'gsi1sk', composite: ['desk'] },
    },
  },
})

let server: ServerUnderTest
let client: DynamoDBClient
const work = new Service({ employees: Employee, desks: Desk }, { table })

before(async () => {
  server = await startServerUnderTest()
  client = await sdkClient(server)
  const text = (name: string) => ({ AttributeName: name, AttributeType: 'S' as const })
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map(text),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'gsi1',
          KeySchema: [
            { AttributeName: 'gsi1pk', KeyType: 'HASH' },
            { AttributeName: 'gsi1sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: table })
  work.setClient(client)
})
after(async () => {
  client?.destroy()
  await server?.stop()
})

test('create refuses a second time, patch and remove want an item', async () => {
  const ada = { employee: 'ada', office: 'london', team: 'development' as const, salary: 100, skills: ['maths'] }
  const created = await work.entities.employees.create(ada).go()
  assert.equal(created.data.joined, '2024-01-01')
  await assert.rejects(work.entities.employees.create(ada).go(), /The conditional request failed/)
  await work.entities.employees
    .patch({ employee: 'ada' })
    .add({ salary: 20, skills: ['engines'] })
    .set({ joined: '1842-01-01' })
    .where(({ salary }, { gte }) => gte(salary, 100))
    .go()
  const found = await work.entities.employees.get({ employee: 'ada' }).go()
  assert.equal(found.data?.salary, 120)
  assert.deepEqual([...(found.data?.skills ?? [])].sort(), ['engines', 'maths'])
  await assert.rejects(
    work.entities.employees
      .patch({ employee: 'ada' })
      .set({ salary: 1 })
      .where(({ salary }, { lt }) => lt(salary, 100))
      .go(),
    /The conditional request failed/,
  )
  await assert.rejects(work.entities.employees.patch({ employee: 'nobody' }).set({ salary: 1 }).go())
  await work.entities.employees.remove({ employee: 'ada' }).go()
  assert.equal((await work.entities.employees.get({ employee: 'ada' }).go()).data, null)
})

test('a collection gathers both entities of an office', async () => {
  await work.entities.employees
    .put([
      { employee: 'grace', office: 'arlington', team: 'development', salary: 130 },
      { employee: 'margaret', office: 'arlington', team: 'operations', salary: 140 },
      { employee: 'katherine', office: 'hampton', team: 'operations', salary: 150 },
    ])
    .go()
  await work.entities.desks.put({ desk: 'd1', office: 'arlington', monitors: 2 }).go()
  const { data } = await work.collections.workplaces({ office: 'arlington' }).go()
  assert.deepEqual(
    data.employees.map((employee) => employee.employee),
    ['grace', 'margaret'],
  )
  assert.deepEqual(
    data.desks.map((desk) => [desk.desk, desk.monitors]),
    [['d1', 2]],
  )
  const operations = await work.entities.employees.query.workplaces({ office: 'arlington', team: 'operations' }).go()
  assert.deepEqual(
    operations.data.map((employee) => employee.employee),
    ['margaret'],
  )
})

test('batches of many and pages by cursor', async () => {
  const many = Array.from({ length: 60 }, (_, number) => ({
    employee: `e${String(number).padStart(3, '0')}`,
    office: 'tokyo',
    team: 'development' as const,
    salary: number,
  }))
  const { unprocessed } = await work.entities.employees.put(many).go()
  assert.deepEqual(unprocessed, [])
  const names: string[] = []
  let cursor: string | null = null
  let pages = 0
  do {
    const page: Awaited<ReturnType<typeof pageOfTokyo>> = await pageOfTokyo(cursor)
    names.push(...page.data.map((employee) => employee.employee))
    cursor = page.cursor
    pages += 1
  } while (cursor !== null && pages < 20)
  assert.deepEqual(
    names,
    many.map((employee) => employee.employee),
  )
  const rich = await work.entities.employees.query
    .workplaces({ office: 'tokyo' })
    .where(({ salary }, { between }) => between(salary, 10, 19))
    .go({ pages: 'all' })
  assert.equal(rich.data.length, 10)
  const some = await work.entities.employees
    .get([{ employee: 'e001' }, { employee: 'e002' }, { employee: 'none' }])
    .go()
  assert.deepEqual(some.data.map((employee) => employee.employee).sort(), ['e001', 'e002'])
  const scanned = await work.entities.desks.scan.go({ pages: 'all' })
  assert.ok(scanned.data.every((desk) => desk.office === 'arlington'))
})

function pageOfTokyo(cursor: string | null) {
  return work.entities.employees.query.workplaces({ office: 'tokyo' }).go({ cursor, limit: 13 })
}

test('a transaction over both entities is made whole or not at all', async () => {
  const write = (employee: string) =>
    work.transaction
      .write(({ employees, desks }) => [
        employees.create({ employee, office: 'zurich', team: 'operations', salary: 10 }).commit(),
        desks.put({ desk: `desk-of-${employee}`, office: 'zurich' }).commit(),
        employees
          .check({ employee: 'boss' })
          .where(({ salary }, { exists }) => exists(salary))
          .commit(),
      ])
      .go()
  const refused = await write('sofia')
  assert.equal(refused.canceled, true)
  assert.deepEqual(
    refused.data.map(({ code }) => code),
    ['None', 'None', 'ConditionalCheckFailed'],
  )
  assert.equal((await work.entities.employees.get({ employee: 'sofia' }).go()).data, null)
  await work.entities.employees.put({ employee: 'boss', office: 'zurich', team: 'operations', salary: 1 }).go()
  assert.equal((await write('sofia')).canceled, false)
  const found = await work.transaction
    .get(({ employees, desks }) => [
      employees.get({ employee: 'sofia' }).commit(),
      desks.get({ desk: 'desk-of-sofia', office: 'zurich' }).commit(),
      employees.get({ employee: 'nobody' }).commit(),
    ])
    .go()
  assert.equal(found.canceled, false)
  assert.deepEqual(
    found.data.map(({ item }) => item?.office),
    ['zurich', 'zurich', undefined],
  )
})
