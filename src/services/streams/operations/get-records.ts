import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { integer, string } from '../../../contract/shape-scalars.ts'
import type { JsonFragment } from '../../../foundation/json-fragment.ts'
import { readEvent } from '../audit.ts'
import { recordsFragment } from '../records-fragment.ts'
import { arnOfIterator, iteratorReference, shardIterator } from '../stream-reference.ts'

const action = 'dynamodb:GetRecords'
const recordsMax = 1000

const input = structure(
  {
    ShardIterator: required(string({ min: 1, max: 2048 })),
    Limit: optional(integer({ min: 1, max: recordsMax })),
  },
  'GetRecordsInput',
)
type Input = InputOf<typeof input>

export interface GetRecordsOutput {
  readonly Records: JsonFragment
  readonly NextShardIterator?: string
}

export const getRecords = operation<Input, GetRecordsOutput>({
  name: 'GetRecords',
  kind: 'data-read',
  input,
  access: (input, ctx) => [{ action, resource: iteratorReference(input.ShardIterator, ctx, action).stream.arn }],
  audit: readEvent('Data', (input) => arnOfIterator(input.ShardIterator)),
  run: async (input, ctx) => {
    const { stream, token } = iteratorReference(input.ShardIterator, ctx, action)
    const page = await ctx.engine.streams.records(stream.scope, stream.name, token, input.Limit ?? recordsMax)
    const { viewType, next } = page
    return {
      Records: recordsFragment(page.records, { arn: stream.arn, region: stream.scope.region, viewType }),
      ...(next !== undefined && { NextShardIterator: shardIterator(stream, next) }),
    }
  },
})
