import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { EnvelopedError } from '../items/check-item.ts'
import { type ExpressionSource, parseExpressions } from './parse-expressions.ts'

/** Values of every type under names that tell it. */
const values: Readonly<Record<string, unknown>> = {
  ':s': { S: 'a' },
  ':t': { S: 'b' },
  ':n': { N: '1' },
  ':m': { N: '2' },
  ':b': { B: 'YQ==' },
  ':bool': { BOOL: true },
  ':null': { NULL: true },
  ':ss': { SS: ['a'] },
  ':ns': { NS: ['1'] },
  ':bs': { BS: ['YQ=='] },
  ':l': { L: [] },
  ':map': { M: {} },
  ':type': { S: 'STRING' },
}
const names: Readonly<Record<string, string>> = { '#a': 'a', '#b': 'b', '#c': 'c', '#d': '[3]', '#status': 'status' }

/** Gives a text the names and values that it mentions, so that none is unused. */
function mentioned<T>(text: string, all: Readonly<Record<string, T>>): Readonly<Record<string, T>> | undefined {
  const found = (text.match(/[#:]\w+/g) ?? []).filter((placeholder) => Object.hasOwn(all, placeholder))
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map((placeholder) => [placeholder, all[placeholder] as T]))
}

type Kind = 'condition' | 'filter' | 'keyCondition' | 'update' | 'projection'

function parse(kind: Kind, text: string): ReturnType<typeof parseExpressions> {
  return parseExpressions({ [kind]: text, names: mentioned(text, names), values: mentioned(text, values) })
}

function refuses(parsed: () => unknown, message: string): void {
  assert.throws(parsed, (error) => {
    assert.ok(error instanceof EnvelopedError)
    assert.equal(error.message, message)
    return error.name === 'ValidationException' && error.namespace === 'validate'
  })
}

const expressions: Readonly<Record<Kind, string>> = {
  condition: 'ConditionExpression',
  filter: 'FilterExpression',
  keyCondition: 'KeyConditionExpression',
  update: 'UpdateExpression',
  projection: 'ProjectionExpression',
}

function refusesAll(kind: Kind, cases: readonly (readonly [text: string, problem: string])[]): void {
  for (const [text, problem] of cases) {
    test(`${expressions[kind]} "${text.slice(0, 70)}": ${problem.slice(0, 90)}`, () =>
      refuses(() => parse(kind, text), `Invalid ${expressions[kind]}: ${problem}`))
  }
}

const syntax = (token: string, near: string): string => `Syntax error; token: "${token}", near: "${near}"`
const wrongType = (operator: string, type: string): string =>
  `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`
const wrongCount = (name: string, count: number): string =>
  `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`
const misplaced = (name: string): string =>
  `The function is not allowed to be used this way in an expression; function: ${name}`
const redundant = 'The expression has redundant parentheses;'
const same = (operator: string, path: string): string =>
  'The first operand must be distinct from the remaining operands for this operator or function; ' +
  `operator: ${operator}, first operand: ${path}`

// The near text runs from the token before to the token after the one where reading stopped.
refusesAll('condition', [
  ['', 'The expression can not be empty;'],
  [' ', syntax('<EOF>', ' ')],
  ['INVALID SYNTAX HERE', syntax('SYNTAX', 'INVALID SYNTAX HERE')],
  ['attribute_not_exists(', syntax('<EOF>', '(')],
  ['attribute_type()', syntax(')', '()')],
  ['dummy-id = :s', syntax('-', 'dummy-id')],
  ['a = :s AND __typename = :s', syntax('_', 'AND __')],
  ['a = ', syntax('<EOF>', '= ')],
  ['(a = :s', syntax('<EOF>', ':s')],
  ['(#a)', syntax('<EOF>', ')')],
  ['a AND b = :s', syntax('AND', 'a AND b')],
  ['a = :s OR b', syntax('<EOF>', 'b')],
  ['NOT a', syntax('<EOF>', 'a')],
  ['a = :s = :t', syntax('=', ':s = :t')],
  ['(a = :s) = :t', syntax('=', ') = :t')],
  ['a = 5', syntax('5', '= 5')],
  ['a = "x"', syntax('"', '= "x')],
  ['a IN :s', syntax(':s', 'IN :s')],
  ['a IN ()', syntax(')', '()')],
  ['a BETWEEN :s', syntax('<EOF>', ':s')],
  ['a BETWEEN :s OR :t', syntax('OR', ':s OR :t')],
  ['l[03] = :s', syntax('3', '03]')],
  ['l[a] = :s', syntax('a', '[a]')],
  ['a. = :s', syntax('=', '. = :s')],
  ['a = :s b', syntax('b', ':s b')],
  ['# = :s', syntax('#', '# =')],
  ['set = :s', syntax('set', 'set =')],
  ['a == :s', syntax('=', '== :s')],
  ['a != :s', syntax('!', 'a !=')],
  ['é = :s', syntax('é', 'é =')],
  ['((a = :s))', redundant],
  ['((a)) = :s', redundant],
  ['b = :s AND ((a = :s OR c = :s))', redundant],
  ['((a = :s)) AND', redundant],
  ['('.repeat(3000), redundant],
  [`${'a < b OR '.repeat(150)}a < b`, 'The expression contains too many operators; operator count: 301'],
  [`${'NOT ('.repeat(301)}a = :s${')'.repeat(301)}`, 'The expression contains too many operators; operator count: 301'],
  ['abort = :s', 'Attribute name is a reserved keyword; reserved keyword: abort'],
  ['a.b.Comment = :s', 'Attribute name is a reserved keyword; reserved keyword: Comment'],
  ['contains(data, f(a))', 'Attribute name is a reserved keyword; reserved keyword: data'],
  ['f(a)', 'Invalid function name; function: f'],
  ['Size(a) > :n', 'Invalid function name; function: Size'],
  ['if_not_exists(a, :s) = :s', 'The function is not allowed in a condition expression; function: if_not_exists'],
  ['size(a)', misplaced('size')],
  ['a = :s AND size(a)', misplaced('size')],
  ['attribute_exists(a) = :bool', misplaced('attribute_exists')],
  ['size(contains(a, :s)) > :n', misplaced('contains')],
  ['a IN (attribute_exists(b))', misplaced('attribute_exists')],
  ['contains(a)', wrongCount('contains', 1)],
  ['begins_with(a, :s, :t)', wrongCount('begins_with', 3)],
  ['size(a, b) > :n', wrongCount('size', 2)],
  ['l[2147483648] = :s', 'List index is not within the allowable range; index: [2147483648]'],
  ['#x = :s', 'An expression attribute name used in the document path is not defined; attribute name: #x'],
  ['a = :x', 'An expression attribute value used in expression is not defined; attribute value: :x'],
  ['a < :bool', wrongType('<', 'BOOL')],
  [':l >= a', wrongType('>=', 'L')],
  ['a BETWEEN :ss AND :ss', wrongType('BETWEEN', 'SS')],
  ['begins_with(a, :n)', wrongType('begins_with', 'N')],
  ['begins_with(size(a), :s)', wrongType('begins_with', 'N')],
  ['size(:n) > :n', wrongType('size', 'N')],
  ['attribute_type(a, :n)', wrongType('attribute_type', 'N')],
  [
    'attribute_type(a, b)',
    wrongType(
      'attribute_type',
      '{S,SS,N,NS,B,BS,BOOL,NULL,L,M,HD,DOUBLE,FLOAT,HDS,FS,DOUBLESET,DICT,DECIMAL,INT,DECIMALSET,INTSET}',
    ),
  ],
  [
    'attribute_type(a, :type)',
    'Invalid attribute type name found; type: STRING, valid types: {S,SS,N,NS,B,BS,BOOL,NULL,L,M}',
  ],
  ['attribute_exists(:s)', 'Operator or function requires a document path; operator or function: attribute_exists'],
  [
    'attribute_not_exists(size(a))',
    'Operator or function requires a document path; operator or function: attribute_not_exists',
  ],
  ['contains(a, #a)', same('contains', '[a]')],
  ['a.b[1] = #a.b[1]', same('=', '[a, b, [1]]')],
  ['a BETWEEN :n AND a', same('BETWEEN', '[a]')],
  ['a IN (:s, a)', same('IN', '[a]')],
  [
    'a BETWEEN :m AND :n',
    'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ' +
      'lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}',
  ],
  [
    'a BETWEEN :n AND :s',
    'The BETWEEN operator requires same data type for lower and upper bounds; ' +
      'lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}',
  ],
  [
    `a IN (${Array.from({ length: 101 }, () => ':s').join(',')})`,
    'The IN operator is provided with too many operands; number of operands: 101',
  ],
  [
    `${Array.from({ length: 33 }, () => 'a').join('.')} = :s`,
    'The document path has too many nesting levels; nesting levels: 33',
  ],
  ['a'.repeat(4097), 'Expression size has exceeded the maximum allowed size; expression size: 4097'],
])

refusesAll('update', [
  ['', 'The expression can not be empty;'],
  ['INVALID SYNTAX HERE', syntax('INVALID', 'INVALID SYNTAX')],
  ['ADD hits : incr', syntax(':', 'hits : incr')],
  ['set a', syntax('<EOF>', 'a')],
  ['SET a = :s,', syntax('<EOF>', ',')],
  ['set a=set', syntax('set', '=set')],
  ['remove a = b', syntax('=', 'a = b')],
  ['delete a b', syntax('b', 'a b')],
  ['add abort b', syntax('b', 'abort b')],
  ['set :s = b', syntax(':s', 'set :s =')],
  ['set a = b * c', syntax('*', 'b * c')],
  ['set (a = (b + c))', syntax('(', 'set (a')],
  ['set a = (b.c).d + e', syntax('.', ').d')],
  ['set a = b + c + d', syntax('+', 'c + d')],
  ['SET a = if_not_exist(a, 100)', syntax('100', ', 100)')],
  ['SET if_not_exist(a, b) = a', syntax('(', 'if_not_exist(a')],
  ['SET a = b = c', syntax('=', 'b = c')],
  ['set a = ((b + c))', redundant],
  [' set #a = :x set abOrt = true ', 'Attribute name is a reserved keyword; reserved keyword: abOrt'],
  ['set #c = if_not_exist(:x) set c = d', 'Invalid function name; function: if_not_exist'],
  ['SET a = contains(b, :s)', 'The function is not allowed in an update expression; function: contains'],
  ['SET a = size(b)', 'The function is not allowed in an update expression; function: size'],
  ['set a = #c set c = :x', 'The "SET" section can only be used once in an update expression;'],
  ['remove #d set a = b remove e', 'The "REMOVE" section can only be used once in an update expression;'],
  ['add #d :x set a = b add e :y', 'The "ADD" section can only be used once in an update expression;'],
  ['delete #d :x set a = b delete #x :y', 'The "DELETE" section can only be used once in an update expression;'],
  [
    'SET #x = if_not_exists(:y)',
    'An expression attribute name used in the document path is not defined; attribute name: #x',
  ],
  [
    'SET #a = if_not_exists(:x, a)',
    'An expression attribute value used in expression is not defined; attribute value: :x',
  ],
  ['SET attr1 = :v', 'An expression attribute value used in expression is not defined; attribute value: :v'],
  [
    'SET a = #x + :x, b = :y',
    'An expression attribute name used in the document path is not defined; attribute name: #x',
  ],
  [
    'set d[1] = a, d.b = a, c[1].a = a, #c = if_not_exists(a)',
    'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
      'path one: [c, [1], a], path two: [c]',
  ],
  [
    'set #c[3].#d = a, #c[3] = a',
    'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
      'path one: [c, [3], [3]], path two: [c, [3]]',
  ],
  [
    'SET a = :s REMOVE a',
    'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
      'path one: [a], path two: [a]',
  ],
  [
    'remove a.#c set a[1] = #d',
    'Two document paths conflict with each other; must remove or rewrite one of these paths; ' +
      'path one: [a, c], path two: [a, [1]]',
  ],
  [
    'set b = list_append(:s, a), c = if_not_exists(a) add a.b :s',
    'Incorrect operand type for operator or function; operator: ADD, operand type: STRING, ' +
      'typeSet: ALLOWED_FOR_ADD_OPERAND',
  ],
  [
    'delete a.b :n',
    'Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, ' +
      'typeSet: ALLOWED_FOR_DELETE_OPERAND',
  ],
  [
    'add a :bool',
    'Incorrect operand type for operator or function; operator: ADD, operand type: BOOLEAN, ' +
      'typeSet: ALLOWED_FOR_ADD_OPERAND',
  ],
  ['set a = if_not_exists(c)', wrongCount('if_not_exists', 1)],
  ['set a = list_append(b, c, d)', wrongCount('list_append', 3)],
  [
    'set a = if_not_exists(:s, c)',
    'Operator or function requires a document path; operator or function: if_not_exists',
  ],
  [
    'set a = if_not_exists(if_not_exists(a, b), c)',
    'Operator or function requires a document path; operator or function: if_not_exists',
  ],
  ['set a = list_append(:s, a)', wrongType('list_append', 'S')],
  ['set a = list_append(a, :map)', wrongType('list_append', 'M')],
  ['set a = a + :s', wrongType('+', 'S')],
  ['set a = :b - a', wrongType('-', 'B')],
  ['set a = (a - :null)', wrongType('-', 'NULL')],
  [`SET ${'a'.repeat(4097)} = :s`, 'Expression size has exceeded the maximum allowed size;'],
])

refusesAll('projection', [
  ['', 'The expression can not be empty;'],
  ['!!!', syntax('!', '!!')],
  ['a b', syntax('b', 'a b')],
  ['a,', syntax('<EOF>', ',')],
  ['a, :x', syntax(':x', ', :x')],
  ['mymap.2021-03-03', syntax('2021', '.2021-')],
  ['a, Status', 'Attribute name is a reserved keyword; reserved keyword: Status'],
  ['#x', 'An expression attribute name used in the document path is not defined; attribute name: #x'],
  [
    'a, b, #a.b',
    'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
      'path one: [a], path two: [a, b]',
  ],
  [
    'a[1], a.b',
    'Two document paths conflict with each other; must remove or rewrite one of these paths; ' +
      'path one: [a, [1]], path two: [a, b]',
  ],
  [
    Array.from({ length: 1100 }, (_, index) => `a${index}`).join(),
    'Expression size has exceeded the maximum allowed size;',
  ],
])

refusesAll('filter', [
  ['#missing = :s', 'An expression attribute name used in the document path is not defined; attribute name: #missing'],
])
refusesAll('keyCondition', [
  ['', 'The expression can not be empty;'],
  ['GI-1-PK = :s', syntax('-', 'GI-1')],
  ['((#a = :s)) AND ((#b = :s))', redundant],
])

const accepted: readonly (readonly [Kind, string])[] = [
  ['condition', 'attribute_not_exists(pk)'],
  ['condition', '(a = :s)'],
  ['condition', '((a = :s) AND (b = :s))'],
  ['condition', '(a) = (:s)'],
  ['condition', '((size(a)) > :n)'],
  ['condition', 'not a = :s and Not (b IN (:s, :t) or a Between :n AND :m)'],
  ['condition', 'NOT NOT a = :s'],
  ['condition', ':s = a'],
  ['condition', ':n < size(#status[0].b)'],
  ['condition', `${'a < b OR '.repeat(149)}a < b`],
  ['condition', `${'NOT ('.repeat(150)}a = :s${')'.repeat(150)}`],
  ['condition', `a IN (${Array.from({ length: 100 }, () => ':s').join(',')})`],
  ['condition', `${Array.from({ length: 32 }, () => 'a').join('.')} = :s`],
  ['update', 'SET a = :s REMOVE b, c ADD d :n, f :ss DELETE g :ns'],
  ['update', 'set a = ((b.c.d)+(e))'],
  ['update', 'set c = (c - :n)'],
  ['update', 'SET a = list_append(if_not_exists(a, :l), :l), b = if_not_exists(b, :n) - :n'],
  ['update', 'SET a.b = :s, a.c = :s, l[0] = :s, l[1] = :s'],
  ['projection', 'a.b, a.c, #status, l[1], l[0].x'],
  ['keyCondition', '(#a = :s) AND (begins_with(#b, :t))'],
]
for (const [kind, text] of accepted) {
  test(`${expressions[kind]} "${text.slice(0, 70)}" is accepted`, () => assert.doesNotThrow(() => parse(kind, text)))
}

test('the parsed form has names and values in place', () => {
  assert.deepEqual(parse('condition', '#a.x[2] = :s AND NOT size(b) > :n').condition, {
    kind: 'and',
    all: [
      {
        kind: 'compare',
        comparator: '=',
        left: { kind: 'path', path: ['a', 'x', 2] },
        right: { kind: 'value', value: { S: 'a' } },
      },
      {
        kind: 'not',
        condition: {
          kind: 'compare',
          comparator: '>',
          left: { kind: 'size', of: { kind: 'path', path: ['b'] } },
          right: { kind: 'value', value: { N: '1' } },
        },
      },
    ],
  })
  assert.deepEqual(parse('update', 'SET #a = if_not_exists(b, :n) + :m REMOVE c[1] ADD n :n DELETE s :ss').update, {
    actions: [
      {
        kind: 'set',
        path: ['a'],
        value: {
          kind: 'plus',
          left: { kind: 'if-not-exists', path: ['b'], otherwise: { kind: 'value', value: { N: '1' } } },
          right: { kind: 'value', value: { N: '2' } },
        },
      },
      { kind: 'remove', path: ['c', 1] },
      { kind: 'add', path: ['n'], value: { N: '1' } },
      { kind: 'delete', path: ['s'], value: { SS: ['a'] } },
    ],
  })
  assert.deepEqual(parse('projection', '#a[0].b, c').projection, [['a', 0, 'b'], ['c']])
})

test('a text seen before gets the names and values of its own call', () => {
  const ask = (name: string, value: string): unknown =>
    parseExpressions({ condition: '#k = :v', names: { '#k': name }, values: { ':v': { N: value } } }).condition
  assert.deepEqual(ask('x', '1.0'), {
    kind: 'compare',
    comparator: '=',
    left: { kind: 'path', path: ['x'] },
    right: { kind: 'value', value: { N: '1' } },
  })
  assert.deepEqual(ask('y', '2'), {
    kind: 'compare',
    comparator: '=',
    left: { kind: 'path', path: ['y'] },
    right: { kind: 'value', value: { N: '2' } },
  })
})

const invalid = 'One or more parameter values were invalid: '
const sources: readonly (readonly [title: string, source: ExpressionSource, message: string])[] = [
  [
    'names without any expression',
    { names: { '#a': 'a' } },
    'ExpressionAttributeNames can only be specified when using expressions',
  ],
  [
    'values without an expression',
    { values: { ':v': { S: 'a' } } },
    'ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null',
  ],
  [
    'values without any of the expressions that could use them',
    { projection: 'a', values: {}, takes: ['FilterExpression', 'KeyConditionExpression'] },
    'ExpressionAttributeValues can only be specified when using expressions: ' +
      'FilterExpression and KeyConditionExpression are null',
  ],
  ['no names', { condition: '', names: {}, values: {} }, 'ExpressionAttributeNames must not be empty'],
  ['no values', { condition: '', values: {} }, 'ExpressionAttributeValues must not be empty'],
  [
    'a name without #',
    { condition: '', names: { a: 'a' }, values: {} },
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
  ],
  [
    'a name that is only #',
    { condition: 'a = b', names: { '#': 'a' } },
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "#"',
  ],
  [
    'a name that is too long',
    { condition: 'a = b', names: { [`#${'a'.repeat(255)}`]: 'a' } },
    'ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long; size of key: 256',
  ],
  [
    'a name for nothing',
    { condition: '#a = b', names: { '#a': '' } },
    'ExpressionAttributeNames contains invalid value: Empty attribute name for key #a',
  ],
  [
    'a value without :, noticed before another that is not valid',
    { condition: '', values: { ':b': { a: '' }, b: { S: 'a' } } },
    'ExpressionAttributeValues contains invalid key: Syntax error; key: "b"',
  ],
  [
    'a value without type',
    { update: '', values: { ':b': { M: { a: {} } } } },
    'ExpressionAttributeValues contains invalid value: ' +
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :b',
  ],
  [
    'an empty set',
    { update: '', values: { ':b': { SS: [] } } },
    `ExpressionAttributeValues contains invalid value: ${invalid}An string set  may not be empty for key :b`,
  ],
  [
    'a value that is no number',
    { update: '', values: { ':b': { N: 'x' } } },
    'ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :b',
  ],
  [
    'an empty update before an empty condition',
    { condition: '', update: '' },
    'Invalid UpdateExpression: The expression can not be empty;',
  ],
  [
    'a bad filter before a bad projection',
    { filter: 'a =', projection: '!' },
    'Invalid FilterExpression: Syntax error; token: "<EOF>", near: "="',
  ],
  [
    'an unused name',
    { update: 'SET a = :v', names: { '#unused': 'x' }, values: { ':v': { S: 'a' } } },
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}',
  ],
  [
    'an unused value',
    { condition: 'a = :v', values: { ':unused': { S: 'x' }, ':v': { S: 'a' } } },
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:unused}',
  ],
  [
    'unused names before unused values, in the order of a hash map',
    { update: 'remove a', names: { '#a': 'a', '#b': 'b', '#q': 'q' }, values: { ':v': { S: 'x' } } },
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #q, #b}',
  ],
]
for (const [title, source, message] of sources) {
  test(`refused: ${title}`, () => refuses(() => parseExpressions(source), message))
}

