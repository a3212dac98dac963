/** INSERT, UPDATE and DELETE outside a transaction. */
import type { RequestContext } from '../../contract/request-context.ts'
import { attributeOf, type Item } from '../../engine/items/attribute-value.ts'
import type { WriteResult } from '../../engine/items/items.ts'
import type { BoundInsert, BoundWrite } from '../../engine/partiql/bound-statement.ts'
import { checkTypes, insertCondition, writeTarget } from '../../engine/partiql/plan-write.ts'
import type { KeySchema, TableRecord } from '../../engine/tables/table.ts'
import { ServiceError, validationError } from '../../foundation/service-error.ts'
import { scopeOf } from './table-reference.ts'

export async function runWrite(
  statement: BoundWrite,
  record: TableRecord,
  returnOldOnFailure: boolean,
  ctx: RequestContext,
): Promise<WriteResult> {
  const at = { scope: scopeOf(ctx), table: record.name, returnOldOnFailure }
  const { items } = ctx.engine
  if (statement.kind === 'insert') return inserted(statement, record, ctx)
  const target = writeTarget(statement, record.keySchema, true)
  if (statement.kind === 'delete') return items.delete({ ...at, ...target, returnValues: statement.returnValues })
  const { update, returnValues } = statement
  try {
    return await items.update({ ...at, ...target, update, returnValues, sizeGate: 'item' })
  } catch (error) {
    throw shortenedNesting(error)
  }
}

async function inserted({ item }: BoundInsert, record: TableRecord, ctx: RequestContext): Promise<WriteResult> {
  checkKeyAttributes(item, record.keySchema)
  const condition = insertCondition(record.keySchema)
  try {
    return await ctx.engine.items.put({
      ...{ scope: scopeOf(ctx), table: record.name, item, condition },
      ...{ returnValues: 'NONE', returnOldOnFailure: false },
    })
  } catch (error) {
    throw isConditionFailure(error) ? duplicateItem() : error
  }
}

/** PartiQL has words of its own for keys that are missing or of another type. */
function checkKeyAttributes(item: Item, schema: KeySchema): void {
  for (const { name } of [...schema.hash, ...schema.range]) {
    if (attributeOf(item, name) === undefined) {
      throw validationError(`Key attribute should be present in the item: Key ${name}`)
    }
  }
  checkTypes(item, schema)
}

function isConditionFailure(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'ConditionalCheckFailedException'
}

export const duplicateItemMessage = 'Duplicate primary key exists in table'

function duplicateItem(): ServiceError {
  return new ServiceError('DuplicateItemException', duplicateItemMessage)
}

const tooDeep = 'Nesting Levels have exceeded supported limits'

/** Of an item that an update makes too deep, PartiQL says less than UpdateItem. */
export function shortenedMessage(message: string): string {
  return message.startsWith(tooDeep) ? tooDeep : message
}

function shortenedNesting(error: unknown): unknown {
  if (!(error instanceof ServiceError) || shortenedMessage(error.message) === error.message) return error
  return validationError(shortenedMessage(error.message))
}
