/** PartiQL over the engine as it is: what is read against a plain filter, what is asked permission for and recorded. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { RequestContext } from '../../contract/request-context.ts'
import { checkShape } from '../../contract/shape.ts'
import type { Engine } from '../../engine/engine.ts'
import { evaluateCondition } from '../../engine/expressions/evaluate-condition.ts'
import type { Item } from '../../engine/items/attribute-value.ts'
import { openEngine } from '../../engine/open-engine.ts'
import { bindStatement } from '../../engine/partiql/bind-statement.ts'
import { systemClock } from '../../foundation/clock.ts'
import { JsonFragment } from '../../foundation/json-fragment.ts'
import { ServiceError } from '../../foundation/service-error.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { dynamodbService } from './service.ts'

let engine: Engine
before(async () => {
  const rootKey = createSecretKey(Buffer.alloc(32, 7))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 4096 })
  engine = await openEngine({ trees, clock: systemClock, tableTransitionMs: 0 })
  await run('CreateTable', {
    TableName: 'Music',
    AttributeDefinitions: ['pk', 'sk', 'g'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byGroup',
        KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  })
  for (const item of items) await run('PutItem', { TableName: 'Music', Item: item })
})
after(() => engine.close())

const items: readonly Item[] = ['a', 'b', 'c'].flatMap((pk) =>
  ['1', '2', '3', '4'].map((sk): Item => ({ pk: { S: pk }, sk: { S: sk }, x: { S: sk }, n: { N: sk } })),
)
const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/Music'

function context(): RequestContext {
  const [accountId, arn] = ['000000000000', 'arn:aws:iam::000000000000:root']
  return {
    requestId: 'R',
    receivedAtMs: systemClock.nowMs(),
    accountId,
    region: 'us-east-1',
    principal: { type: 'Root', accountId, arn, userId: accountId, accessKeyId: 'AKIAEXAMPLE' },
    source: {
      door: 'http',
      secureTransport: false,
      tlsVersion: undefined,
      cipherSuite: undefined,
      host: '127.0.0.1:8000',
      ipAddress: '127.0.0.1',
      userAgent: 'test',
    },
    engine,
  }
}

function operationNamed(name: string) {
  const found = dynamodbService.operations.find((operation) => operation.name === name)
  assert.ok(found !== undefined)
  return found
}

async function run(name: string, raw: unknown): Promise<unknown> {
  const operation = operationNamed(name)
  return operation.run(checkShape(operation.input, raw), context())
}

// What is read.

interface Page {
  readonly Items: unknown
  readonly NextToken?: string
}

/** Every page of a SELECT, or the message of its refusal. */
async function selected(statement: string, limit: number | undefined): Promise<readonly Item[] | string> {
  const found: Item[] = []
  let token: string | undefined
  for (let pages = 0; pages < 200; pages += 1) {
    const input = {
      Statement: statement,
      ...(limit && { Limit: limit }),
      ...(token !== undefined && { NextToken: token }),
    }
    let page: Page
    try {
      page = (await run('ExecuteStatement', input)) as Page
    } catch (error) {
      if (error instanceof ServiceError) return error.message
      throw error
    }
    found.push(...itemsOf(page.Items))
    token = page.NextToken
    if (token === undefined) return found
  }
  return assert.fail('the pages do not end')
}

function itemsOf(list: unknown): readonly Item[] {
  if (list instanceof JsonFragment) return JSON.parse(Buffer.concat(list.pieces).toString()) as readonly Item[]
  return (list as readonly unknown[]).flatMap((each) =>
    each instanceof JsonFragment ? [JSON.parse(Buffer.concat(each.pieces).toString()) as Item] : [each as Item],
  )
}

const text = (values: readonly string[]) => fc.constantFrom(...values.map((value) => `'${value}'`))
const comparator = fc.constantFrom('=', '<', '<=', '>', '>=', '<>')
const part = fc.oneof(
  text(['a', 'b', 'c', 'none']).map((pk) => `pk = ${pk}`),
  fc
    .uniqueArray(text(['a', 'b', 'c', 'none']), { minLength: 1, maxLength: 3 })
    .map((list) => `pk IN [${list.join(', ')}]`),
  fc.tuple(comparator, text(['0', '1', '2', '3', '4', '5'])).map(([sign, sk]) => `sk ${sign} ${sk}`),
  fc
    .uniqueArray(text(['1', '2', '3', '9']), { minLength: 1, maxLength: 2 })
    .map((list) => `sk IN [${list.join(', ')}]`),
  fc.tuple(text(['1', '2']), text(['2', '3', '4'])).map(([low, high]) => `sk BETWEEN ${low} AND ${high}`),
  text(['1', '2', '']).map((prefix) => `begins_with(sk, ${prefix})`),
  fc.tuple(comparator, text(['1', '2', '3'])).map(([sign, x]) => `x ${sign} ${x}`),
)
const { where } = fc.letrec<{ where: string }>((tie) => ({
  where: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'where' },
    part,
    fc.tuple(tie('where'), fc.constantFrom('AND', 'OR'), tie('where')).map(([a, word, b]) => `(${a} ${word} ${b})`),
    tie('where').map((inner) => `NOT (${inner})`),
  ),
}))
const pinned = fc.tuple(text(['a', 'b']), where).map(([pk, rest]) => `pk = ${pk} AND ${rest}`)

