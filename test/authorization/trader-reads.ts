/** What a trader tries with GetItem, Query, Scan and BatchGetItem. */
import type { Attempt } from './attempts.ts'
import { account, me, tradesArn, you } from './bank.ts'
import { sixAttributes } from './trader-policy.ts'

const TableName = 'Trades'
const six = { ProjectionExpression: sixAttributes.join(', ') }
const key = (TraderId: string, TradeId = 't1') => ({ TraderId: { S: TraderId }, TradeId: { S: TradeId } })
const own = key(me)
const foreign = key(you, 'u1')

const get = (name: string, answer: Attempt['answer'], input: object): Attempt => ({
  name: `GetItem: ${name}`,
  operation: 'GetItem',
  answer,
  input: { TableName, Key: own, ...input },
})

const gets: readonly Attempt[] = [
  get('six attributes of an own trade', 'allowed', six),
  get('consistently', 'allowed', { ...six, ConsistentRead: true }),
  get('by the ARN of the table', 'allowed', { ...six, TableName: tradesArn }),
  get('by AttributesToGet', 'allowed', { AttributesToGet: sixAttributes }),
  get('inside an attribute that is allowed', 'allowed', { ProjectionExpression: 'Stock.Isin, Price[0]' }),
  get('a trade that is not there', 'allowed', { ...six, Key: key(me, 'none') }),
  get('a whole own trade', 'refused', {}),
  get("another's trade", 'refused', { ...six, Key: foreign }),
  get("another's trade, consistently", 'refused', { ...six, Key: foreign, ConsistentRead: true }),
  get("another's trade by ARN", 'refused', { ...six, TableName: tradesArn, Key: foreign }),
  get("another's trade that is not there", 'refused', { ...six, Key: key(you, 'none') }),
  get('the own name in capitals', 'refused', { ...six, Key: key(me.toUpperCase()) }),
  get('the own name with a space behind', 'refused', { ...six, Key: key(`${me} `) }),
  get('the own name with a NUL behind', 'refused', { ...six, Key: key(`${me}\0`) }),
  get('a wildcard for a key', 'refused', { ...six, Key: key('*') }),
  get('the variable itself for a key', 'refused', { ...six, Key: key(`$${'{www.amazon.com:user_id}'}`) }),
  get('an empty key', 'refused', { ...six, Key: key('') }),
  get('a number for a key', 'refused', { ...six, Key: { ...own, TraderId: { N: '1' } } }),
  get('the own name in binary', 'refused', {
    ...six,
    Key: { ...own, TraderId: { B: Buffer.from(me).toString('base64') } },
  }),
  get('a set for a key', 'refused', { ...six, Key: { ...own, TraderId: { SS: [you] } } }),
  get('a key of two types', 'ValidationException', { ...six, Key: { ...own, TraderId: { S: me, N: '1' } } }),
  get('no partition key', 'ValidationException', { ...six, Key: { TradeId: { S: 'u1' } } }),
  get('partition key under a name in other case', 'refused', {
    ...six,
    Key: { traderid: { S: me }, TradeId: { S: 't1' } },
  }),
  get('partition keys under both names', 'refused', { ...six, Key: { ...foreign, traderid: { S: me } } }),
  get('a third key attribute, allowed', 'ValidationException', { ...six, Key: { ...own, Stock: { S: 'ACME' } } }),
  get('a seventh attribute', 'refused', { ProjectionExpression: 'TradeId, Commission' }),
  get('a seventh attribute by an alias', 'refused', {
    ProjectionExpression: 'TradeId, #c',
    ExpressionAttributeNames: { '#c': 'Commission' },
  }),
  get('an alias that is called like an allowed attribute', 'refused', {
    ProjectionExpression: '#Stock',
    ExpressionAttributeNames: { '#Stock': 'Commission' },
  }),
  get('inside a seventh attribute', 'refused', { ProjectionExpression: 'Legs[0].Note' }),
  get('a seventh attribute whose name looks like a path of the first', 'refused', {
    ProjectionExpression: '#p',
    ExpressionAttributeNames: { '#p': 'Stock.Commission' },
  }),
  get('an allowed attribute in other case', 'refused', { ProjectionExpression: 'STOCK' }),
  get('a seventh attribute by AttributesToGet', 'refused', { AttributesToGet: ['TradeId', 'Commission'] }),
  get('AttributesToGet of nothing', 'ValidationException', { AttributesToGet: [] }),
  get('an empty projection', 'ValidationException', { ProjectionExpression: '' }),
  get('both kinds of projection', 'ValidationException', { ...six, AttributesToGet: ['TradeId'] }),
  get('an alias that nothing uses', 'ValidationException', {
    ...six,
    ExpressionAttributeNames: { '#c': 'Commission' },
  }),
  get('AttributesToGet with aliases', 'ValidationException', {
    AttributesToGet: ['TradeId'],
    ExpressionAttributeNames: { '#c': 'Commission' },
  }),
  get('the name of the table in other case', 'refused', { ...six, TableName: 'trades' }),
  get('another table of the same shape', 'refused', { ...six, TableName: 'Ledger' }),
  get('a table that is not there', 'refused', { ...six, TableName: 'Nothing' }),
  get('the table in another account', 'refused', { ...six, TableName: tradesArn.replace(account, '111111111111') }),
  get('the table in another Region', 'ValidationException', {
    ...six,
    TableName: tradesArn.replace('us-east-1', 'eu-west-1'),
  }),
  get('the table in another partition', 'ValidationException', {
    ...six,
    Key: foreign,
    TableName: tradesArn.replace('arn:aws:', 'arn:aws-cn:'),
  }),
  get('the ARN of an index', 'ValidationException', { ...six, TableName: `${tradesArn}/index/byCounterparty` }),
  {
    name: 'GetItem: Key twice, the second of another',
    operation: 'GetItem',
    input: `{"TableName":"Trades","ProjectionExpression":"Stock","Key":${JSON.stringify(own)},"Key":${JSON.stringify(foreign)}}`,
    answer: 'refused',
  },
  {
    name: 'GetItem: a key attribute called __proto__',
    operation: 'GetItem',
    input: `{"TableName":"Trades","ProjectionExpression":"Stock","Key":{"TradeId":{"S":"u1"},"__proto__":{"TraderId":{"S":"${you}"}}}}`,
    answer: 'refused',
  },
]

