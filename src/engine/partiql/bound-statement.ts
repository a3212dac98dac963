/** Statements with their parameters put in: plain data in the words of the other operations. */
import type { Column, Condition, Path, Update } from '../expressions/syntax.ts'
import type { Item } from '../items/attribute-value.ts'
import type { ReturnValues } from '../items/items.ts'

export interface OrderedKey {
  readonly attribute: string
  readonly descending: boolean
}

export interface BoundSelect {
  readonly kind: 'select'
  /** A table's name or ARN, as written. */
  readonly table: string
  readonly index?: string
  /** Absent: `*`. */
  readonly projection?: readonly Path[]
  /** Present where the values do not come under the attributes' own names: `SELECT a.b` answers `b`. */
  readonly columns?: readonly Column[]
  readonly where?: Condition
  readonly orderBy: readonly OrderedKey[]
}
export interface BoundInsert {
  readonly kind: 'insert'
  readonly table: string
  readonly item: Item
}
export interface BoundUpdate {
  readonly kind: 'update'
  readonly table: string
  readonly update: Update
  readonly where?: Condition
  readonly returnValues: ReturnValues
}
export interface BoundDelete {
  readonly kind: 'delete'
  readonly table: string
  readonly where?: Condition
  readonly returnValues: 'NONE' | 'ALL_OLD'
}
/** `EXISTS(SELECT …)`: what a ConditionCheck does in a transaction. */
export interface BoundExists {
  readonly kind: 'exists'
  readonly table: string
  readonly index?: string
  readonly where?: Condition
}

export type BoundWrite = BoundInsert | BoundUpdate | BoundDelete
export type BoundStatement = BoundSelect | BoundWrite | BoundExists