/** Clauses that the service refuses too, whatever they would find. */
const refusals =
  /^(Overlapping conditions|Too many decomposed|The BETWEEN operator|One or more parameter values are not valid\. The AttributeValue for a key attribute)/

test('whatever the plan, a SELECT finds what its condition holds for, once', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(fc.oneof(where, pinned), fc.constantFrom(undefined, 1, 3), async (clause, limit) => {
      const found = await selected(`SELECT * FROM "Music" WHERE ${clause}`, limit)
      if (typeof found === 'string') {
        assert.match(found, refusals)
        return
      }
      compared += 1
      const statement = bindStatement(`SELECT * FROM t WHERE ${clause}`, [])
      const condition = statement.kind === 'select' ? statement.where : undefined
      assert.ok(condition !== undefined)
      assert.deepEqual(inOrder(found), inOrder(items.filter((each) => evaluateCondition(condition, each))))
    }),
    { numRuns: 600 },
  )
  assert.ok(compared > 150, `${compared} clauses were compared`)
})

function inOrder(list: readonly Item[]): readonly string[] {
  return list.map((each) => JSON.stringify(each)).sort()
}

// What is asked.

async function asked(name: string, raw: unknown): Promise<readonly Record<string, unknown>[]> {
  const operation = operationNamed(name)
  const requests = operation.access(checkShape(operation.input, raw), context())
  return Promise.all(
    requests.map(async ({ action, resource, conditions }) => ({ action, resource, ...(await conditions?.()) })),
  )
}

async function askedFor(statement: string, ...parameters: readonly object[]): Promise<Record<string, unknown>> {
  const input = { Statement: statement, ...(parameters.length > 0 && { Parameters: parameters }) }
  const [request, ...more] = await asked('ExecuteStatement', input)
  assert.deepEqual(more, [])
  return request ?? {}
}

test('a SELECT asks with its partitions, its attributes, and whether it scans', async () => {
  const statement = 'SELECT a.b, n FROM "Music" WHERE pk IN [?, ?] AND x[0] = 1 ORDER BY pk, sk'
  assert.deepEqual(await askedFor(statement, { S: 'p' }, { S: 'q' }), {
    action: 'dynamodb:PartiQLSelect',
    resource: table,
    'dynamodb:LeadingKeys': ['p', 'q'],
    'dynamodb:FirstPartitionKeyValues': ['p', 'q'],
    'dynamodb:Attributes': ['pk', 'x', 'a', 'n', 'sk'],
    'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
    'dynamodb:FullTableScan': 'false',
    'dynamodb:ReturnConsumedCapacity': 'NONE',
  })
  assert.deepEqual(await askedFor('SELECT * FROM "Music"'), {
    action: 'dynamodb:PartiQLSelect',
    resource: table,
    'dynamodb:Attributes': [],
    'dynamodb:Select': 'ALL_ATTRIBUTES',
    'dynamodb:FullTableScan': 'true',
    'dynamodb:ReturnConsumedCapacity': 'NONE',
  })
})

test('a SELECT that does not stay in its partitions is a scan, and names none', async () => {
  for (const clause of [`pk = 'p' OR n = 1`, `pk > 'p'`, `NOT pk = 'p'`, 'n = 1', `pk <> 'p'`]) {
    const request = await askedFor(`SELECT * FROM "Music" WHERE ${clause}`)
    assert.equal(request['dynamodb:FullTableScan'], 'true', clause)
    assert.equal(request['dynamodb:LeadingKeys'], undefined, clause)
  }
  // What will be refused must not pass for a read of a few partitions.
  const refused = await askedFor('SELECT * FROM "Music" WHERE pk = 1')
  assert.equal(refused['dynamodb:FullTableScan'], 'true')
})

test('a SELECT from an index asks on the index, with the index key', async () => {
  const request = await askedFor(`SELECT * FROM "Music"."byGroup" WHERE g = 'x' AND pk = 'y'`)
  assert.equal(request['resource'], `${table}/index/byGroup`)
  assert.deepEqual(request['dynamodb:LeadingKeys'], ['x'])
  assert.equal(request['dynamodb:FullTableScan'], 'false')
  assert.equal(request['dynamodb:Select'], 'ALL_PROJECTED_ATTRIBUTES')
})

