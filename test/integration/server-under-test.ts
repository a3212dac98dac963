/**
 * The server that an integration test talks to: a Coffer started for it, or, for comparing, whatever
 * COFFER_TEST_ENDPOINT names (it is then the caller's business to give an empty one).
 */
import { readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { runCoffer } from '../run-coffer.ts'

export interface ServerUnderTest {
  readonly endpoint: string
  /** Undefined where the server under test is not a Coffer of ours. */
  readonly https: { readonly endpoint: string; readonly caFile: string } | undefined
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly region: string
  stop(): Promise<void>
}

export async function startServerUnderTest(): Promise<ServerUnderTest> {
  const other = process.env['COFFER_TEST_ENDPOINT']
  if (other !== undefined) {
    return {
      endpoint: other,
      https: undefined,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'anything' },
      region: 'us-east-1',
      stop: async () => undefined,
    }
  }
  const coffer = await runCoffer()
  return {
    endpoint: coffer.endpoint,
    https: { endpoint: coffer.httpsEndpoint, caFile: coffer.caFile },
    credentials: coffer.credentials,
    region: coffer.region,
    stop: () => coffer.stop(),
  }
}

/** An unmodified SDK client; over plain HTTP unless `secure`. */
export async function sdkClient(
  server: ServerUnderTest,
  options: DynamoDBClientConfig & { secure?: boolean } = {},
): Promise<DynamoDBClient> {
  const { secure, ...rest } = options
  if (secure === true && server.https === undefined) throw new Error('the server under test has no HTTPS')
  const transport =
    secure === true && server.https !== undefined
      ? {
          endpoint: server.https.endpoint,
          requestHandler: { httpsAgent: new Agent({ ca: await readFile(server.https.caFile), keepAlive: true }) },
        }
      : { endpoint: server.endpoint }
  return new DynamoDBClient({ region: server.region, credentials: server.credentials, ...transport, ...rest })
}
