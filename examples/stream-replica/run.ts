/** Changes a table for ten seconds, follows its stream, and compares. The SDK finds the server by its usual variables. */
import { isDeepStrictEqual } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { changeSomething, createAccounts, readAccounts } from './random-changes.ts'
import { Replica } from './replica.ts'
import { StreamConsumer } from './stream-consumer.ts'

const changingMs = 10_000

const client = new DynamoDBClient({})
const streams = new DynamoDBStreamsClient({})
const replica = await Replica.open('replica.json', await createAccounts(client))
print(`The copy begins with ${replica.items.size} items.`)

const consumer = new StreamConsumer(streams, replica)
const stopping = new AbortController()
const reading = consumer.run(stopping.signal)
const endsAt = Date.now() + changingMs
let changes = 0
for (; Date.now() < endsAt; changes += 1) await changeSomething(client, Math.random)
stopping.abort()
await reading
while ((await consumer.round()) > 0);

const table = await readAccounts(client)
const same = isDeepStrictEqual(new Map([...replica.items].sort()), new Map([...table].sort()))
print(`${changes} changes later the table holds ${table.size} items, and the copy is ${same ? 'the same' : 'another'}.`)
client.destroy()
streams.destroy()
process.exitCode = same ? 0 : 1

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
