import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { string } from '../../../contract/shape-scalars.ts'
import type { ShardStart } from '../../../engine/streams/streams.ts'
import { validationError } from '../../../foundation/service-error.ts'
import { readEvent } from '../audit.ts'
import { shardId, streamArn } from '../shapes.ts'
import { shardIterator, streamReference } from '../stream-reference.ts'

const action = 'dynamodb:GetShardIterator'

const input = structure(
  {
    StreamArn: required(streamArn),
    ShardId: required(shardId),
    ShardIteratorType: required(
      string({ oneOf: ['AFTER_SEQUENCE_NUMBER', 'LATEST', 'AT_SEQUENCE_NUMBER', 'TRIM_HORIZON'] }),
    ),
    SequenceNumber: optional(string({ min: 21, max: 40 })),
  },
  'GetShardIteratorInput',
)
type Input = InputOf<typeof input>

export const getShardIterator = operation<Input, { readonly ShardIterator: string }>({
  name: 'GetShardIterator',
  kind: 'data-read',
  input,
  access: (input, ctx) => [{ action, resource: streamReference(input.StreamArn, ctx, action).arn }],
  audit: readEvent('Data', (input) => input.StreamArn),
  run: async (input, ctx) => {
    const stream = streamReference(input.StreamArn, ctx, action)
    const token = await ctx.engine.streams.iterator(stream.scope, stream.name, input.ShardId, startOf(input))
    return { ShardIterator: shardIterator(stream, token) }
  },
})

/** A sequence number belongs to the two types that are named after it, and to no other. */
function startOf({ ShardIteratorType: type, SequenceNumber: sequenceNumber }: Input): ShardStart {
  if (type === 'TRIM_HORIZON' || type === 'LATEST') {
    if (sequenceNumber === undefined) return { type }
    throw validationError(
      `One or more parameter values were invalid: SequenceNumber must not be specified when ShardIteratorType is ${type}`,
    )
  }
  if (sequenceNumber !== undefined) return { type, sequenceNumber }
  throw validationError(
    `One or more parameter values were invalid: SequenceNumber must be specified when ShardIteratorType is ${type}`,
  )
}
