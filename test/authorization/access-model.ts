/**
 * Fine-grained access written plainly, without a line of `src/`: what a request touches, and whether a policy's conditions
 * on that hold. Requests and policies are random, of few words so that they meet.
 */
import fc from 'fast-check'

export const traders = ['ann', 'bob', '*']
export const attributeNames = ['Price', 'Stock', 'Note', 'price']
const keyNames = ['TraderId', 'TradeId']

/** What a call does, before it is put in DynamoDB's words. */
export type Deed =
  | { readonly kind: 'get'; readonly trader: string; readonly shown: Shown }
  | { readonly kind: 'batch-get'; readonly traders: readonly string[]; readonly shown: Shown }
  | {
      readonly kind: 'query'
      readonly trader: string
      readonly index: boolean
      readonly shown: Shown
      readonly filter: Filter
    }
  | { readonly kind: 'scan'; readonly shown: Shown; readonly filter: Filter }
  | {
      readonly kind: 'update'
      readonly trader: string
      readonly set: string
      readonly from: string | undefined
      readonly condition: string | undefined
      readonly returned: string | undefined
      readonly onFailure: 'ALL_OLD' | undefined
    }
/** Attributes projected; undefined: all. `aliased`: by `#name`s. */
export interface Shown {
  readonly names: readonly string[] | undefined
  readonly aliased: boolean
}
type Filter = string | undefined

const name = fc.constantFrom(...attributeNames)
const trader = fc.constantFrom(...traders)
const shown = fc.record({
  names: fc.option(fc.uniqueArray(fc.constantFrom(...attributeNames, ...keyNames), { minLength: 1, maxLength: 3 }), {
    nil: undefined,
  }),
  aliased: fc.boolean(),
})
const filter = fc.option(name, { nil: undefined })

export const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ kind: fc.constant('get' as const), trader, shown }),
  fc.record({
    kind: fc.constant('batch-get' as const),
    traders: fc.uniqueArray(trader, { minLength: 1, maxLength: 2 }),
    shown,
  }),
  fc.record({ kind: fc.constant('query' as const), trader, index: fc.boolean(), shown, filter }),
  fc.record({ kind: fc.constant('scan' as const), shown, filter }),
  fc.record({
    kind: fc.constant('update' as const),
    trader,
    set: name,
    from: fc.option(name, { nil: undefined }),
    condition: fc.option(name, { nil: undefined }),
    returned: fc.constantFrom(undefined, 'NONE', 'ALL_NEW', 'UPDATED_OLD'),
    onFailure: fc.constantFrom(undefined, 'ALL_OLD' as const),
  }),
)

type Values = Readonly<Record<string, readonly string[] | undefined>>
interface Question {
  readonly action: string
  readonly index: boolean
  readonly values: Values
}

/** What must be allowed, each of it, for the deed to be done. */
export function questionsOf(one: Deed): readonly Question[] {
  switch (one.kind) {
    case 'get':
      return [
        question('GetItem', {
          leading: [one.trader],
          named: [...keyNames, ...names(one.shown)],
          select: selectOf(one.shown, false),
        }),
      ]
    case 'batch-get':
      return [
        question('BatchGetItem', {
          leading: one.traders,
          named: [...keyNames, ...names(one.shown)],
          select: selectOf(one.shown, false),
        }),
      ]
    case 'query':
      return [
        question('Query', {
          leading: [one.trader],
          named: ['TraderId', ...names(one.shown), ...(one.filter === undefined ? [] : [one.filter])],
          select: selectOf(one.shown, one.index),
          index: one.index,
        }),
      ]
    case 'scan':
      return [
        question('Scan', {
          named: [...names(one.shown), ...(one.filter === undefined ? [] : [one.filter])],
          select: selectOf(one.shown, false),
        }),
      ]
    case 'update': {
      const touched = [one.set, one.from, one.condition].filter((each) => each !== undefined)
      const asked = (returnValues: string) =>
        question('UpdateItem', { leading: [one.trader], named: [...keyNames, ...touched], returnValues })
      const first = asked(one.returned ?? 'NONE')
      return one.onFailure === undefined ? [first] : [first, asked('ALL_OLD')]
    }
  }
}

function names({ names: projected }: Shown): readonly string[] {
  return projected ?? []
}

