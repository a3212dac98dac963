/** SELECT: the reads that its plan says, one page of them. */
import type { RequestContext } from '../../contract/request-context.ts'
import type { Item } from '../../engine/items/attribute-value.ts'
import type { CapacityUse, PageResult, QueryRequest } from '../../engine/items/items.ts'
import { pageBytesMax } from '../../engine/items/page-limits.ts'
import type { BoundSelect } from '../../engine/partiql/bound-statement.ts'
import { indexRead, type PlannedQuery, planRead, type ReadPlan } from '../../engine/partiql/plan-read.ts'
import type { TableRecord } from '../../engine/tables/table.ts'
import { JsonFragment } from '../../foundation/json-fragment.ts'
import { validationError } from '../../foundation/service-error.ts'
import { emptyCapacity, sumOfCapacities } from './consumed-capacity.ts'
import type { PagePosition } from './statement-token.ts'
import { scopeOf } from './table-reference.ts'

export interface SelectRequest {
  readonly consistent: boolean
  readonly limit: number | undefined
  /** Undefined: the first page. */
  readonly from: PagePosition | undefined
}

export interface SelectPage {
  /** A JSON array. */
  readonly items: JsonFragment | readonly unknown[]
  readonly capacity: CapacityUse
  /** Absent on the last page. */
  readonly next?: PagePosition
}

/** AWS documents pages of up to so many items for conditions that come to several reads. */
const severalReadsLimit = 10

export async function readSelect(
  select: BoundSelect,
  record: TableRecord,
  request: SelectRequest,
  ctx: RequestContext,
): Promise<SelectPage> {
  const plan = planRead(select, record)
  if (request.consistent && indexRead(record, select.index)?.kind === 'global') {
    throw validationError('Strongly consistent read is not supported on Global Secondary Indexes')
  }
  if (plan.kind === 'scan') return scanned(select, record, plan, request, ctx)
  if (plan.key !== undefined) return gotten(select, record, plan.key, request, ctx)
  return queried(select, record, plan, request, ctx)
}

/** The one item that a SELECT names by its whole key; `item` is absent when there is none. */
export async function getSelected(
  select: BoundSelect,
  record: TableRecord,
  key: Item,
  consistent: boolean,
  ctx: RequestContext,
) {
  const { projection, columns } = select
  return ctx.engine.items.get({
    scope: scopeOf(ctx),
    table: record.name,
    key,
    consistent,
    ...(projection !== undefined && { projection }),
    ...(columns !== undefined && { columns }),
  })
}

async function gotten(
  select: BoundSelect,
  record: TableRecord,
  key: Item,
  request: SelectRequest,
  ctx: RequestContext,
): Promise<SelectPage> {
  const { item, capacity } = await getSelected(select, record, key, request.consistent, ctx)
  return { items: item === undefined ? [] : [item], capacity }
}

async function scanned(
  select: BoundSelect,
  record: TableRecord,
  { filter }: Extract<ReadPlan, { readonly kind: 'scan' }>,
  request: SelectRequest,
  ctx: RequestContext,
): Promise<SelectPage> {
  const after = request.from?.after
  const page = await ctx.engine.items.scan({
    ...pageRequest(select, record, request, ctx),
    ...(filter !== undefined && { filter }),
    ...(request.limit !== undefined && { limit: request.limit }),
    ...(after !== undefined && { exclusiveStartKey: after }),
  })
  const { lastEvaluatedKey } = page
  return {
    items: page.items ?? [],
    capacity: page.capacity,
    ...(lastEvaluatedKey !== undefined && { next: { read: 0, after: lastEvaluatedKey } }),
  }
}

async function queried(
  select: BoundSelect,
  record: TableRecord,
  plan: Extract<ReadPlan, { readonly kind: 'queries' }>,
  request: SelectRequest,
  ctx: RequestContext,
): Promise<SelectPage> {
  const { queries } = plan
  let limit = request.limit ?? Number.MAX_SAFE_INTEGER
  if (queries.length > 1) limit = Math.min(limit, severalReadsLimit)
  let bytes = pageBytesMax
  let after = request.from?.after
  const pages: PageResult[] = []
  for (let read = request.from?.read ?? 0; read < queries.length; read += 1) {
    if (limit <= 0 || bytes <= 0) return { ...joined(pages, record), next: { read } }
    const page = await ctx.engine.items.query({
      ...pageRequest(select, record, request, ctx),
      ...queryPart(queries[read] as PlannedQuery),
      forward: plan.forward,
      limit,
      bytesMax: bytes,
      ...(after !== undefined && { exclusiveStartKey: after }),
    })
    pages.push(page)
    if (page.lastEvaluatedKey !== undefined) {
      return { ...joined(pages, record), next: { read, after: page.lastEvaluatedKey } }
    }
    after = undefined
    limit -= page.scannedCount
    bytes -= page.bytes
  }
  return joined(pages, record)
}

function queryPart({ keyCondition, filter }: PlannedQuery) {
  return { keyCondition: () => keyCondition, ...(filter !== undefined && { filter }) }
}

function pageRequest(select: BoundSelect, record: TableRecord, request: SelectRequest, ctx: RequestContext) {
  const { index, projection, columns } = select
  return {
    scope: scopeOf(ctx),
    table: record.name,
    consistent: request.consistent,
    select: selectMode(select),
    ...(index !== undefined && { index }),
    ...(projection !== undefined && { projection }),
    ...(columns !== undefined && { columns }),
  }
}

/** Also the value of dynamodb:Select. */
export function selectMode({ projection, index }: BoundSelect): QueryRequest['select'] {
  if (projection !== undefined) return 'SPECIFIC_ATTRIBUTES'
  return index === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES'
}

function joined(pages: readonly PageResult[], record: TableRecord): SelectPage {
  const [first, ...more] = pages
  if (first !== undefined && more.length === 0) return { items: first.items ?? [], capacity: first.capacity }
  const filled = pages.flatMap(({ count, items }) => (count > 0 && items !== undefined ? [items] : []))
  return {
    items: joinedLists(filled),
    capacity: sumOfCapacities(emptyCapacity(record.name), ...pages.map(({ capacity }) => capacity)),
  }
}

/** JSON arrays, none of them empty, as one: only their brackets are looked at. */
function joinedLists(lists: readonly JsonFragment[]): JsonFragment {
  if (lists.length === 0) return new JsonFragment(Buffer.from('[]'))
  const pieces: Uint8Array[] = []
  for (const [position, { pieces: own }] of lists.entries()) {
    pieces.push(Buffer.from(position === 0 ? '[' : ','))
    for (const [at, piece] of own.entries()) {
      pieces.push(piece.subarray(at === 0 ? 1 : 0, at === own.length - 1 ? piece.length - 1 : piece.length))
    }
  }
  pieces.push(Buffer.from(']'))
  return new JsonFragment(...pieces)
}
