/** The expressions of one call, from the texts of the request to what the engine runs; every check that needs no item. */

import { EnvelopedError } from '../items/check-item.ts'
import { checkConditionTree, checkProjectionTree, checkUpdateTree } from './check-tree.ts'
import type { ExpressionNode, PathNode, SectionNode } from './expression-tree.ts'
import { checkKeyConditionShape } from './key-condition.ts'
import { ExpressionProblem, parseCondition, parseProjection, parseUpdate } from './parse-tree.ts'
import { Placeholders } from './placeholders.ts'
import { RecentTexts } from './recent-texts.ts'
import { resolveCondition } from './resolve-condition.ts'
import { resolveProjection } from './resolve-paths.ts'
import { resolveUpdate } from './resolve-update.ts'
import type { Condition, Path, Update } from './syntax.ts'

export type ExpressionName =
  | 'UpdateExpression'
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'ProjectionExpression'
  | 'KeyConditionExpression'

export interface ExpressionSource {
  readonly condition?: string | undefined
  readonly filter?: string | undefined
  readonly keyCondition?: string | undefined
  readonly update?: string | undefined
  readonly projection?: string | undefined
  /** ExpressionAttributeNames. */
  readonly names?: Readonly<Record<string, string>> | undefined
  /** ExpressionAttributeValues, each value as it passed `checkWireTypes`. */
  readonly values?: Readonly<Record<string, unknown>> | undefined
  /** The expressions with values that the operation takes, for AWS's message when none of them is given. */
  readonly takes?: readonly ExpressionName[] | undefined
}

export interface ParsedExpressions {
  readonly condition?: Condition
  readonly filter?: Condition
  readonly keyCondition?: Condition
  readonly update?: Update
  readonly projection?: readonly Path[]
}

/**
 * Parses and checks all expressions of a call in DynamoDB's order: names and values, then each expression (size,
 * syntax, words, functions, placeholders, operand types, paths), then names and values that nothing used, then the
 * form of a key condition. Throws ValidationExceptions; those that write calls envelope are `EnvelopedError`s.
 */
export function parseExpressions(source: ExpressionSource): ParsedExpressions {
  checkWanted(source)
  const placeholders = new Placeholders(source.names, source.values)
  const parsed: { -readonly [Key in keyof ParsedExpressions]: ParsedExpressions[Key] } = {}
  const { update, condition, filter, projection, keyCondition } = source
  if (update !== undefined) {
    parsed.update = within('UpdateExpression', () => resolveUpdate(updateTree(update), placeholders))
  }
  if (condition !== undefined) parsed.condition = conditionOf('ConditionExpression', condition, placeholders)
  if (filter !== undefined) parsed.filter = conditionOf('FilterExpression', filter, placeholders)
  if (projection !== undefined) {
    parsed.projection = within('ProjectionExpression', () =>
      resolveProjection(projectionTree(projection), placeholders),
    )
  }
  if (keyCondition !== undefined) {
    parsed.keyCondition = conditionOf('KeyConditionExpression', keyCondition, placeholders)
  }
  placeholders.checkAllUsed()
  if (parsed.keyCondition !== undefined) checkKeyConditionShape(parsed.keyCondition)
  return parsed
}

/** Names need some expression, values one that can hold values. */
function checkWanted(source: ExpressionSource): void {
  const hasValues = [source.update, source.condition, source.filter, source.keyCondition].some(isPresent)
  if (source.names !== undefined && !hasValues && source.projection === undefined) {
    throw new EnvelopedError('ExpressionAttributeNames can only be specified when using expressions')
  }
  if (source.values !== undefined && !hasValues) {
    const takes = source.takes ?? ['ConditionExpression']
    throw new EnvelopedError(
      'ExpressionAttributeValues can only be specified when using expressions: ' +
        `${takes.join(' and ')} ${takes.length > 1 ? 'are' : 'is'} null`,
    )
  }
}

function isPresent(text: string | undefined): boolean {
  return text !== undefined
}

function conditionOf(name: ExpressionName, text: string, placeholders: Placeholders): Condition {
  return within(name, () => resolveCondition(conditionTree(name, text), placeholders))
}

function within<T>(name: ExpressionName, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw error instanceof ExpressionProblem ? new EnvelopedError(`Invalid ${name}: ${error.message}`) : error
  }
}

// Applications send the same few texts over and over, so trees are kept; names and values are put in anew each time.

const textsKept = 1_000
const conditionTrees = new RecentTexts<ExpressionNode>(textsKept)
const updateTrees = new RecentTexts<readonly SectionNode[]>(textsKept)
const projectionTrees = new RecentTexts<readonly PathNode[]>(textsKept)

function conditionTree(name: ExpressionName, text: string): ExpressionNode {
  return conditionTrees.get(text, () => {
    checkSize(name, text)
    const tree = parseCondition(text)
    checkConditionTree(tree)
    return tree
  })
}

function updateTree(text: string): readonly SectionNode[] {
  return updateTrees.get(text, () => {
    checkSize('UpdateExpression', text)
    const tree = parseUpdate(text)
    checkUpdateTree(tree)
    return tree
  })
}

function projectionTree(text: string): readonly PathNode[] {
  return projectionTrees.get(text, () => {
    checkSize('ProjectionExpression', text)
    const tree = parseProjection(text)
    checkProjectionTree(tree)
    return tree
  })
}

/** AWS quota, in bytes of UTF-8 as sent. */
const expressionBytesMax = 4096

function checkSize(name: ExpressionName, text: string): void {
  if (text === '') throw new ExpressionProblem('The expression can not be empty;')
  const bytes = Buffer.byteLength(text)
  if (bytes <= expressionBytesMax) return
  const tooLong = 'Expression size has exceeded the maximum allowed size;'
  // Only the kinds that share the grammar of conditions tell the size.
  const tellsSize = name !== 'UpdateExpression' && name !== 'ProjectionExpression'
  throw new ExpressionProblem(tellsSize ? `${tooLong} expression size: ${bytes}` : tooLong)
}
