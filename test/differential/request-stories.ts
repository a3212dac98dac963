/** Random requests on random tables, mostly valid. */
import type { Chance } from './chance.ts'
import { ExpressionStory } from './expression-stories.ts'
import { createTableInput, type IndexStory, type TableStory, tableStory } from './table-stories.ts'
import { item, keyOf, plainAttributes, scalar, value } from './values.ts'

export type Input = Record<string, unknown>
export interface RequestStory {
  readonly operation: string
  readonly input: Input
  /** Read page by page to the end, since the order of a scan is each server's own. */
  readonly paged: boolean
}

export function requestStory(chance: Chance, tables: readonly TableStory[]): RequestStory {
  const table = chance.one(tables)
  const roll = chance.fraction()
  const single = (operation: string, input: Input): RequestStory => ({ operation, input, paged: false })
  if (roll < 0.18) return single('PutItem', { ...written(chance, table), Item: item(chance, table) })
  if (roll < 0.45) return single('UpdateItem', { ...update(chance, table), Key: keyOf(chance, table) })
  if (roll < 0.52) return single('DeleteItem', { ...written(chance, table), Key: keyOf(chance, table) })
  if (roll < 0.58) return single('GetItem', { ...got(chance, table), Key: keyOf(chance, table) })
  if (roll < 0.76) return query(chance, table)
  if (roll < 0.86) return scan(chance, table)
  if (roll < 0.91) return single('BatchGetItem', batchGet(chance, tables))
  if (roll < 0.96) return single('BatchWriteItem', batchWrite(chance, tables))
  return single(...control(chance, table))
}

function returns(chance: Chance): Input {
  return chance.happens(0.4) ? { ReturnConsumedCapacity: chance.one(['TOTAL', 'INDEXES', 'NONE']) } : {}
}

function written(chance: Chance, table: TableStory): Input {
  const input: Input = { TableName: table.name, ...returns(chance) }
  if (chance.happens(0.5)) input['ReturnValues'] = chance.one(['ALL_OLD', 'NONE'])
  if (chance.happens(0.2)) input['ReturnItemCollectionMetrics'] = chance.one(['SIZE', 'NONE'])
  if (chance.happens(0.35)) return { ...input, ...conditioned(chance, table) }
  return chance.happens(0.1) ? { ...input, ...expected(chance, table) } : input
}

function conditioned(chance: Chance, table: TableStory): Input {
  const story = new ExpressionStory(chance, table, true)
  return { ConditionExpression: story.condition(), ...story.parameters() }
}

