/** What a trader tries with everything but the plain reads: writes, transactions, PartiQL, streams, the table itself. */
import type { Attempt } from './attempts.ts'
import { me, tradesArn, you } from './bank.ts'
import { sixAttributes } from './trader-policy.ts'

const TableName = 'Trades'
const six = { ProjectionExpression: sixAttributes.join(', ') }
const key = (TraderId: string, TradeId = 't1') => ({ TraderId: { S: TraderId }, TradeId: { S: TradeId } })
const own = key(me)
const foreign = key(you, 'u1')

const trying = (operation: string, name: string, input: object, answer: Attempt['answer'] = 'refused'): Attempt => ({
  name: `${operation}: ${name}`,
  operation,
  input,
  answer,
})

const writes: readonly Attempt[] = [
  trying('PutItem', 'an own trade', { TableName, Item: own }),
  trying('PutItem', 'an own trade, for the old one', { TableName, Item: own, ReturnValues: 'ALL_OLD' }),
  trying('UpdateItem', 'an own trade that changes nothing, for the whole', {
    TableName,
    Key: own,
    ReturnValues: 'ALL_NEW',
  }),
  trying('UpdateItem', "another's trade", { TableName, Key: foreign, UpdateExpression: 'SET Stock = Commission' }),
  trying('UpdateItem', 'by the legacy parameters', {
    TableName,
    Key: own,
    AttributeUpdates: { Stock: { Action: 'PUT', Value: { S: 'x' } } },
  }),
  trying('UpdateItem', 'a condition that fails, for the item', {
    TableName,
    Key: own,
    ConditionExpression: 'attribute_not_exists(TradeId)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }),
  trying('DeleteItem', 'an own trade, for the whole', { TableName, Key: own, ReturnValues: 'ALL_OLD' }),
  trying('DeleteItem', 'on a legacy condition', { TableName, Key: own, Expected: { Commission: { Exists: false } } }),
  trying('BatchWriteItem', 'an own trade', { RequestItems: { Trades: [{ PutRequest: { Item: own } }] } }),
]

const gets = (name: string, answer: Attempt['answer'], ...items: readonly object[]): Attempt =>
  trying(
    'TransactGetItems',
    name,
    { TransactItems: items.map((one) => ({ Get: { TableName, Key: own, ...one } })) },
    answer,
  )
const transactWrite = (name: string, answer: Attempt['answer'], ...TransactItems: readonly object[]): Attempt =>
  trying('TransactWriteItems', name, { TransactItems }, answer)
const check = (more: object = {}): object => ({
  ConditionCheck: { TableName, Key: own, ConditionExpression: 'attribute_exists(Stock)', ...more },
})
const failing = {
  ConditionExpression: 'attribute_not_exists(TradeId)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
}

const transactions: readonly Attempt[] = [
  gets('own trades', 'allowed', six, { ...six, Key: key(me, 't2') }),
  gets("another's trade", 'refused', { ...six, Key: foreign }),
  gets("an own and another's trade", 'refused', six, { ...six, Key: foreign }),
  gets('a whole trade', 'refused', {}),
  gets('a whole trade beside a projected one', 'refused', six, { Key: key(me, 't2') }),
  gets('a seventh attribute by an alias', 'refused', {
    ProjectionExpression: '#x',
    ExpressionAttributeNames: { '#x': 'Commission' },
  }),
  gets('another table', 'refused', six, { ...six, TableName: 'Ledger' }),
  gets("another's trade by the ARN", 'refused', six, { ...six, TableName: tradesArn, Key: foreign }),
  transactWrite('a check of an own trade', 'allowed', check()),
  transactWrite("a check of another's trade", 'refused', check({ Key: foreign })),
  transactWrite("a check of an own and another's trade", 'refused', check(), check({ Key: foreign })),
  transactWrite('a check of a seventh attribute', 'refused', check({ ConditionExpression: 'attribute_exists(Legs)' })),
  transactWrite(
    'a check of a seventh attribute by an alias',
    'refused',
    check({ ConditionExpression: 'size(#x) > Price', ExpressionAttributeNames: { '#x': 'Commission' } }),
  ),
  transactWrite("a check of another's trade that fails, for the item", 'refused', check({ ...failing, Key: foreign })),
  {
    ...transactWrite(
      'a check of an own trade that fails, for the item',
      'TransactionCanceledException',
      check(failing),
    ),
    leaks: 'the policy does not limit dynamodb:ReturnValues, which ReturnValuesOnConditionCheckFailure gives',
  },
  transactWrite('a check beside a put', 'refused', check(), { Put: { TableName, Item: key(me, 't9') } }),
  transactWrite('an update', 'refused', {
    Update: { TableName, Key: own, UpdateExpression: 'SET Price = Commission' },
  }),
  transactWrite('a delete of nothing, for the item', 'refused', { Delete: { TableName, Key: own, ...failing } }),
  transactWrite('no action', 'ValidationException', {}),
]

const statement = (name: string, Statement: string, more: object = {}): Attempt =>
  trying('ExecuteStatement', name, { Statement, ...more })
const inTransaction = (name: string, ...statements: readonly string[]): Attempt =>
  trying('ExecuteTransaction', name, { TransactStatements: statements.map((Statement) => ({ Statement })) })

const partiql: readonly Attempt[] = [
  statement('SELECT of an own trade', `SELECT Stock FROM Trades WHERE TraderId = '${me}' AND TradeId = 't1'`),
  statement('SELECT of everything', 'SELECT * FROM Trades'),
  statement("SELECT of another's trade by a parameter", 'SELECT Stock FROM "Trades" WHERE TraderId = ?', {
    Parameters: [{ S: you }],
  }),
  statement('SELECT with IN', `SELECT Stock FROM Trades WHERE TraderId IN ['${me}', '${you}']`),
  statement('SELECT of an index', `SELECT * FROM "Trades"."byCounterparty" WHERE Counterparty = '${me}'`),
  statement('INSERT', `INSERT INTO Trades VALUE {'TraderId': '${me}', 'TradeId': 't9'}`),
  statement('UPDATE', `UPDATE Trades SET Price = 1 WHERE TraderId = '${me}' AND TradeId = 't1' RETURNING ALL OLD *`),
  statement('DELETE', `DELETE FROM Trades WHERE TraderId = '${me}' AND TradeId = 't1' RETURNING ALL OLD *`),
  {
    ...trying('BatchExecuteStatement', 'SELECTs', {
      Statements: [{ Statement: `SELECT Stock FROM Trades WHERE TraderId = '${me}' AND TradeId = 't1'` }],
    }),
    answer: 'statement refused',
  },
  inTransaction('SELECTs', `SELECT Stock FROM Trades WHERE TraderId = '${me}' AND TradeId = 't1'`),
  inTransaction(
    'EXISTS',
    `EXISTS(SELECT * FROM Trades WHERE TraderId = '${you}' AND TradeId = 'u1' AND Commission = 'x')`,
  ),
]

const StreamArn = `${tradesArn}/stream/2026-01-01T00:00:00.000`
const table = (operation: string, more: object = {}): Attempt => trying(operation, 'the table', { TableName, ...more })

const around: readonly Attempt[] = [
  trying('DynamoDBStreams_20120810.ListStreams', 'of the table', { TableName }),
  trying('DynamoDBStreams_20120810.DescribeStream', 'a guessed one', { StreamArn }),
  trying('DynamoDBStreams_20120810.GetShardIterator', 'a guessed one', {
    StreamArn,
    ShardId: 'shardId-00000000000000000000-00000000',
    ShardIteratorType: 'TRIM_HORIZON',
  }),
  table('DescribeTable'),
  table('UpdateTable', { BillingMode: 'PAY_PER_REQUEST' }),
  table('DeleteTable'),
  table('DescribeTimeToLive'),
  table('UpdateTimeToLive', { TimeToLiveSpecification: { Enabled: true, AttributeName: 'Price' } }),
  table('DescribeContributorInsights'),
  table('UpdateContributorInsights', { ContributorInsightsAction: 'ENABLE' }),
  trying('ListTables', 'all', {}),
  trying('DescribeLimits', 'of the account', {}),
  trying('ListTagsOfResource', 'the table', { ResourceArn: tradesArn }),
  trying('TagResource', 'the table', { ResourceArn: tradesArn, Tags: [{ Key: 'a', Value: 'b' }] }),
  trying('ListTagsOfResource', 'the table in another partition', {
    ResourceArn: tradesArn.replace('arn:aws:', 'arn:aws-us-gov:'),
  }),
  trying('ExportTableToPointInTime', 'all of it', { TableArn: tradesArn, S3Bucket: 'mine' }, 'refused or unknown'),
  trying('CreateBackup', 'all of it', { TableName, BackupName: 'mine' }, 'refused or unknown'),
]

export const traderOthers: readonly Attempt[] = [...writes, ...transactions, ...partiql, ...around]
