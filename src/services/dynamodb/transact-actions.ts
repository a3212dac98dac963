/** The actions of TransactWriteItems: their shapes, and what each becomes. */
import type { RequestContext } from '../../contract/request-context.ts'
import { type InputOf, optional, required, structure } from '../../contract/shape.ts'
import type { RawItem } from '../../contract/shape-attribute-values.ts'
import { string } from '../../contract/shape-scalars.ts'
import { type ParsedExpressions, parseExpressions } from '../../engine/expressions/parse-expressions.ts'
import { checkItem } from '../../engine/items/check-item.ts'
import type { TransactAction } from '../../engine/items/items.ts'
import { validationError } from '../../foundation/service-error.ts'
import {
  expressionAttributeNames,
  expressionAttributeValues,
  item,
  key,
  returnValuesOnConditionCheckFailure,
  tableName,
} from './shapes.ts'
import { type TableReference, tableReference } from './table-reference.ts'

const shared = {
  TableName: required(tableName),
  ExpressionAttributeNames: optional(expressionAttributeNames),
  ExpressionAttributeValues: optional(expressionAttributeValues),
  ReturnValuesOnConditionCheckFailure: optional(returnValuesOnConditionCheckFailure),
}
const conditionCheck = structure(
  { ...shared, Key: required(key), ConditionExpression: required(string()) },
  'ConditionCheck',
)
const put = structure({ ...shared, Item: required(item), ConditionExpression: optional(string()) }, 'Put')
const remove = structure({ ...shared, Key: required(key), ConditionExpression: optional(string()) }, 'Delete')
const update = structure(
  { ...shared, Key: required(key), UpdateExpression: required(string()), ConditionExpression: optional(string()) },
  'Update',
)

export const transactWriteItem = structure(
  {
    ConditionCheck: optional(conditionCheck),
    Put: optional(put),
    Delete: optional(remove),
    Update: optional(update),
  },
  'TransactWriteItem',
)
export type TransactWriteItem = InputOf<typeof transactWriteItem>

export type ActionName = keyof TransactWriteItem

/** What the four kinds have in common, with what only some have. */
export interface ActionInput {
  readonly TableName: string
  readonly Item?: RawItem
  readonly Key?: RawItem
  readonly UpdateExpression?: string
  readonly ConditionExpression?: string
  readonly ExpressionAttributeNames?: InputOf<typeof expressionAttributeNames>
  readonly ExpressionAttributeValues?: InputOf<typeof expressionAttributeValues>
  readonly ReturnValuesOnConditionCheckFailure?: InputOf<typeof returnValuesOnConditionCheckFailure>
}

const permissions: Readonly<Record<ActionName, string>> = {
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Put: 'dynamodb:PutItem',
  Delete: 'dynamodb:DeleteItem',
  Update: 'dynamodb:UpdateItem',
}
const kinds = { ConditionCheck: 'check', Delete: 'delete' } as const

/** The one action that an element holds; ValidationException when it holds none or several. */
export function actionOf(element: TransactWriteItem): { readonly name: ActionName; readonly input: ActionInput } {
  const [found, another] = (Object.keys(permissions) as ActionName[]).filter((name) => element[name] !== undefined)
  if (found === undefined) {
    throw validationError('Invalid Request: TransactWriteRequest should contain Delete or Put or Update request')
  }
  if (another !== undefined) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete')
  }
  return { name: found, input: element[found] as ActionInput }
}

/** The permission that an action asks for. */
export function permissionOf(name: ActionName): string {
  return permissions[name]
}

/** The action's expressions; their refusals are bare, unlike those of the single write calls (recorded 2026). */
export function expressionsOf({ input }: { readonly input: ActionInput }): ParsedExpressions {
  const { ConditionExpression: condition, UpdateExpression: update } = input
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input
  if (condition === undefined && update === undefined && names === undefined && values === undefined) return {}
  return parseExpressions({ condition, update, names, values })
}

/** Checks all of an action that needs no table. */
export function transactAction(element: TransactWriteItem, ctx: RequestContext): TransactAction {
  const action = actionOf(element)
  const { name, input } = action
  const keyed = checkItem(input.Item ?? input.Key).item
  const { condition, update: parsedUpdate } = expressionsOf(action)
  const common = {
    table: referenceOf(name, input, ctx).name,
    returnOldOnFailure: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    ...(condition !== undefined && { condition }),
  }
  switch (name) {
    case 'Put':
      return { ...common, kind: 'put', item: keyed }
    case 'Update':
      return { ...common, kind: 'update', key: keyed, ...(parsedUpdate !== undefined && { update: parsedUpdate }) }
    default:
      return { ...common, kind: kinds[name], key: keyed }
  }
}

export function referenceOf(name: ActionName, input: ActionInput, ctx: RequestContext): TableReference {
  return tableReference(input.TableName, ctx, permissions[name])
}
