/** What the audit records of CloudTrail keep of DynamoDB's calls: names and keys, never other values. */
import type { AuditShape } from '../../contract/operation.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import { lowerFirst } from '../../contract/shape.ts'
import type { RawItem } from '../../contract/shape-attribute-values.ts'
import { arnOfTable } from './table-reference.ts'

/** A data event of one table. `kept` are members recorded as they stand; `more` adds those that need a change. */
export function dataEvent<Input extends { readonly TableName: string }>(options: {
  readonly readOnly: boolean
  readonly kept: readonly (keyof Input & string)[]
  readonly more?: (input: Input) => Readonly<Record<string, unknown>>
}): AuditShape<Input, object> {
  return {
    category: 'Data',
    readOnly: options.readOnly,
    requestParameters: (input) => ({ ...keptMembers(input, options.kept), ...options.more?.(input) }),
    responseElements: () => null,
    resources: (input, ctx) => [tableResource(input.TableName, ctx)],
  }
}

/** A management event: the whole request, and of the answer what changes something. */
export function managementEvent<Input extends object, Output extends object>(options: {
  readonly readOnly: boolean
  readonly tableName?: (input: Input) => string | undefined
}): AuditShape<Input, Output> {
  return {
    category: 'Management',
    readOnly: options.readOnly,
    requestParameters: (input) => lowered(input) as Readonly<Record<string, unknown>>,
    responseElements: (output) => (options.readOnly ? null : (lowered(output) as Readonly<Record<string, unknown>>)),
    resources: (input, ctx) => {
      const table = options.tableName?.(input)
      return table === undefined ? [] : [tableResource(table, ctx)]
    },
  }
}

export function tableResource(table: string, ctx: RequestContext): { readonly type: string; readonly arn: string } {
  return { type: 'AWS::DynamoDB::Table', arn: arnOfTable(table, ctx) }
}

/** One resource for each table, however often it is named, by name or by ARN. */
export function tablesNamed(names: readonly string[], ctx: RequestContext): ReturnType<typeof tableResource>[] {
  const arns = new Set(names.map((name) => arnOfTable(name, ctx)))
  return [...arns].map((arn) => tableResource(arn, ctx))
}

/** `{pk: {S: 'a'}}` as `{pk: 'a'}`. */
export function plainKey(key: RawItem): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.keys(key).map((name) => [name, plainScalar(key[name])]))
}

function plainScalar(value: unknown): unknown {
  const typed = (value ?? {}) as { readonly S?: string; readonly N?: string; readonly B?: string }
  return typed.S ?? typed.N ?? typed.B ?? null
}

function keptMembers<Input extends object>(input: Input, kept: readonly (keyof Input & string)[]): object {
  return Object.fromEntries(
    kept.filter((name) => input[name] !== undefined).map((name) => [lowerFirst(name), input[name]]),
  )
}

/** Member names with a lower first letter, all the way down, as CloudTrail writes them. */
function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [lowerFirst(name), lowered(inner)]))
}
