/** Statement texts to trees: what stands where, and that printed trees read back as themselves. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ServiceError } from '../../foundation/service-error.ts'
import { parseStatement } from './parse-statement.ts'
import { isReserved } from './reserved-words.ts'
import type { Statement, StatementTree, Term } from './statement-tree.ts'

/** A tree without the places of its tokens. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => name !== 'at' && member !== undefined)
      .map(([name, member]) => [name, bare(member)]),
  )
}

function read(text: string): StatementTree {
  return parseStatement(text)
}

function whereOf(text: string): unknown {
  const { statement } = read(`SELECT * FROM t WHERE ${text}`)
  return statement.kind === 'select' ? bare(statement.where) : undefined
}

test('operators bind as in PartiQL', () => {
  assert.deepEqual(whereOf('a = 1 OR b = 2 AND NOT c = 3'), whereOf('(a = 1) OR ((b = 2) AND (NOT (c = 3)))'))
  assert.deepEqual(whereOf('a + 1 * 2 - b = c'), whereOf('((a + (1 * 2)) - b) = c'))
  assert.deepEqual(whereOf('a < 1 = true'), whereOf('(a < 1) = true'))
  assert.deepEqual(whereOf('a BETWEEN 1 AND 2 AND b'), whereOf('(a BETWEEN 1 AND 2) AND b'))
  assert.deepEqual(whereOf('a IS NOT MISSING'), whereOf('NOT a IS MISSING'))
  assert.deepEqual(whereOf('a NOT IN [1]'), whereOf('NOT a IN [1]'))
  assert.deepEqual(whereOf('a IN (1)'), whereOf('a IN [1]'))
})

test('a tree knows where its tokens stand', () => {
  const { statement } = read('SELECT a,\n  "b""c".d FROM t')
  assert.equal(statement.kind, 'select')
  const places = statement.kind === 'select' ? statement.columns?.map(({ term }) => term.at) : undefined
  assert.deepEqual(places, [
    { line: 1, column: 8, length: 1 },
    { line: 2, column: 3, length: 6 },
  ])
})

test('parameters are counted from left to right', () => {
  const { parameters, statement } = read('UPDATE t SET a = ?, b = [?] WHERE pk = ?')
  assert.equal(parameters, 3)
  assert.deepEqual(statement.kind === 'update' && bare(statement.where), {
    kind: 'binary',
    operator: '=',
    left: { kind: 'path', name: 'pk', steps: [] },
    right: { kind: 'parameter', position: 2 },
  })
})

test('a text that was read is not read again', () => {
  assert.equal(read('SELECT * FROM once'), read('SELECT * FROM once'))
})

// Printing: parentheses around everything that has an operator, quotes around every name.

function printedTerm(term: Term): string {
  switch (term.kind) {
    case 'path':
      return printedName(term.name) + term.steps.map(printedStep).join('')
    case 'call':
      return `${term.name}(${term.operands.map(printedTerm).join(', ')})`
    case 'select':
      return printed(term.select)
    case 'literal':
      return term.type === 'string' ? printedText(term.text) : term.text
    case 'parameter':
      return '?'
    case 'list':
      return `[${term.elements.map(printedTerm).join(', ')}]`
    case 'bag':
      return `<<${term.elements.map(printedTerm).join(', ')}>>`
    case 'struct':
      return `{${term.members.map(({ name, value }) => `${printedTerm(name)}: ${printedTerm(value)}`).join(', ')}}`
    case 'unary':
      return `(${term.operator} ${printedTerm(term.operand)})`
    case 'binary':
      return `(${printedTerm(term.left)} ${term.operator} ${printedTerm(term.right)})`
    case 'between':
      return `(${printedTerm(term.operand)} BETWEEN ${printedTerm(term.low)} AND ${printedTerm(term.high)})`
    case 'is':
      return `(${printedTerm(term.operand)} IS ${term.type})`
  }
}

function printedStep(step: Extract<Term, { kind: 'path' }>['steps'][number]): string {
  if (step.kind === 'member') return `.${printedName(step.name)}`
  return step.kind === 'every' ? '[*]' : `[${printedTerm(step.index)}]`
}

function printedName(name: string): string {
  const isPlain = /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) && !isReserved(name.toLowerCase())
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`
}

function printedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function printed(statement: Statement): string {
  const where = (term: Term | undefined): string => (term === undefined ? '' : ` WHERE ${printedTerm(term)}`)
  const returning = (one: { which: string; when: string } | undefined): string =>
    one === undefined ? '' : ` RETURNING ${one.which} ${one.when} *`
  switch (statement.kind) {
    case 'select': {
      const columns = statement.columns?.map(({ term }) => printedTerm(term)).join(', ') ?? '*'
      const sources = statement.sources.map(({ term }) => printedTerm(term)).join(', ')
      const keys = statement.orderBy.map(({ term, descending }) => `${printedTerm(term)}${descending ? ' DESC' : ''}`)
      const order = keys.length === 0 ? '' : ` ORDER BY ${keys.join(', ')}`
      return `SELECT ${columns} FROM ${sources}${where(statement.where)}${order}`
    }
    case 'insert': {
      const value = statement.isSingle ? 'VALUE ' : ''
      return `INSERT INTO ${printedTerm(statement.target)} ${value}${printedTerm(statement.value)}${returning(statement.returning)}`
    }
    case 'update': {
      const clauses = statement.clauses.map((clause) =>
        clause.kind === 'remove'
          ? `REMOVE ${printedTerm(clause.path)}`
          : `SET ${printedTerm(clause.path)} = ${printedTerm(clause.value)}`,
      )
      const source = printedTerm(statement.source.term)
      return `UPDATE ${source} ${clauses.join(' ')}${where(statement.where)}${returning(statement.returning)}`
    }
    case 'delete':
      return `DELETE FROM ${printedTerm(statement.source.term)}${where(statement.where)}${returning(statement.returning)}`
    case 'term':
      return printedTerm(statement.term)
  }
}

const at = { line: 1, column: 1, length: 1 }
const name = fc.oneof(fc.constantFrom('a', 'b', 'size', 'order', 'say "it"', ''), fc.string({ maxLength: 5 }))
const literal: fc.Arbitrary<Term> = fc.oneof(
  fc.string({ maxLength: 5 }).map((text): Term => ({ kind: 'literal', type: 'string', text, at })),
  fc.constantFrom('0', '12', '-3', '4.5', '-1e-7').map((text): Term => ({ kind: 'literal', type: 'number', text, at })),
  fc.constantFrom('true', 'false').map((text): Term => ({ kind: 'literal', type: 'boolean', text, at })),
  fc.constantFrom('null', 'missing').map((type): Term => ({ kind: 'literal', type: type as 'null', text: type, at })),
  fc.constant<Term>({ kind: 'parameter', position: 0, at }),
)
type PathTerm = Extract<Term, { kind: 'path' }>
const path: fc.Arbitrary<PathTerm> = fc.record({
  kind: fc.constant('path' as const),
  name,
  steps: fc.array(
    fc.oneof(
      name.map((each) => ({ kind: 'member' as const, name: each, at })),
      literal.map((index) => ({ kind: 'element' as const, index, at })),
    ),
    { maxLength: 2 },
  ),
  at: fc.constant(at),
})
const { term } = fc.letrec<{ term: Term }>((tie) => {
  const inner = tie('term')
  const some = fc.array(inner, { maxLength: 3 })
  return {
    term: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'term' },
      literal,
      path,
      fc.record({ kind: fc.constantFrom('list', 'bag'), elements: some, at: fc.constant(at) }) as fc.Arbitrary<Term>,
      fc
        .array(fc.record({ name: literal, value: inner }), { maxLength: 3 })
        .map((members): Term => ({ kind: 'struct', members, at })),
      fc
        .tuple(fc.constantFrom('size', 'contains', 'any_name'), some)
        .map(([called, operands]): Term => ({ kind: 'call', name: called, operands, at })),
      inner.map((operand): Term => ({ kind: 'unary', operator: 'not', operand, at })),
      fc
        .tuple(
          fc.constantFrom('and', 'or', '=', '<>', '<', '<=', '>', '>=', 'like', '+', '-', '*', '/', '%', '||'),
          inner,
          inner,
        )
        .map(([operator, left, right]): Term => ({ kind: 'binary', operator: operator as '=', left, right, at })),
      fc.tuple(inner, some).map(
        ([left, elements]): Term => ({
          kind: 'binary',
          operator: 'in',
          left,
          right: { kind: 'list', elements, at },
          at,
        }),
      ),
      fc.tuple(inner, inner, inner).map(([operand, low, high]): Term => ({ kind: 'between', operand, low, high, at })),
      fc
        .tuple(inner, fc.constantFrom('missing', 'null', 'string', 'double precision'))
        .map(([operand, type]): Term => ({ kind: 'is', operand, type, at })),
    ),
  }
})
const where = fc.option(term, { nil: undefined })
const returning = fc.option(
  fc.record({
    which: fc.constantFrom('ALL' as const, 'MODIFIED' as const),
    when: fc.constantFrom('OLD' as const, 'NEW' as const),
  }),
  { nil: undefined },
)
const source = path.map((each) => ({ term: each as Term, hasAlias: false }))
const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({
    kind: fc.constant('select' as const),
    columns: fc.option(
      fc.array(
        term.map((each) => ({ term: each, hasAlias: false })),
        { minLength: 1, maxLength: 3 },
      ),
      { nil: undefined },
    ),
    sources: fc.array(source, { minLength: 1, maxLength: 2 }),
    where,
    orderBy: fc.array(fc.record({ term: path as fc.Arbitrary<Term>, descending: fc.boolean() }), { maxLength: 2 }),
    foreign: fc.constant(undefined),
  }),
  fc.record({
    kind: fc.constant('insert' as const),
    target: path as fc.Arbitrary<Term>,
    value: term,
    isSingle: fc.constant(true),
    returning,
  }),
  fc.record({
    kind: fc.constant('update' as const),
    source,
    clauses: fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('set' as const), path, value: term }),
        fc.record({ kind: fc.constant('remove' as const), path }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    where,
    returning,
  }),
  fc.record({ kind: fc.constant('delete' as const), source, where, returning }),
  term.map((each): Statement => ({ kind: 'term', term: each })),
)

/** Numbers the parameters as reading does. */
function numbered(value: unknown): { tree: unknown; count: number } {
  let count = 0
  const walk = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(walk)
    if (typeof each !== 'object' || each === null) return each
    const members = each as Readonly<Record<string, unknown>>
    if (members['kind'] === 'parameter') return { ...members, position: count++ }
    return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, walk(member)]))
  }
  const tree = walk(value)
  return { tree, count }
}

test('printed trees read back as themselves', () => {
  fc.assert(
    fc.property(statement, (tree) => {
      const wanted = numbered(tree)
      const found = parseStatement(printed(tree))
      assert.deepEqual(bare(found.statement), bare(wanted.tree))
      assert.equal(found.parameters, wanted.count)
    }),
    { numRuns: 500 },
  )
})

test('no text does anything but read or be refused', () => {
  const words = fc.constantFrom(
    ...'SELECT FROM WHERE AND NOT IN IS MISSING BETWEEN INSERT INTO VALUE UPDATE SET REMOVE DELETE RETURNING ALL OLD * ORDER BY ? ( ) [ ] { } << >> , . = <> - + : ; -- /* \' " a 1 \'x\' "T" size exists'.split(
      ' ',
    ),
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(words, { maxLength: 25 }).map((parts) => parts.join(' ')),
        fc.string({ maxLength: 60 }),
      ),
      (text) => {
        try {
          parseStatement(text)
        } catch (error) {
          assert.ok(error instanceof ServiceError, String(error))
          assert.equal(error.code, 'ValidationException')
        }
      },
    ),
    { numRuns: 3_000 },
  )
})