test('a value nested too deep is refused as an item would be', () => {
  let value: unknown = { S: 'leaf' }
  for (let level = 0; level < 32; level += 1) value = { M: { n: value } }
  assert.throws(() => parseExpressions({ condition: 'a = :v', values: { ':v': value } }), {
    message:
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
  })
})

test('names that objects inherit are undefined', () => {
  refuses(
    () => parseExpressions({ condition: '#a = #constructor', names: { '#a': 'a' } }),
    'Invalid ConditionExpression: An expression attribute name used in the document path is not defined; ' +
      'attribute name: #constructor',
  )
})

test('one name may serve several expressions', () => {
  const parsed = parseExpressions({
    filter: '#a = :v',
    projection: '#a, #b',
    keyCondition: 'pk = :v',
    names: { '#a': 'x', '#b': 'y' },
    values: { ':v': { S: 's' } },
  })
  assert.deepEqual(Object.keys(parsed), ['filter', 'projection', 'keyCondition'])
})

// These come bare from every call, so they are not in an envelope.
const keyShapes: readonly (readonly [text: string, message: string])[] = [
  ['a = :s OR b = :s', 'Invalid operator used in KeyConditionExpression: OR'],
  ['NOT a = :s', 'Invalid operator used in KeyConditionExpression: NOT'],
  ['a = :s AND b IN (:s)', 'Invalid operator used in KeyConditionExpression: IN'],
  ['a <> :s', 'Invalid operator used in KeyConditionExpression: <>'],
  ['attribute_exists(a)', 'Invalid operator used in KeyConditionExpression: attribute_exists'],
  ['contains(a, :s)', 'Invalid operator used in KeyConditionExpression: contains'],
  ['size(a) = :n', 'KeyConditionExpressions cannot contain nested operations'],
  ['a.b = :s', 'KeyConditionExpressions cannot have conditions on nested attributes'],
  ['a = b', 'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition'],
  [':s = :t', 'Invalid condition in KeyConditionExpression: No key attribute specified'],
  [
    ':n BETWEEN a AND :m',
    'Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its first operand',
  ],
  [
    'begins_with(:s, a)',
    'Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand',
  ],
  ['a = :s AND a = :t', 'KeyConditionExpressions must only contain one condition per key'],
]
for (const [text, message] of keyShapes) {
  test(`no key condition: ${text}`, () =>
    assert.throws(
      () => parse('keyCondition', text),
      (error) => error instanceof Error && !(error instanceof EnvelopedError) && error.message === message,
    ))
}

