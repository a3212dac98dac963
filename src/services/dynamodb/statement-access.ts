/** What statements ask permission for: the PartiQL action on the table or index, with the values of condition keys. */
import type { AccessRequest } from '../../contract/operation.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import { attributesNamed } from '../../engine/expressions/attributes-named.ts'
import type { AttributeValue } from '../../engine/items/attribute-value.ts'
import type { BoundExists, BoundSelect, BoundStatement } from '../../engine/partiql/bound-statement.ts'
import { type Branch, branchesOf } from '../../engine/partiql/decompose.ts'
import { itemKeyOf } from '../../engine/partiql/key-conditions.ts'
import type { KeySchema } from '../../engine/tables/table.ts'
import { ServiceError } from '../../foundation/service-error.ts'
import { type ItemConditions, itemAccess, writeAccess } from './access.ts'
import type { ReturnConsumedCapacity } from './consumed-capacity.ts'
import { selectMode } from './statement-reads.ts'
import { statementActions, statementTable } from './statements.ts'

interface Enclosing {
  readonly returnConsumedCapacity: ReturnConsumedCapacity | undefined
  /** The transaction call that the statement is part of. */
  readonly enclosingOperation?: string
  /** What a write of a transaction returns, which has no RETURNING. */
  readonly returnValues?: string
}

/** `returnedOnFailure` as in `writeAccess`, of writes outside transactions. */
export function statementAccess(
  statement: BoundStatement,
  enclosing: Enclosing,
  ctx: RequestContext,
  returnedOnFailure?: 'ALL_OLD' | 'NONE',
): readonly AccessRequest[] {
  const action = statementActions[statement.kind]
  const table = statementTable(statement, ctx)
  const conditions = (): ItemConditions => ({ ...conditionsOf(statement), ...enclosing })
  if (statement.kind === 'select') return [itemAccess(action, table, ctx, conditions, statement.index)]
  return writeAccess(action, table, ctx, conditions, returnedOnFailure)
}

function conditionsOf(statement: BoundStatement): ItemConditions {
  switch (statement.kind) {
    case 'insert':
      return { keys: [statement.item], attributes: Object.keys(statement.item) }
    case 'select':
      return { ...readConditions(statement), select: selectMode(statement) }
    case 'exists':
      return readConditions(statement)
    default:
      return {
        leadingValues: (schema) => keyValues(statement.where, schema),
        attributes: [...attributesNamed(namedBy(statement))],
        returnValues: statement.returnValues,
      }
  }
}

function readConditions(statement: BoundSelect | BoundExists): ItemConditions {
  return {
    leadingValues: (schema) => {
      const branches = branchesRead(statement, schema)
      return branches === undefined ? [] : [branches.map(({ hash }) => hash)]
    },
    fullTableScan: (schema) => branchesRead(statement, schema) === undefined,
    attributes: [...attributesNamed(namedBy(statement)), ...orderedBy(statement)],
  }
}

/** A clause that will be refused counts as a scan: what no key restricts. */
function branchesRead({ where }: BoundSelect | BoundExists, schema: KeySchema): readonly Branch[] | undefined {
  try {
    return branchesOf(where, schema)
  } catch (error) {
    if (error instanceof ServiceError) return undefined
    throw error
  }
}

function keyValues(where: BoundSelect['where'], schema: KeySchema): readonly (readonly AttributeValue[])[] {
  const key = itemKeyOf(where, schema, () => undefined)?.key
  return key === undefined ? [] : schema.hash.map(({ name }) => [key[name] as AttributeValue])
}

function namedBy(statement: Exclude<BoundStatement, { readonly kind: 'insert' }>) {
  return {
    ...(statement.where !== undefined && { condition: statement.where }),
    ...('projection' in statement && { projection: statement.projection ?? [] }),
    ...(statement.kind === 'update' && { update: statement.update }),
  }
}

function orderedBy(statement: BoundSelect | BoundExists): readonly string[] {
  return statement.kind === 'select' ? statement.orderBy.map(({ attribute }) => attribute) : []
}
