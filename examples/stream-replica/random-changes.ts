/** A table with a stream, and somebody who changes it at random. */
import {
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
  ResourceInUseException,
  UpdateItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { type Item, keyText } from './replica.ts'

export const tableName = 'Accounts'

/** Makes the table unless it is there; answers its stream's ARN. */
export async function createAccounts(client: DynamoDBClient): Promise<string> {
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'owner', AttributeType: 'S' },
          { AttributeName: 'number', AttributeType: 'N' },
        ],
        KeySchema: [
          { AttributeName: 'owner', KeyType: 'HASH' },
          { AttributeName: 'number', KeyType: 'RANGE' },
        ],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      }),
    )
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: tableName })
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
  return table?.LatestStreamArn ?? ''
}

/** Puts, updates or deletes one of a few hundred accounts. */
export async function changeSomething(client: DynamoDBClient, random: () => number): Promise<void> {
  const below = (limit: number) => Math.floor(random() * limit)
  const Key: Item = { owner: { S: `owner-${below(60)}` }, number: { N: String(below(5)) } }
  const chance = random()
  if (chance < 0.5) {
    const Item = { ...Key, balance: { N: String(below(10_000)) }, note: { S: 'x'.repeat(below(2000)) } }
    await client.send(new PutItemCommand({ TableName: tableName, Item }))
  } else if (chance < 0.8) {
    const UpdateExpression = 'ADD balance :amount'
    const ExpressionAttributeValues = { ':amount': { N: String(below(200) - 100) } }
    await client.send(new UpdateItemCommand({ TableName: tableName, Key, UpdateExpression, ExpressionAttributeValues }))
  } else await client.send(new DeleteItemCommand({ TableName: tableName, Key }))
}

/** The table as it is now, by key. */
export async function readAccounts(client: DynamoDBClient): Promise<ReadonlyMap<string, Item>> {
  const found = new Map<string, Item>()
  for await (const page of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) {
    for (const item of page.Items ?? [])
      found.set(keyText({ owner: item['owner'], number: item['number'] } as Item), item)
  }
  return found
}
