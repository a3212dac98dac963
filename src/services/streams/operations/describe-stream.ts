import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { string } from '../../../contract/shape-scalars.ts'
import type { ShardDescription } from '../../../engine/streams/streams.ts'
import type { KeySchema } from '../../../engine/tables/table.ts'
import { validationError } from '../../../foundation/service-error.ts'
import { readEvent } from '../audit.ts'
import { pageLimit, pageLimitMax, shardId, streamArn } from '../shapes.ts'
import { streamReference } from '../stream-reference.ts'

const action = 'dynamodb:DescribeStream'

const shardFilter = structure(
  { Type: optional(string({ oneOf: ['CHILD_SHARDS'] })), ShardId: optional(shardId) },
  'ShardFilter',
)

const input = structure(
  {
    StreamArn: required(streamArn),
    Limit: optional(pageLimit),
    ExclusiveStartShardId: optional(shardId),
    ShardFilter: optional(shardFilter),
  },
  'DescribeStreamInput',
)
type Input = InputOf<typeof input>

export interface DescribeStreamOutput {
  readonly StreamDescription: Readonly<Record<string, unknown>>
}

export const describeStream = operation<Input, DescribeStreamOutput>({
  name: 'DescribeStream',
  kind: 'control-read',
  input,
  access: (input, ctx) => [{ action, resource: streamReference(input.StreamArn, ctx, action).arn }],
  audit: readEvent('Management', (input) => input.StreamArn),
  run: async (input, ctx) => {
    const { arn, scope, name } = streamReference(input.StreamArn, ctx, action)
    const { ExclusiveStartShardId: after } = input
    const childrenOf = parentWanted(input.ShardFilter)
    const stream = await ctx.engine.streams.describe(scope, name, {
      limit: input.Limit ?? pageLimitMax,
      ...(after !== undefined && { after }),
      ...(childrenOf !== undefined && { childrenOf }),
    })
    return {
      StreamDescription: {
        StreamArn: arn,
        StreamLabel: name.label,
        StreamStatus: stream.status,
        StreamViewType: stream.viewType,
        CreationRequestDateTime: stream.createdAtMs / 1000,
        TableName: name.table,
        KeySchema: keySchemaElements(stream.keySchema),
        Shards: stream.shards.map(shard),
        ...(stream.lastShard !== undefined && { LastEvaluatedShardId: stream.lastShard }),
      },
    }
  },
})

/** The shard whose children are asked for. A filter that does not say it all is refused, not passed over. */
function parentWanted(filter: InputOf<typeof shardFilter> | undefined): string | undefined {
  if (filter === undefined) return undefined
  if (filter.Type === undefined || filter.ShardId === undefined) {
    const missing = filter.Type === undefined ? 'Type' : 'ShardId'
    throw validationError(`One or more parameter values were invalid: ShardFilter requires ${missing}`)
  }
  return filter.ShardId
}

function shard({ id, parent, startingSequenceNumber, endingSequenceNumber }: ShardDescription): object {
  return {
    ShardId: id,
    SequenceNumberRange: {
      StartingSequenceNumber: startingSequenceNumber,
      ...(endingSequenceNumber !== undefined && { EndingSequenceNumber: endingSequenceNumber }),
    },
    ...(parent !== undefined && { ParentShardId: parent }),
  }
}

function keySchemaElements({ hash, range }: KeySchema): readonly object[] {
  return [
    ...hash.map(({ name }) => ({ AttributeName: name, KeyType: 'HASH' })),
    ...range.map(({ name }) => ({ AttributeName: name, KeyType: 'RANGE' })),
  ]
}