const ofMine = { KeyConditionExpression: 'TraderId = :t', ExpressionAttributeValues: { ':t': { S: me } } }
const ofYours = { KeyConditionExpression: 'TraderId = :t', ExpressionAttributeValues: { ':t': { S: you } } }
const query = (name: string, answer: Attempt['answer'], input: object): Attempt => ({
  name: `Query: ${name}`,
  operation: 'Query',
  answer,
  input: { TableName, ...six, ...input },
})
const filtered = (name: string, answer: Attempt['answer'], filter: string, more: object = {}): Attempt =>
  query(name, answer, {
    ...ofMine,
    FilterExpression: filter,
    ExpressionAttributeValues: { ':t': { S: me }, ':v': { S: 'x' } },
    ...more,
  })
const equals = (...values: readonly string[]) => ({
  ComparisonOperator: 'EQ',
  AttributeValueList: values.map((S) => ({ S })),
})
const legacy = { ProjectionExpression: undefined, AttributesToGet: sixAttributes }

const queries: readonly Attempt[] = [
  query('own trades', 'allowed', ofMine),
  query('own trades, saying SPECIFIC_ATTRIBUTES', 'allowed', { ...ofMine, Select: 'SPECIFIC_ATTRIBUTES' }),
  query('own trades by the legacy parameters', 'allowed', { ...legacy, KeyConditions: { TraderId: equals(me) } }),
  query('own trades, a page at a time', 'allowed', { ...ofMine, Limit: 1, ExclusiveStartKey: own }),
  query("another's trades", 'refused', ofYours),
  query("another's trades, operands turned round", 'refused', { ...ofYours, KeyConditionExpression: ':t = TraderId' }),
  query("another's trades by an alias", 'refused', {
    ...ofYours,
    KeyConditionExpression: '#Stock = :t',
    ExpressionAttributeNames: { '#Stock': 'TraderId' },
  }),
  query("another's trades by the legacy parameters", 'refused', {
    ...legacy,
    KeyConditions: { TraderId: equals(you) },
  }),
  query('two traders by the legacy parameters', 'ValidationException', {
    ...legacy,
    KeyConditions: { TraderId: equals(me, you) },
  }),
  query('key conditions of both kinds', 'ValidationException', { ...ofMine, KeyConditions: { TraderId: equals(you) } }),
  query('two traders by OR', 'ValidationException', {
    KeyConditionExpression: 'TraderId = :t OR TraderId = :u',
    ExpressionAttributeValues: { ':t': { S: me }, ':u': { S: you } },
  }),
  query('two traders by IN', 'ValidationException', {
    KeyConditionExpression: 'TraderId IN (:t, :u)',
    ExpressionAttributeValues: { ':t': { S: me }, ':u': { S: you } },
  }),
  query('a range of traders', 'ValidationException', {
    KeyConditionExpression: 'TraderId > :t',
    ExpressionAttributeValues: { ':t': { S: 'a' } },
  }),
  query('no trader', 'ValidationException', {
    KeyConditionExpression: 'TradeId = :t',
    ExpressionAttributeValues: { ':t': { S: 'u1' } },
  }),
  query('no key condition', 'ValidationException', {}),
  query('whole trades', 'refused', { ...ofMine, ProjectionExpression: undefined }),
  query('whole trades, saying ALL_ATTRIBUTES', 'refused', {
    ...ofMine,
    ProjectionExpression: undefined,
    Select: 'ALL_ATTRIBUTES',
  }),
  query('how many trades', 'refused', { ...ofMine, ProjectionExpression: undefined, Select: 'COUNT' }),
  query('SPECIFIC_ATTRIBUTES and none named', 'ValidationException', {
    ...ofMine,
    ProjectionExpression: undefined,
    Select: 'SPECIFIC_ATTRIBUTES',
  }),
  query('a seventh attribute', 'refused', { ...ofMine, ProjectionExpression: 'TradeId, Commission' }),
  query('an index whose key is another attribute', 'refused', {
    IndexName: 'byCounterparty',
    KeyConditionExpression: 'Counterparty = :t',
    ExpressionAttributeValues: { ':t': { S: me } },
  }),
  query('a local index', 'refused', { ...ofMine, IndexName: 'byTime' }),
  filtered('a filter on an allowed attribute', 'allowed', 'Stock <> :v'),
  filtered('a filter on a seventh attribute', 'refused', 'Commission <> :v'),
  filtered(
    'a filter on whether a seventh attribute is there',
    'refused',
    'Stock <> :v AND attribute_exists(Commission)',
  ),
  filtered('a filter on the size of a seventh attribute', 'refused', 'Stock <> :v AND size(Commission) > Quantity'),
  filtered('a filter that begins like a seventh attribute', 'refused', 'begins_with(Commission, :v)'),
  filtered(
    'a filter that looks for a seventh in an allowed one',
    'refused',
    'Stock <> :v OR contains(Stock, Commission)',
  ),
  filtered('a filter inside a seventh attribute', 'refused', 'Legs[0].Note <> :v'),
  filtered('a filter on a seventh attribute inside NOT and IN', 'refused', 'NOT (Stock IN (:v, Commission))'),
  filtered('a filter on an alias of a seventh attribute', 'refused', '#p <> :v', {
    ExpressionAttributeNames: { '#p': 'Commission' },
  }),
  filtered("a filter on the key, another's", 'ValidationException', 'TraderId <> :v'),
  query('a legacy filter on a seventh attribute', 'refused', {
    ...legacy,
    KeyConditions: { TraderId: equals(me) },
    QueryFilter: { Commission: { ComparisonOperator: 'NOT_NULL' } },
  }),
  query("a page from behind another's trade", 'ValidationException', { ...ofMine, ExclusiveStartKey: foreign }),
  query('a page from a key with a seventh attribute', 'refused', {
    ...ofMine,
    ExclusiveStartKey: { ...own, Commission: { S: 'x' } },
  }),
]

