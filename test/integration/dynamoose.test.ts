/** dynamoose, unmodified: it makes the table itself, then models, conditions, an index, batches and scans. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import dynamoose from 'dynamoose'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.ts'

let server: ServerUnderTest
let client: InstanceType<typeof dynamoose.aws.ddb.DynamoDB>

const catSchema = new dynamoose.Schema(
  {
    shelter: { type: String, hashKey: true },
    name: { type: String, rangeKey: true },
    breed: { type: String, index: { name: 'breedIndex', type: 'global', rangeKey: 'age' } },
    age: Number,
    lives: { type: Number, default: 9 },
    toys: { type: Set, schema: [String] },
    vaccinated: Boolean,
    details: { type: Object, schema: { colour: String, weight: Number } },
  },
  { timestamps: true },
)

const cats = dynamoose.model('Cat', catSchema)

before(async () => {
  server = await startServerUnderTest()
  const { endpoint, region, credentials } = server
  client = new dynamoose.aws.ddb.DynamoDB({ endpoint, region, credentials })
  dynamoose.aws.ddb.set(client)
  const table = new dynamoose.Table('Cats', [cats], {
    initialize: false,
    throughput: 'ON_DEMAND',
    waitForActive: { enabled: true, check: { timeout: 30_000, frequency: 100 } },
  })
  await table.initialize()
})
after(async () => {
  client?.destroy()
  await server?.stop()
})

test('a model makes its table, and its items keep their types', async () => {
  await cats.create({
    shelter: 'north',
    name: 'Minka',
    breed: 'tabby',
    age: 3,
    toys: new Set(['ball', 'mouse']),
    vaccinated: true,
    details: { colour: 'grey', weight: 4.25 },
  })
  const found = await cats.get({ shelter: 'north', name: 'Minka' })
  assert.equal(found['lives'], 9)
  assert.equal(found['vaccinated'], true)
  assert.deepEqual(found['toys'], new Set(['ball', 'mouse']))
  assert.deepEqual(found['details'], { colour: 'grey', weight: 4.25 })
  assert.ok(found['createdAt'] instanceof Date)
  await assert.rejects(cats.create({ shelter: 'north', name: 'Minka' }), { name: 'ConditionalCheckFailedException' })
})

test('an update adds, sets and removes under a condition', async () => {
  await cats.create({ shelter: 'north', name: 'Tom', breed: 'stray', age: 7 })
  const updated = await cats.update(
    { shelter: 'north', name: 'Tom' },
    { $ADD: { lives: -1 }, $SET: { age: 8 }, $REMOVE: ['breed'] },
    { condition: new dynamoose.Condition().where('age').eq(7) },
  )
  assert.equal(updated['lives'], 8)
  assert.equal(updated['breed'], undefined)
  await assert.rejects(
    cats.update(
      { shelter: 'north', name: 'Tom' },
      { $SET: { age: 9 } },
      { condition: new dynamoose.Condition().where('age').eq(7) },
    ),
    { name: 'ConditionalCheckFailedException' },
  )
  await cats.delete({ shelter: 'north', name: 'Tom' })
  assert.equal(await cats.get({ shelter: 'north', name: 'Tom' }), undefined)
})

test('batches, the index, filters and pages', async () => {
  const litter = Array.from({ length: 25 }, (_, number) => ({
    shelter: 'south',
    name: `kitten-${String(number).padStart(2, '0')}`,
    breed: number % 2 === 0 ? 'siamese' : 'manx',
    age: number,
  }))
  const { unprocessedItems: left } = await cats.batchPut(litter)
  assert.deepEqual(left, [])
  const several = await cats.batchGet([
    { shelter: 'south', name: 'kitten-01' },
    { shelter: 'south', name: 'kitten-02' },
  ])
  assert.deepEqual(several.map((cat) => cat['age']).sort(), [1, 2])
  const old = await cats.query('breed').eq('siamese').using('breedIndex').where('age').ge(10).sort('descending').exec()
  assert.deepEqual(
    old.map((cat) => cat['age']),
    [24, 22, 20, 18, 16, 14, 12, 10],
  )
  const names: unknown[] = []
  let query = cats.query('shelter').eq('south').limit(10)
  for (let page = 0; page < 5; page += 1) {
    const result = await query.exec()
    names.push(...result.map((cat) => cat['name']))
    if (result.lastKey === undefined) break
    query = cats.query('shelter').eq('south').limit(10).startAt(result.lastKey)
  }
  assert.deepEqual(
    names,
    litter.map((cat) => cat.name),
  )
  const young = await cats.scan('age').lt(5).and().where('shelter').eq('south').exec()
  assert.equal(young.length, 5)
  const { count } = await cats.scan().count().exec()
  assert.ok(count >= 25)
})

test('a transaction makes, changes and removes, or does nothing', async () => {
  await cats.create({ shelter: 'south', name: 'Tom', age: 5 })
  const adopt = (name: string) =>
    dynamoose.transaction([
      cats.transaction.create({ shelter: 'home', name, age: 5 }),
      cats.transaction.delete({ shelter: 'south', name }),
      cats.transaction.condition({ shelter: 'south', name }, new dynamoose.Condition().attribute('age').exists()),
    ])
  // The last two are of one item, which no transaction takes.
  await assert.rejects(adopt('Tom'), { name: 'ValidationException' })
  const move = (name: string) =>
    dynamoose.transaction([
      cats.transaction.create({ shelter: 'home', name, age: 5 }),
      cats.transaction.update({ shelter: 'south', name }, { $SET: { vaccinated: true } }),
    ])
  await move('Tom')
  assert.equal((await cats.get({ shelter: 'south', name: 'Tom' }))['vaccinated'], true)
  await assert.rejects(move('Tom'), { name: 'TransactionCanceledException' })
  const [found] = (await dynamoose.transaction([cats.transaction.get({ shelter: 'home', name: 'Tom' })])) as readonly {
    readonly age: number
  }[]
  assert.equal(found?.age, 5)
})
