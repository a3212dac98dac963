import { operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, structure } from '../../../contract/shape.ts'
import { string } from '../../../contract/shape-scalars.ts'
import { readEvent } from '../audit.ts'
import { pageLimit, pageLimitMax, streamArn } from '../shapes.ts'
import { arnOfStream, scopeOf, streamReference } from '../stream-reference.ts'

const action = 'dynamodb:ListStreams'

const input = structure(
  {
    TableName: optional(string({ pattern: '[a-zA-Z0-9_.-]+', min: 3, max: 255 })),
    Limit: optional(pageLimit),
    ExclusiveStartStreamArn: optional(streamArn),
  },
  'ListStreamsInput',
)
type Input = InputOf<typeof input>

export interface ListStreamsOutput {
  readonly Streams: readonly { readonly StreamArn: string; readonly TableName: string; readonly StreamLabel: string }[]
  readonly LastEvaluatedStreamArn?: string
}

export const listStreams = operation<Input, ListStreamsOutput>({
  name: 'ListStreams',
  kind: 'control-read',
  input,
  access: (input, ctx) => [{ action, resource: streamsOf(input.TableName ?? '*', ctx) }],
  audit: readEvent('Management', (input, ctx) => input.TableName && streamsOf(input.TableName, ctx)),
  run: async (input, ctx) => {
    const { TableName: table, ExclusiveStartStreamArn: startArn } = input
    const start = startArn === undefined ? undefined : streamReference(startArn, ctx, action)
    const scope = scopeOf(ctx)
    const { streams, last } = await ctx.engine.streams.list(scope, {
      limit: input.Limit ?? pageLimitMax,
      ...(table !== undefined && { table }),
      ...(start !== undefined && { after: start.name }),
    })
    return {
      Streams: streams.map((name) => ({
        StreamArn: arnOfStream(scope, name),
        TableName: name.table,
        StreamLabel: name.label,
      })),
      ...(last !== undefined && { LastEvaluatedStreamArn: arnOfStream(scope, last) }),
    }
  },
})

/** All streams of a table, or of every table, as policies name them. */
function streamsOf(table: string, ctx: RequestContext): string {
  return arnOfStream(scopeOf(ctx), { table, label: '*' })
}