test('writes ask with their key, their attributes and what they return', async () => {
  const common = { resource: table, 'dynamodb:LeadingKeys': ['p'], 'dynamodb:FirstPartitionKeyValues': ['p'] }
  const capacity = { 'dynamodb:ReturnConsumedCapacity': 'NONE' }
  assert.deepEqual(await askedFor(`INSERT INTO "Music" VALUE {'pk': 'p', 'sk': 's', 'a': 1}`), {
    action: 'dynamodb:PartiQLInsert',
    ...common,
    'dynamodb:Attributes': ['pk', 'sk', 'a'],
    ...capacity,
  })
  const update = `UPDATE "Music" SET a = b + 1 REMOVE c.d WHERE pk = 'p' AND sk = 's' AND e = 1 RETURNING MODIFIED NEW *`
  assert.deepEqual(await askedFor(update), {
    action: 'dynamodb:PartiQLUpdate',
    ...common,
    'dynamodb:Attributes': ['a', 'b', 'c', 'pk', 'sk', 'e'],
    'dynamodb:ReturnValues': 'UPDATED_NEW',
    ...capacity,
  })
  assert.deepEqual(await askedFor(`DELETE FROM "${table}" WHERE sk = 's' AND pk = 'p'`), {
    action: 'dynamodb:PartiQLDelete',
    ...common,
    'dynamodb:Attributes': ['sk', 'pk'],
    'dynamodb:ReturnValues': 'NONE',
    ...capacity,
  })
})

test('a transaction and a batch ask for every statement', async () => {
  const exists = `EXISTS(SELECT * FROM "Music" WHERE pk = 'p' AND sk = 's' AND n = 1)`
  const update = `UPDATE "Music" SET n = 1 WHERE pk = 'q' AND sk = 's'`
  const TransactStatements = [
    { Statement: exists },
    { Statement: update, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
  ]
  const requests = await asked('ExecuteTransaction', { TransactStatements })
  assert.deepEqual(
    requests.map((request) => [
      request['action'],
      request['dynamodb:LeadingKeys'],
      request['dynamodb:EnclosingOperation'],
      request['dynamodb:ReturnValues'],
    ]),
    [
      ['dynamodb:PartiQLSelect', ['p'], 'ExecuteTransaction', 'NONE'],
      ['dynamodb:PartiQLUpdate', ['q'], 'ExecuteTransaction', 'ALL_OLD'],
    ],
  )
  const batch = await asked('BatchExecuteStatement', { Statements: [{ Statement: update }, { Statement: 'SLECT 1' }] })
  assert.deepEqual(
    batch.map((request) => [request['action'], request['dynamodb:EnclosingOperation']]),
    [['dynamodb:PartiQLUpdate', undefined]],
  )
})

test('a statement that cannot be read asks for nothing: it is refused', () => {
  const { access, input } = operationNamed('ExecuteStatement')
  assert.throws(() => access(checkShape(input, { Statement: 'SLECT 1' }), context()), { code: 'ValidationException' })
})

// What is recorded.

test('audit records hold statements without their values, and no parameters', () => {
  const secret = 'secret-value'
  const statement = `UPDATE "Music" SET a = {'name': '${secret}', 'n': 4711}, b = ? WHERE pk = '${secret}' -- ${secret}`
  const one = { Statement: statement, Parameters: [{ S: secret }] }
  const redacted = `UPDATE "Music" SET a = {'name': ***(Redacted), 'n': ***(Redacted)}, b = ? WHERE pk = ***(Redacted) `
  for (const [name, raw, recorded] of [
    ['ExecuteStatement', { ...one, Limit: 5 }, { statement: redacted, limit: 5 }],
    ['BatchExecuteStatement', { Statements: [one] }, { statements: [{ statement: redacted }] }],
    ['ExecuteTransaction', { TransactStatements: [one] }, { transactStatements: [{ statement: redacted }] }],
  ] as const) {
    const { input, audit } = operationNamed(name)
    const value = checkShape(input, raw)
    assert.deepEqual(audit.requestParameters(value), recorded)
    assert.deepEqual(audit.resources(value, context()), [{ type: 'AWS::DynamoDB::Table', arn: table }])
    assert.equal(audit.readOnly, false)
  }
})

test('what cannot be read is recorded as nothing', () => {
  const { input, audit } = operationNamed('ExecuteStatement')
  const value = checkShape(input, { Statement: `SELECT * FROM "Music" WHERE pk = 'secret` })
  assert.deepEqual(audit.requestParameters(value), { statement: '***(Redacted)' })
  assert.deepEqual(audit.resources(value, context()), [])
})