function selectOf({ names: projected }: Shown, index: boolean): string {
  if (projected !== undefined) return 'SPECIFIC_ATTRIBUTES'
  return index ? 'ALL_PROJECTED_ATTRIBUTES' : 'ALL_ATTRIBUTES'
}

interface Touched {
  readonly leading?: readonly string[]
  readonly named: readonly string[]
  readonly select?: string
  readonly returnValues?: string
  readonly index?: boolean
}

function question(action: string, { leading, named, select, returnValues, index = false }: Touched): Question {
  return {
    action: `dynamodb:${action}`,
    index,
    values: {
      'dynamodb:LeadingKeys': leading,
      'dynamodb:Attributes': named,
      'dynamodb:Select': select === undefined ? undefined : [select],
      'dynamodb:ReturnValues': returnValues === undefined ? undefined : [returnValues],
    },
  }
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

const actions = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'UpdateItem'].map((each) => `dynamodb:${each}`)

function condition(): fc.Arbitrary<Statement['Condition']> {
  const set = fc.constantFrom(
    'ForAllValues:StringEquals',
    'ForAnyValue:StringEquals',
    'ForAllValues:StringNotEquals',
    'ForAllValues:StringLike',
    'ForAnyValue:StringNotEquals',
  )
  const single = fc.constantFrom('StringEquals', 'StringNotEquals', 'StringEqualsIfExists')
  const some = (...words: readonly string[]) =>
    fc.uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 4 })
  const clause = (operator: fc.Arbitrary<string>, key: string, values: fc.Arbitrary<readonly string[]>) =>
    fc.option(fc.tuple(operator, fc.constant(key), values), { nil: undefined, freq: 1 })
  return fc
    .tuple(
      clause(set, 'dynamodb:LeadingKeys', some(...traders)),
      clause(set, 'dynamodb:Attributes', some(...keyNames, ...attributeNames, 'P*', '*Id')),
      clause(single, 'dynamodb:Select', some('SPECIFIC_ATTRIBUTES', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES')),
      clause(single, 'dynamodb:ReturnValues', some('NONE', 'ALL_OLD', 'UPDATED_OLD')),
    )
    .map((clauses) => {
      const made: Record<string, Record<string, readonly string[]>> = {}
      for (const [operator, key, values] of clauses.filter((each) => each !== undefined)) {
        made[operator] = { ...made[operator], [key]: values }
      }
      return made
    })
}

/** `table` and `index` are the ARNs of what there is. */
export function statements(table: string, index: string): fc.Arbitrary<readonly Statement[]> {
  const one = fc.record({
    Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Allow' as const, 'Deny' as const),
    Action: fc.uniqueArray(fc.constantFrom(...actions), { minLength: 1, maxLength: 5 }),
    Resource: fc.constantFrom([table], [table, index], [index]),
    Condition: condition(),
  })
  return fc.array(one, { minLength: 1, maxLength: 4 })
}

export function isAllowed(policy: readonly Statement[], one: Deed, table: string, index: string): boolean {
  return questionsOf(one).every((asked) => {
    const fitting = policy.filter(
      ({ Action, Resource, Condition }) =>
        Action.includes(asked.action) &&
        Resource.includes(asked.index ? index : table) &&
        holds(Condition, asked.values),
    )
    return fitting.some(({ Effect }) => Effect === 'Allow') && !fitting.some(({ Effect }) => Effect === 'Deny')
  })
}

function holds(block: Statement['Condition'], values: Values): boolean {
  return Object.entries(block).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => clauseHolds(operator, values[key] ?? [], wanted)),
  )
}

function clauseHolds(operator: string, found: readonly string[], wanted: readonly string[]): boolean {
  const fits = (value: string) => wanted.includes(value)
  switch (operator) {
    case 'ForAllValues:StringEquals':
      return found.every(fits)
    case 'ForAnyValue:StringEquals':
      return found.some(fits)
    case 'ForAllValues:StringNotEquals':
      return !found.some(fits)
    case 'ForAnyValue:StringNotEquals':
      return found.some((value) => !fits(value))
    case 'ForAllValues:StringLike':
      return found.every((value) => wanted.some((pattern) => like(pattern, value)))
    case 'StringNotEquals':
      return !found.some(fits)
    case 'StringEqualsIfExists':
      return found.length === 0 || found.some(fits)
    default:
      return found.some(fits)
  }
}

function like(pattern: string, value: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(value)
}
