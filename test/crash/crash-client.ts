/** An SDK client that asks once and shows every failure. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { RunningCoffer } from '../run-coffer.ts'

export function clientOf(coffer: RunningCoffer): DynamoDBClient {
  const { endpoint, region, credentials } = coffer
  return new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 })
}