const word = fc.constantFrom(
  ...['a', 'b', '#a', '#x', ':s', ':n', ':x', 'size', 'contains', 'if_not_exists', 'list_append', 'status', '0', '12'],
  ...['AND', 'or', 'NOT', 'BETWEEN', 'IN', 'SET', 'remove', 'ADD', 'DELETE', '=', '<>', '<', '>=', '(', ')', '[', ']'],
  ...[',', '.', '+', '-', '#', ':', '_', '!', '"', 'é', '😀', '\t', '\u00a0'],
)

test('whatever is sent is parsed or refused with a message of DynamoDB', () =>
  fc.assert(
    fc.property(
      fc.constantFrom<Kind>('condition', 'filter', 'update', 'projection'),
      fc.array(word, { minLength: 1, maxLength: 30 }),
      fc.constantFrom(' ', ''),
      (kind, words, blank) => {
        try {
          parse(kind, words.join(blank))
        } catch (error) {
          assert.ok(error instanceof EnvelopedError, String(error))
        }
      },
    ),
    { numRuns: 5_000 },
  ))

test('nesting as deep as the size allows is refused, not suffered', () => {
  for (const piece of ['(', 'NOT ', 'NOT(', 'size(', 'contains(a,', 'a = (', 'a IN (', '(a = b AND ', '(a<b OR(']) {
    const text = piece.repeat(Math.floor(4096 / piece.length))
    assert.throws(() => parse('condition', text), EnvelopedError, piece)
  }
  for (const piece of ['(', 'if_not_exists(a,', '(a+', 'list_append(']) {
    assert.throws(
      () => parse('update', `SET a = ${piece.repeat(Math.floor(4000 / piece.length))}`),
      EnvelopedError,
      piece,
    )
  }
})
