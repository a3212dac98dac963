/** Where the two servers differ and Coffer is right: dynalite follows the AWS of before 2020, and has gaps of its own. */
import { isDeepStrictEqual } from 'node:util'
import type { Body } from '../conformance/client.ts'
import type { Seen } from './compare.ts'

export interface Difference {
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  /** The request was made wrong on purpose. */
  readonly isSpoiled: boolean
  readonly coffer: Seen
  readonly dynalite: Seen
}

interface KnownDifference {
  readonly why: string
  readonly matches: (difference: Difference) => boolean
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    why: 'write calls put an envelope around some refusals',
    matches: ({ coffer, dynalite }) => {
      const bare = coffer.message?.replace('1 validation error detected: ', '')
      return bare !== undefined && coffer.code === dynalite.code && bare === dynalite.message
    },
  },
  {
    why: 'capacity counts writes to indexes and 0.5 for a read of nothing; item collections have metrics',
    matches: ({ coffer, dynalite }) =>
      coffer.status === 200 && isDeepStrictEqual(withoutFigures(coffer.body), withoutFigures(dynalite.body)),
  },
  {
    why: 'descriptions of tables have members that came after 2020, and live counts',
    matches: ({ operation, coffer, dynalite }) =>
      /^(Describe|Update)Table$/.test(operation) && bothAnswer(coffer, dynalite),
  },
  says('Select and projections that contradict each other', /^(Must specify|Cannot specify) the /),
  says('Select of projected attributes without an index', /^ALL_PROJECTED_ATTRIBUTES can be used only/),
  says('attributes that a global index does not project', /Global secondary index \S+ does not project/),
  says('operands of types that an operator does not take', /Incorrect operand type for operator or function/),
  says('keys of indexes may not be empty', /A value specified for a secondary index key is not supported/),
  says('expressions and legacy parameters over two tables of a batch', /Can not use both expression and non-exp/),
  says('ConditionalOperator with an empty filter', /ConditionalOperator cannot be used without Filter or Expected/),
  says('an unknown operation', /^$/, 'UnknownOperationException'),
  says('the requests of a batch are asked for in words', /^The requestItems parameter is required/),
  says('keys may not be empty', /^One or more parameter values are not valid/),
  says('legacy operators and the types that they take', /ComparisonOperator \S+ is not valid for/),
  says('ConditionalOperator with one element', /ConditionalOperator can only be used when/),
  says('consistent scans of a global index', /^Consistent reads are not supported/),
  says('a table that is there', /^Table already exists/, 'ResourceInUseException'),
  says('starting keys of other types in a query', /^The provided starting key is invalid$/),
  {
    why: 'two attributes that are both missing are not equal',
    matches: ({ input, coffer, dynalite }) =>
      (coffer.code !== dynalite.code || bothAnswer(coffer, dynalite)) && hasExpression(input, /<>|=/),
  },
  {
    why: 'dynalite does not understand every expression',
    matches: ({ dynalite }) => /Syntax error; Expected /.test(dynalite.message ?? ''),
  },
  {
    why: 'numbers may have a plus sign',
    matches: ({ dynalite }) => /cannot be converted to a numeric value: \+5/.test(dynalite.message ?? ''),
  },
  {
    why: 'an update that only takes away creates no item, and no updated attributes are no Attributes',
    matches: ({ operation, coffer, dynalite }) =>
      operation === 'UpdateItem' && bothAnswer(coffer, dynalite) && (coffer.body as Body)['Attributes'] === undefined,
  },
  {
    why: 'reads of a local index fetch what it does not project',
    matches: ({ input, coffer, dynalite }) =>
      /^local/.test(String(input['IndexName'])) &&
      ('ProjectionExpression' in input || 'AttributesToGet' in input) &&
      bothAnswer(coffer, dynalite),
  },
  {
    why: 'dynalite knows no ConsistentRead of a scan',
    matches: ({ operation, coffer }) => operation === 'Scan' && coffer.code === 'SerializationException',
  },
  {
    why: 'the expressions of a query are looked at in another order',
    matches: ({ operation, coffer, dynalite }) =>
      operation === 'Query' &&
      / (Filter|Projection)Exp/.test(coffer.message ?? '') &&
      / KeyC/.test(dynalite.message ?? ''),
  },
  says('attribute types in another order', /Invalid attribute type name found/),
  says('equality for every type, in key conditions too', /Condition parameter type does not match schema type/),
  says('operands that must be distinct', /The first operand must be distinct/),
  {
    why: 'which problem of an update with several is named',
    matches: ({ operation, coffer, dynalite }) =>
      operation === 'UpdateItem' && isUpdateProblem(coffer) && isUpdateProblem(dynalite),
  },
]

/** Coffer's refusal is that of today's service; dynalite has another or none. */
function says(why: string, message: RegExp, code = 'ValidationException'): KnownDifference {
  return {
    why,
    matches: ({ coffer }) => coffer.code === code && message.test((coffer.message ?? '').replace(/^1 val[^:]*: /, '')),
  }
}

function isUpdateProblem({ message }: Seen): boolean {
  return /invalid for update$|does not exist in the item$|has an incorrect data type$|Type mismatch for/.test(
    message ?? '',
  )
}

function bothAnswer(one: Seen, other: Seen): boolean {
  return one.status === 200 && other.status === 200
}

function withoutFigures(body: unknown): unknown {
  const { ConsumedCapacity: _, ItemCollectionMetrics: __, ...rest } = (body ?? {}) as Body
  return rest
}

function hasExpression(input: Readonly<Record<string, unknown>>, pattern: RegExp): boolean {
  return Object.entries(input).some(([name, text]) => name.endsWith('Expression') && pattern.test(String(text)))
}

/** Wrong requests that both refuse: what is wrong comes in the words, and in the order, of each one's time. */
export function differsInWords({ isSpoiled, coffer, dynalite }: Difference): boolean {
  return isSpoiled && coffer.status === 400 && dynalite.status === 400
}

export function explanation(difference: Difference): string | undefined {
  return knownDifferences.find(({ matches }) => matches(difference))?.why
}