const scanned = 'LeadingKeys is absent from a Scan and ForAllValues then holds: the guide says never to grant Scan so'
const scan = (name: string, answer: Attempt['answer'], input: object, leaks?: string): Attempt => ({
  name: `Scan: ${name}`,
  operation: 'Scan',
  answer,
  input: { TableName, ...six, ...input },
  ...(leaks !== undefined && { leaks }),
})

const scans: readonly Attempt[] = [
  scan('six attributes of every trade', 'allowed', {}, scanned),
  scan('in segments', 'allowed', { Segment: 0, TotalSegments: 1 }, scanned),
  scan("from behind another's trade", 'allowed', { ExclusiveStartKey: key(you, 'u0') }, scanned),
  scan(
    'filtered by trader',
    'allowed',
    {
      FilterExpression: 'TraderId = :t',
      ExpressionAttributeValues: { ':t': { S: you } },
    },
    scanned,
  ),
  scan('whole trades', 'refused', { ProjectionExpression: undefined }),
  scan('whole trades in segments', 'refused', { ProjectionExpression: undefined, Segment: 0, TotalSegments: 2 }),
  scan('how many trades', 'refused', { ProjectionExpression: undefined, Select: 'COUNT' }),
  scan('filtered by a seventh attribute', 'refused', { FilterExpression: 'attribute_exists(Commission)' }),
  scan('filtered by a seventh attribute, legacy', 'refused', {
    ...legacy,
    ScanFilter: { Commission: { ComparisonOperator: 'NULL' } },
  }),
  scan('a seventh attribute', 'refused', { ProjectionExpression: 'Commission' }),
  scan('an index', 'refused', { IndexName: 'byCounterparty' }),
]

