/** The trader's policy with more granted: indexes, writes, PartiQL; and what AWS's guide adds to it then. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Client } from '../conformance/client.ts'
import { answered } from '../conformance/refusals.ts'
import { type Attempt, attempt } from './attempts.ts'
import { account, type Bank, item, me, openBank, tradesArn, you } from './bank.ts'
import { ownTradesOnly, sixAttributes, traderStatement } from './trader-policy.ts'

let bank: Bank
const clients = new Map<string, Client>()
before(async () => {
  bank = await openBank()
  for (const [name, statements] of Object.entries(roles)) {
    await bank.role(name, statements)
    clients.set(name, bank.client(await bank.session(name, me)))
  }
  const { client } = bank.server
  for (const Desk of [42, 43]) await answered(client.call('PutItem', { TableName: 'Desks', Item: item({ Desk }) }))
  await answered(client.call('PutItem', { TableName: 'Vaults', Item: { Vault: { B: '/w==' } } }))
})
after(() => bank?.stop())

const grant = (
  Action: string | readonly string[],
  Condition: object,
  Resource: string | readonly string[] = tradesArn,
) => ({
  Effect: 'Allow',
  Action,
  Resource,
  Condition,
})
const tableArn = (name: string) => `arn:aws:dynamodb:us-east-1:${account}:table/${name}`
const deny = (Resource: string, LeadingKeys: readonly string[]) => ({
  Effect: 'Deny',
  Action: 'dynamodb:*',
  Resource,
  Condition: { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': LeadingKeys } },
})
const nothingBack = { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES', 'dynamodb:ReturnValues': 'NONE' }
const writerConditions = {
  'ForAllValues:StringEquals': ownTradesOnly['ForAllValues:StringEquals'],
  StringEqualsIfExists: {
    'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
    'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'],
  },
}

const roles: Readonly<Record<string, readonly object[]>> = {
  indexes: [
    grant(
      'dynamodb:Query',
      {
        ...ownTradesOnly,
        'ForAllValues:StringEquals': {
          ...ownTradesOnly['ForAllValues:StringEquals'],
          'dynamodb:Attributes': [...sixAttributes, 'Counterparty'],
        },
      },
      [tradesArn, `${tradesArn}/index/*`],
    ),
  ],
  projected: [
    grant(
      'dynamodb:Query',
      { StringEquals: { 'dynamodb:Select': 'ALL_PROJECTED_ATTRIBUTES' } },
      `${tradesArn}/index/byTime`,
    ),
  ],
  guarded: [{ ...traderStatement, Condition: { ...ownTradesOnly, StringEqualsIfExists: nothingBack } }],
  writer: [grant(['dynamodb:UpdateItem', 'dynamodb:PartiQLUpdate', 'dynamodb:GetItem'], writerConditions)],
  // Example 3 of the guide: all may be updated but these.
  sparing: [
    grant('dynamodb:UpdateItem', {
      'ForAllValues:StringNotLike': { 'dynamodb:Attributes': ['Commission', 'Leg*'] },
      StringEquals: { 'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'] },
    }),
  ],
  partiql: [
    grant(['dynamodb:PartiQLSelect', 'dynamodb:PartiQLInsert'], ownTradesOnly, [tradesArn, `${tradesArn}/index/*`]),
    {
      Effect: 'Deny',
      Action: 'dynamodb:PartiQLSelect',
      Resource: '*',
      Condition: { Bool: { 'dynamodb:FullTableScan': 'true' } },
    },
  ],
  transacting: [
    grant(['dynamodb:PutItem', 'dynamodb:GetItem'], {
      StringEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' },
    }),
    grant('dynamodb:PartiQLSelect', {
      'ForAnyValue:StringEquals': { 'dynamodb:EnclosingOperation': ['ExecuteTransaction'] },
    }),
  ],
  desks: [
    { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' },
    deny(tableArn('Desks'), ['42']),
    deny(tableArn('Vaults'), ['/w==']),
    deny(tradesArn, [you]),
  ],
}

const TableName = 'Trades'
const six = { ProjectionExpression: sixAttributes.join(', ') }
const key = (TraderId: string, TradeId = 't1') => ({ TraderId: { S: TraderId }, TradeId: { S: TradeId } })
const own = key(me)

function tries(role: string, attempts: readonly Attempt[]): void {
  describe(role, () => {
    for (const one of attempts) test(one.name, () => attempt(clients.get(role) as Client, one))
  })
}
const of =
  (operation: string, common: object) =>
  (name: string, answer: Attempt['answer'], input: object, leaks?: string): Attempt => ({
    name,
    operation,
    answer,
    input: { ...common, ...input },
    ...(leaks !== undefined && { leaks }),
  })

const query = of('Query', { TableName, ...six })
const byKey = (name: string, value: string) => ({
  KeyConditionExpression: `${name} = :v`,
  ExpressionAttributeValues: { ':v': { S: value } },
})
const otherKey = 'the leading key of an index is its own: trades in which the trader is the counterparty are his by it'

tries('indexes', [
  query('a local index, own trades', 'allowed', { IndexName: 'byTime', ...byKey('TraderId', me) }),
  query("a local index, another's trades", 'refused', { IndexName: 'byTime', ...byKey('TraderId', you) }),
  query('a local index, all that it holds', 'refused', {
    IndexName: 'byTime',
    ProjectionExpression: undefined,
    ...byKey('TraderId', me),
  }),
  query(
    'a global index, by its own key',
    'allowed',
    { IndexName: 'byCounterparty', ...byKey('Counterparty', me) },
    otherKey,
  ),
  query("a global index, by another's", 'refused', { IndexName: 'byCounterparty', ...byKey('Counterparty', 'bank') }),
  query('a global index, by the key of the table', 'ValidationException', {
    IndexName: 'byCounterparty',
    ...byKey('TraderId', me),
  }),
  query('an index that is not there', 'ValidationException', { IndexName: 'byNothing', ...byKey('TraderId', you) }),
])

tries('projected', [
  query(
    'what is projected',
    'allowed',
    { IndexName: 'byTime', ProjectionExpression: undefined, ...byKey('TraderId', me) },
    'the policy limits neither keys nor attributes',
  ),
  query('what is projected, saying so', 'allowed', {
    IndexName: 'byTime',
    Select: 'ALL_PROJECTED_ATTRIBUTES',
    ProjectionExpression: undefined,
    ...byKey('TraderId', 'none'),
  }),
  query('what is not projected, too', 'refused', {
    IndexName: 'byTime',
    Select: 'ALL_ATTRIBUTES',
    ProjectionExpression: undefined,
    ...byKey('TraderId', me),
  }),
  query('some', 'refused', { IndexName: 'byTime', ...byKey('TraderId', me) }),
  query('how many', 'refused', {
    IndexName: 'byTime',
    Select: 'COUNT',
    ProjectionExpression: undefined,
    ...byKey('TraderId', me),
  }),
])

const check = (name: string, answer: Attempt['answer'], more: object): Attempt => ({
  name,
  operation: 'TransactWriteItems',
  answer,
  input: {
    TransactItems: [
      { ConditionCheck: { TableName, Key: own, ConditionExpression: 'attribute_not_exists(Stock)', ...more } },
    ],
  },
})
tries('guarded', [
  check('a check that fails', 'TransactionCanceledException', {}),
  check('a check that fails, saying NONE', 'TransactionCanceledException', {
    ReturnValuesOnConditionCheckFailure: 'NONE',
  }),
  check('a check that fails, for the item', 'refused', { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
])

const update = of('UpdateItem', {
  TableName,
  Key: own,
  UpdateExpression: 'SET Price = :v',
  ExpressionAttributeValues: { ':v': { N: '11' } },
})
const unvalued = { ExpressionAttributeValues: undefined }
const failing = { ConditionExpression: 'Price = :v', ExpressionAttributeValues: { ':v': { N: '1' } } }
tries('writer', [
  update('an allowed attribute', 'allowed', {}),
  update('what was changed comes back', 'allowed', { ReturnValues: 'UPDATED_OLD' }),
  update('the whole after', 'refused', { ReturnValues: 'ALL_NEW' }),
  update('the whole before', 'refused', { ReturnValues: 'ALL_OLD' }),
  update('a condition that fails', 'ConditionalCheckFailedException', failing),
  update('a condition that fails, for the item', 'refused', {
    ...failing,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }),
  update('a condition on a seventh attribute', 'refused', { ConditionExpression: 'attribute_exists(Commission)' }),
  update('a legacy condition on a seventh attribute', 'refused', {
    ...unvalued,
    UpdateExpression: undefined,
    AttributeUpdates: { Price: { Value: { N: '11' } } },
    Expected: { Commission: { ComparisonOperator: 'NOT_NULL' } },
  }),
  update('a seventh attribute', 'refused', { UpdateExpression: 'SET Commission = :v' }),
  update('a seventh attribute by the legacy parameters', 'refused', {
    ...unvalued,
    UpdateExpression: undefined,
    AttributeUpdates: { Commission: { Action: 'DELETE' } },
  }),
  update('a seventh attribute copied to an allowed one', 'refused', {
    ...unvalued,
    UpdateExpression: 'SET Stock = Commission',
  }),
  update('a seventh attribute copied where one is missing', 'refused', {
    ...unvalued,
    UpdateExpression: 'SET Stock = if_not_exists(Nowhere, Commission)',
  }),
  update('a seventh attribute appended', 'refused', {
    ...unvalued,
    UpdateExpression: 'SET Stock = list_append(Legs, Legs)',
  }),
  update('a seventh attribute added up', 'refused', { UpdateExpression: 'SET Price = Commission + :v' }),
  update('a seventh attribute removed beside a change', 'refused', {
    UpdateExpression: 'SET Price = :v REMOVE #x',
    ExpressionAttributeNames: { '#x': 'Legs' },
  }),
  update('inside a seventh attribute', 'refused', { UpdateExpression: 'SET Legs[0].Note = :v' }),
  update("another's trade", 'refused', { Key: key(you, 'u1') }),
  of('ExecuteStatement', {})('PartiQL, an allowed attribute', 'allowed', {
    Statement: `UPDATE Trades SET Price = 12 WHERE TraderId = '${me}' AND TradeId = 't1' RETURNING MODIFIED NEW *`,
  }),
  of('ExecuteStatement', {})('PartiQL, the whole', 'refused', {
    Statement: `UPDATE Trades SET Price = 12 WHERE TraderId = '${me}' AND TradeId = 't1' RETURNING ALL NEW *`,
  }),
  of('ExecuteStatement', {})('PartiQL, a condition that fails, for the item', 'refused', {
    Statement: `UPDATE Trades SET Price = 12 WHERE TraderId = '${me}' AND TradeId = 't1' AND Price = 99`,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }),
  of('BatchExecuteStatement', {})('PartiQL in a batch, a condition that fails, for the item', 'statement refused', {
    Statements: [
      {
        Statement: `UPDATE Trades SET Price = 12 WHERE TraderId = '${me}' AND TradeId = 't1' AND Price = 99`,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    ],
  }),
  of('ExecuteStatement', {})("PartiQL, another's trade", 'refused', {
    Statement: `UPDATE Trades SET Price = 12 WHERE TraderId = '${you}' AND TradeId = 'u1'`,
  }),
])

tries('sparing', [
  update('an attribute', 'allowed', {}),
  update('one of those', 'refused', { UpdateExpression: 'SET Commission = :v' }),
  update('one like those', 'refused', { ...unvalued, UpdateExpression: 'REMOVE Legs' }),
  update('one of those read', 'refused', { ...unvalued, UpdateExpression: 'SET Stock = Commission' }),
  update('for the whole', 'refused', { ReturnValues: 'ALL_NEW' }),
])

const select = of('ExecuteStatement', {})
const sixOf = (where: string) => ({ Statement: `SELECT ${sixAttributes.join(', ')} FROM Trades WHERE ${where}` })
tries('partiql', [
  select('own trades', 'allowed', sixOf(`TraderId = '${me}'`)),
  select('own trades, a page at a time', 'allowed', { ...sixOf(`TraderId = '${me}'`), Limit: 1 }),
  select("another's trades", 'refused', sixOf(`TraderId = '${you}'`)),
  select("another's trades, operands turned round", 'refused', sixOf(`'${you}' = TraderId`)),
  select('two traders by IN', 'refused', sixOf(`TraderId IN ['${me}', '${you}']`)),
  select('two traders by OR', 'refused', sixOf(`TraderId = '${me}' OR TraderId = '${you}'`)),
  select(
    'two traders by OR inside AND',
    'refused',
    sixOf(`Price > 0 AND (TraderId = '${me}' OR (TraderId = '${you}' AND Price > 1))`),
  ),
  select('both traders at once', 'allowed', sixOf(`TraderId = '${me}' AND TraderId = '${you}'`)),
  select('own trades or cheap ones', 'refused', sixOf(`TraderId = '${me}' OR Price > 0`)),
  select("all but another's", 'refused', sixOf(`NOT TraderId = '${you}'`)),
  select('by a range of traders', 'refused', sixOf(`TraderId >= 'a'`)),
  select('all', 'refused', { Statement: 'SELECT Stock FROM Trades' }),
  select('whole trades', 'refused', { Statement: `SELECT * FROM Trades WHERE TraderId = '${me}'` }),
  select('a seventh attribute', 'refused', {
    Statement: `SELECT Stock, Commission FROM Trades WHERE TraderId = '${me}'`,
  }),
  select('inside a seventh attribute', 'refused', {
    Statement: `SELECT Legs[0].Note FROM Trades WHERE TraderId = '${me}'`,
  }),
  select('a filter on a seventh attribute', 'refused', sixOf(`TraderId = '${me}' AND Commission = 'x'`)),
  select(
    'a filter on whether a seventh attribute is there',
    'refused',
    sixOf(`TraderId = '${me}' AND Commission IS NOT MISSING`),
  ),
  select('an index by its own key', 'refused', {
    Statement: `SELECT Stock FROM "Trades"."byCounterparty" WHERE Counterparty = '${me}'`,
  }),
  select('an index by the key of the table', 'refused', {
    Statement: `SELECT Stock FROM "Trades"."byCounterparty" WHERE TraderId = '${me}'`,
  }),
  select('an insert under an own key', 'allowed', {
    Statement: `INSERT INTO Trades VALUE {'TraderId': '${me}', 'TradeId': 't8'}`,
  }),
  select("an insert under another's key", 'refused', {
    Statement: `INSERT INTO Trades VALUE {'TraderId': '${you}', 'TradeId': 't8'}`,
  }),
  select('an insert with a seventh attribute', 'refused', {
    Statement: `INSERT INTO Trades VALUE {'TraderId': '${me}', 'TradeId': 't7', 'Commission': 1}`,
  }),
  of('BatchExecuteStatement', {})("a batch with another's trade", 'statement refused', {
    Statements: [sixOf(`TraderId = '${me}' AND TradeId = 't1'`), sixOf(`TraderId = '${you}' AND TradeId = 'u1'`)],
  }),
  of('ExecuteTransaction', {})("a transaction with another's trade", 'refused', {
    TransactStatements: [
      sixOf(`TraderId = '${me}' AND TradeId = 't1'`),
      sixOf(`TraderId = '${you}' AND TradeId = 'u1'`),
    ],
  }),
  of('ExecuteTransaction', {})("whether another's trade exists", 'refused', {
    TransactStatements: [
      { Statement: `EXISTS(SELECT * FROM Trades WHERE TraderId = '${you}' AND TradeId = 'u1' AND Price = 77)` },
    ],
  }),
  of('ExecuteTransaction', {})('whether an own trade has a seventh attribute', 'refused', {
    TransactStatements: [
      { Statement: `EXISTS(SELECT * FROM Trades WHERE TraderId = '${me}' AND TradeId = 't1' AND Commission = 'x')` },
    ],
  }),
])

tries('transacting', [
  of('TransactWriteItems', {})('a put in a transaction', 'allowed', {
    TransactItems: [{ Put: { TableName, Item: key(me, 'new') } }],
  }),
  of('PutItem', { TableName })('a put by itself', 'refused', { Item: key(me, 'new') }),
  of('TransactGetItems', {})('a get in a transaction of reads', 'refused', {
    TransactItems: [{ Get: { TableName, Key: own } }],
  }),
  of('ExecuteTransaction', {})('a SELECT in a transaction', 'allowed', {
    TransactStatements: [{ Statement: `SELECT Stock FROM Trades WHERE TraderId = '${me}' AND TradeId = 't1'` }],
  }),
  select('a SELECT by itself', 'refused', sixOf(`TraderId = '${me}'`)),
])

const desk = (N: string) => of('GetItem', { TableName: 'Desks' })(`desk ${N}`, 'refused', { Key: { Desk: { N } } })
tries('desks', [
  of('GetItem', { TableName: 'Desks' })('a desk that is not denied', 'allowed', { Key: { Desk: { N: '43' } } }),
  ...['42', '42.0', '042', '4.2E1', '+42', '4200e-2', '0.42e2'].map(desk),
  of('Query', { TableName: 'Desks' })('desk 42.00 by a query', 'refused', {
    KeyConditionExpression: 'Desk = :d',
    ExpressionAttributeValues: { ':d': { N: '42.00' } },
  }),
  of('Query', { TableName: 'Desks' })('desk 42.00 by a legacy query', 'refused', {
    KeyConditions: { Desk: { ComparisonOperator: 'EQ', AttributeValueList: [{ N: '42.00' }] } },
  }),
  select('desk 42.0 by PartiQL', 'refused', { Statement: 'SELECT * FROM Desks WHERE Desk = 42.0' }),
  of('BatchGetItem', {})('desks 43 and 42.0', 'refused', {
    RequestItems: { Desks: { Keys: [{ Desk: { N: '43' } }, { Desk: { N: '42.0' } }] } },
  }),
  of('TransactGetItems', {})('desk 42.0 in a transaction', 'refused', {
    TransactItems: [{ Get: { TableName: 'Desks', Key: { Desk: { N: '42.0' } } } }],
  }),
  of('GetItem', { TableName: 'Vaults' })('a vault', 'refused', { Key: { Vault: { B: '/w==' } } }),
  of('GetItem', { TableName: tradesArn.replace('arn:aws:', 'arn:aws-cn:') })(
    'a denied trade by another ARN',
    'ValidationException',
    { Key: key(you, 'u1') },
  ),
])

test('bytes have one text: base64 that differs in unused bits is refused or denied', async () => {
  const { code } = await (clients.get('desks') as Client).call('GetItem', {
    TableName: 'Vaults',
    Key: { Vault: { B: '/x==' } },
  })
  assert.ok(code === 'AccessDeniedException' || code === 'SerializationException', String(code))
})
