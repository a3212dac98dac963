/** Our request shapes against AWS's published model, as the SDK carries it: no member is missing, none is ours alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-dynamodb-streams'
import type { Shape } from '../../contract/shape.ts'
import { streamsService } from './service.ts'

/** The SDK's schemas: `[kind, namespace, name, traits, member names, member schemas]`, some behind a function. */
type Schema = readonly [number, string, string, unknown, readonly string[], readonly unknown[]]

function schemaNamed(name: string): Schema {
  return (sdk as unknown as Readonly<Record<string, Schema>>)[`${name}$`] as Schema
}

function compare(shape: Shape<unknown>, [, , name, , names, schemas]: Schema): void {
  assert.deepEqual(Object.keys(shape.members ?? {}).sort(), [...names].sort(), name)
  for (const [position, member] of names.entries()) {
    const inner = schemas[position]
    if (typeof inner === 'function') compare(shape.members?.[member] as Shape<unknown>, inner() as Schema)
  }
}

test('every operation of the model is there, with the members of its input', () => {
  const operations = Object.keys(sdk).filter((name) => /^[A-Z]\w+Command$/.test(name) && name !== '$Command')
  assert.deepEqual(streamsService.operations.map(({ name }) => `${name}Command`).sort(), operations.sort())
  for (const { name, input } of streamsService.operations) compare(input, schemaNamed(`${name}Input`))
})

test('a member that AWS has and we have not is found', () => {
  const [operation] = streamsService.operations.filter(({ name }) => name === 'GetRecords')
  assert.throws(() => compare(operation?.input as Shape<unknown>, schemaNamed('ListStreamsInput')))
})