const batch = (name: string, answer: Attempt['answer'], RequestItems: object): Attempt => ({
  name: `BatchGetItem: ${name}`,
  operation: 'BatchGetItem',
  answer,
  input: { RequestItems },
})

const batches: readonly Attempt[] = [
  batch('own trades', 'allowed', { Trades: { Keys: [own, key(me, 't2')], ...six } }),
  batch("an own and another's trade", 'refused', { Trades: { Keys: [own, foreign], ...six } }),
  batch("another's trade by the ARN beside an own by the name", 'refused', {
    Trades: { Keys: [own], ...six },
    [tradesArn]: { Keys: [foreign], ...six },
  }),
  batch('a table that is not allowed beside one that is', 'refused', {
    Trades: { Keys: [own], ...six },
    Ledger: { Keys: [own], ...six },
  }),
  batch('whole trades', 'refused', { Trades: { Keys: [own] } }),
  batch('whole trades of one name of the table', 'refused', {
    Trades: { Keys: [own], ...six },
    [tradesArn]: { Keys: [key(me, 't2')] },
  }),
  batch('a seventh attribute by an alias', 'refused', {
    Trades: { Keys: [own], ProjectionExpression: '#x', ExpressionAttributeNames: { '#x': 'Commission' } },
  }),
  batch('a seventh attribute by AttributesToGet', 'refused', { Trades: { Keys: [own], AttributesToGet: ['Legs'] } }),
  batch('no keys', 'ValidationException', { Trades: { Keys: [], ...six } }),
  batch('a key without trader beside an own', 'ValidationException', {
    Trades: { Keys: [own, { TradeId: { S: 'u1' } }], ...six },
  }),
  batch('nothing', 'ValidationException', {}),
]

export const traderReads: readonly Attempt[] = [...gets, ...queries, ...scans, ...batches]