function update(chance: Chance, table: TableStory): Input {
  const input: Input = { TableName: table.name, ...returns(chance) }
  if (chance.happens(0.7)) {
    input['ReturnValues'] = chance.one(['ALL_OLD', 'NONE', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'])
  }
  if (chance.happens(0.05)) return input
  if (chance.happens(0.2)) {
    const names = chance.some([...plainAttributes, ...table.indexParts.map(({ name }) => name)], 0.4)
    const action = (): Input => {
      const Action = chance.one(['PUT', 'ADD', 'DELETE', undefined])
      const Value = chance.happens(0.2)
        ? undefined
        : chance.happens(0.5)
          ? value(chance)
          : chance.one([{ N: '2' }, { SS: ['a'] }, { L: [{ S: 'x' }] }])
      return { ...(Action !== undefined && { Action }), ...(Value !== undefined && { Value }) }
    }
    const updates = Object.fromEntries(names.map((name) => [name, action()]))
    return { ...input, AttributeUpdates: updates, ...(chance.happens(0.3) ? expected(chance, table) : {}) }
  }
  const story = new ExpressionStory(chance, table, chance.happens(0.05))
  input['UpdateExpression'] = story.update()
  if (chance.happens(0.3)) input['ConditionExpression'] = story.condition()
  return { ...input, ...story.parameters() }
}

const comparisons = 'EQ NE LE LT GE GT NOT_NULL NULL CONTAINS NOT_CONTAINS BEGINS_WITH IN BETWEEN'.split(' ')

function legacyCondition(chance: Chance): Input {
  const ComparisonOperator = chance.one(comparisons)
  const count = ComparisonOperator.endsWith('NULL') ? 0 : ComparisonOperator === 'BETWEEN' ? 2 : 1
  const type = chance.one(['S', 'N', 'B'] as const)
  const makes = chance.happens(0.03) ? count + 1 : count
  const values = Array.from({ length: makes }, () => (chance.happens(0.8) ? scalar(chance, type) : value(chance)))
  return { ComparisonOperator, ...(makes > 0 && { AttributeValueList: values }) }
}

function expected(chance: Chance, table: TableStory): Input {
  const names = chance.some([...plainAttributes, table.hash.name], 0.4)
  const expectation = (): Input => {
    if (chance.happens(0.5)) return legacyCondition(chance)
    return chance.happens(0.5)
      ? { Exists: false }
      : { Value: value(chance), ...(chance.happens(0.3) && { Exists: true }) }
  }
  return {
    Expected: Object.fromEntries(names.map((name) => [name, expectation()])),
    ...(chance.happens(0.3) && { ConditionalOperator: chance.one(['AND', 'OR']) }),
  }
}

function got(chance: Chance, table: TableStory): Input {
  const input: Input = { TableName: table.name, ...returns(chance) }
  if (chance.happens(0.5)) input['ConsistentRead'] = chance.happens(0.7)
  if (chance.happens(0.4)) {
    const story = new ExpressionStory(chance, table, true)
    return { ...input, ProjectionExpression: story.projection(), ...story.parameters() }
  }
  if (chance.happens(0.1)) input['AttributesToGet'] = chance.list(1, 3, () => chance.one(['a', 'b', 'h', 'zz']))
  return input
}

function reading(chance: Chance, table: TableStory, index: IndexStory | undefined, story: ExpressionStory): Input {
  const input: Input = { TableName: table.name, ...returns(chance) }
  if (index !== undefined) input['IndexName'] = index.name
  if (chance.happens(index?.kind === 'global' ? 0.03 : 0.3)) input['ConsistentRead'] = true
  if (chance.happens(0.3)) input['FilterExpression'] = story.condition()
  if (chance.happens(0.25)) input['ProjectionExpression'] = story.projection()
  if (chance.happens(0.2)) {
    input['Select'] = chance.one(['COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES'])
  }
  return input
}

function query(chance: Chance, table: TableStory): RequestStory {
  const index = chance.happens(0.5) && table.indexes.length > 0 ? chance.one(table.indexes) : undefined
  const story = new ExpressionStory(chance, table, chance.happens(0.05))
  const input = reading(chance, table, index, story)
  if (chance.happens(0.4)) input['ScanIndexForward'] = chance.happens(0.4)
  const isOrdered = index === undefined
  if (chance.happens(0.3)) input['Limit'] = chance.whole(1, 4)
  if (chance.happens(0.15)) {
    const source = index ?? table
    input['KeyConditions'] = {
      [source.hash.name]: { ComparisonOperator: 'EQ', AttributeValueList: [scalar(chance, source.hash.type)] },
      ...(source.range !== undefined && chance.happens(0.5) && { [source.range.name]: legacyCondition(chance) }),
    }
    delete input['FilterExpression']
    delete input['ProjectionExpression']
    if (chance.happens(0.3)) {
      input['QueryFilter'] = Object.fromEntries(
        chance.some(plainAttributes).map((name) => [name, legacyCondition(chance)]),
      )
    }
    if (chance.happens(0.2)) input['AttributesToGet'] = ['a', 'h']
    return { operation: 'Query', input, paged: !isOrdered && input['Limit'] !== undefined }
  }
  input['KeyConditionExpression'] = story.keyCondition(index ?? table)
  if (isOrdered && table.range !== undefined && chance.happens(0.2)) input['ExclusiveStartKey'] = keyOf(chance, table)
  return {
    operation: 'Query',
    input: withUsedPlaceholders({ ...input, ...story.parameters() }),
    paged: !isOrdered && input['Limit'] !== undefined,
  }
}

function scan(chance: Chance, table: TableStory): RequestStory {
  const index = chance.happens(0.3) && table.indexes.length > 0 ? chance.one(table.indexes) : undefined
  const story = new ExpressionStory(chance, table, true)
  const input = reading(chance, table, index, story)
  if (chance.happens(0.3)) input['Limit'] = chance.whole(1, 6)
  if (chance.happens(0.1)) {
    delete input['FilterExpression']
    delete input['ProjectionExpression']
    input['ScanFilter'] = Object.fromEntries(
      chance.some(plainAttributes).map((name) => [name, legacyCondition(chance)]),
    )
    return { operation: 'Scan', input, paged: input['Limit'] !== undefined }
  }
  return {
    operation: 'Scan',
    input: withUsedPlaceholders({ ...input, ...story.parameters() }),
    paged: input['Limit'] !== undefined,
  }
}

/** Expressions that were dropped again leave placeholders, which would be refused. */
function withUsedPlaceholders(input: Input): Input {
  const texts = Object.entries(input)
    .filter(([name]) => name.endsWith('Expression'))
    .map(([, text]) => String(text))
  const all = texts.join(' ')
  for (const name of ['ExpressionAttributeNames', 'ExpressionAttributeValues']) {
    const map = input[name] as Input | undefined
    if (map === undefined) continue
    const kept = Object.entries(map).filter(([placeholder]) => new RegExp(`${placeholder}(?![A-Za-z0-9_])`).test(all))
    if (kept.length > 0) input[name] = Object.fromEntries(kept)
    else delete input[name]
  }
  return input
}

function batchGet(chance: Chance, tables: readonly TableStory[]): Input {
  const chosen = chance.some(tables, 0.6)
  return {
    ...returns(chance),
    RequestItems: Object.fromEntries(
      chosen.map((table) => {
        const { TableName: _, ReturnConsumedCapacity: __, ...rest } = got(chance, table)
        return [table.name, { ...rest, Keys: chance.list(1, 3, () => keyOf(chance, table)) }]
      }),
    ),
  }
}

function batchWrite(chance: Chance, tables: readonly TableStory[]): Input {
  const write = (table: TableStory): Input =>
    chance.happens(0.7)
      ? { PutRequest: { Item: item(chance, table) } }
      : { DeleteRequest: { Key: keyOf(chance, table) } }
  return {
    ...returns(chance),
    ...(chance.happens(0.2) && { ReturnItemCollectionMetrics: 'SIZE' }),
    RequestItems: Object.fromEntries(
      chance.some(tables, 0.6).map((table) => [table.name, chance.list(1, 2, () => write(table))]),
    ),
  }
}

function control(chance: Chance, table: TableStory): [string, Input] {
  switch (chance.whole(0, 7)) {
    case 0:
    case 1:
      return ['DescribeTable', { TableName: table.name }]
    case 2:
      return [
        'ListTables',
        chance.happens(0.5)
          ? {}
          : { Limit: chance.whole(1, 3), ...(chance.happens(0.5) && { ExclusiveStartTableName: table.name }) },
      ]
    case 3:
      return ['CreateTable', createTableInput(tableStory(chance, table.name))]
    case 4:
      return ['DescribeTimeToLive', { TableName: table.name }]
    case 5:
      return ['DeleteTable', { TableName: 'NoSuchTable' }]
    case 6:
      return [
        'UpdateTable',
        {
          TableName: table.name,
          ProvisionedThroughput: { ReadCapacityUnits: chance.whole(999, 1001), WriteCapacityUnits: 1000 },
        },
      ]
    default:
      return ['ListTagsOfResource', { ResourceArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${table.name}` }]
  }
}
