/** The Trades table: one item a symbol and date, and an index of the moves of each year, smallest first. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb'
import type { Trade } from './read-prices.ts'

export const tableName = 'Trades'
export const movesIndex = 'MovesByYear'

const batchItemsMax = 25
const batchAttemptsMax = 10

const definition: CreateTableCommandInput = {
  TableName: tableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'Symbol', AttributeType: 'S' },
    { AttributeName: 'Date', AttributeType: 'S' },
    { AttributeName: 'SymbolYear', AttributeType: 'S' },
    { AttributeName: 'ChangePercent', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'Symbol', KeyType: 'HASH' },
    { AttributeName: 'Date', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: movesIndex,
      KeySchema: [
        { AttributeName: 'SymbolYear', KeyType: 'HASH' },
        { AttributeName: 'ChangePercent', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['Close'] },
    },
  ],
}

/** Creates the table, or goes on with the one that is there. */
export async function createTradesTable(client: DynamoDBClient): Promise<void> {
  try {
    await client.send(new CreateTableCommand(definition))
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: tableName })
}

/** Writes all trades in batches of 25; loading twice leaves the same table. */
export async function loadTrades(documents: DynamoDBDocumentClient, trades: readonly Trade[]): Promise<void> {
  for (let first = 0; first < trades.length; first += batchItemsMax) {
    const puts = trades.slice(first, first + batchItemsMax).map((trade) => ({ PutRequest: { Item: { ...trade } } }))
    let requests: BatchWriteCommandInput['RequestItems'] = { [tableName]: puts }
    for (let attempt = 0; requests !== undefined && Object.keys(requests).length > 0; attempt += 1) {
      if (attempt === batchAttemptsMax) throw new Error('the server left items of a batch unprocessed ten times')
      const answer: BatchWriteCommandOutput = await documents.send(new BatchWriteCommand({ RequestItems: requests }))
      requests = answer.UnprocessedItems
    }
  }
}
