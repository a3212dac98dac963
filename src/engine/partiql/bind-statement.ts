/** Statement texts and their parameters to bound statements: every check that needs no table. */
import { validationError } from '../../foundation/service-error.ts'
import { ExpressionProblem } from '../expressions/parse-tree.ts'
import type { Column, Path } from '../expressions/syntax.ts'
import { bindCondition } from './bind-condition.ts'
import { pathOf } from './bind-path.ts'
import { bindUpdate } from './bind-update.ts'
import type { BoundExists, BoundSelect, BoundStatement, OrderedKey } from './bound-statement.ts'
import { itemOf, type Parameters, parameterMismatch, termName } from './literal-values.ts'
import { parseStatement } from './parse-statement.ts'
import { refusedAt } from './problem.ts'
import type {
  OrderKey,
  Returning,
  SelectStatement,
  Source,
  Statement,
  Term,
  UpdateStatement,
} from './statement-tree.ts'

/**
 * Reads a statement and puts its parameters in; they have passed `checkValue`. Throws ValidationExceptions with the
 * service's messages: the statement's form first, then the number of parameters, then what it says.
 */
export function bindStatement(text: string, parameters: Parameters): BoundStatement {
  const { statement, parameters: count } = parseStatement(text)
  if (count !== parameters.length) throw parameterMismatch()
  try {
    return bound(statement, parameters)
  } catch (error) {
    throw error instanceof ExpressionProblem ? validationError(error.message) : error
  }
}

function bound(statement: Statement, parameters: Parameters): BoundStatement {
  switch (statement.kind) {
    case 'select':
      return boundSelect(statement, parameters)
    case 'insert': {
      if (statement.target.kind === 'path' && statement.target.steps.length > 0) {
        throw validationError('FROM clause may only contain a single table name')
      }
      const { table } = sourceOf({ term: statement.target, hasAlias: false })
      if (!statement.isSingle) throw unsupportedOperation('InsertOp')
      if (statement.returning !== undefined) throw validationError('RETURNING is not supported in INSERT')
      return { kind: 'insert', table, item: itemOf(statement.value, parameters) }
    }
    case 'update':
      return boundUpdate(statement, parameters)
    case 'delete': {
      const table = tableOf(statement.source)
      const { returning, where } = statement
      if (returning !== undefined && (returning.which !== 'ALL' || returning.when !== 'OLD')) {
        throw validationError(
          `Invalid returning clause: RETURNING ${returning.which} ${returning.when} *. ` +
            'Only RETURNING ALL OLD * is allowed in DELETE statements.',
        )
      }
      return { kind: 'delete', table, ...whereOf(where, parameters), returnValues: returning ? 'ALL_OLD' : 'NONE' }
    }
    case 'term':
      return boundTerm(statement.term, parameters)
  }
}

function boundSelect(statement: SelectStatement, parameters: Parameters): BoundSelect {
  const { foreign, where, orderBy } = statement
  if (foreign !== undefined) throw refusedAt(`Unsupported clause: ${foreign.name}`, foreign.at)
  const source = selectSource(statement)
  return {
    kind: 'select',
    ...source,
    ...selectList(statement),
    ...whereOf(where, parameters),
    orderBy: orderBy.map(orderedKey),
  }
}

function boundUpdate(statement: UpdateStatement, parameters: Parameters): BoundStatement {
  const table = tableOf(statement.source)
  const update = bindUpdate(statement.clauses, parameters)
  const returnValues = returnValuesOf(statement.returning)
  return { kind: 'update', table, update, ...whereOf(statement.where, parameters), returnValues }
}

/** Only `EXISTS(SELECT …)` is a statement without a keyword of its own. */
function boundTerm(term: Term, parameters: Parameters): BoundExists {
  const [operand, ...more] = term.kind === 'call' && term.name === 'exists' ? term.operands : []
  if (operand?.kind !== 'select' || more.length > 0) throw unsupportedOperation(nodeNames[term.kind])
  const { foreign, where, orderBy } = operand.select
  if (foreign !== undefined) throw refusedAt(`Unsupported clause: ${foreign.name}`, foreign.at)
  const source = selectSource(operand.select)
  selectList(operand.select)
  if (orderBy.length > 0) throw validationError('Unsupported clause: ORDER BY')
  return { kind: 'exists', ...source, ...whereOf(where, parameters) }
}

/** What the service calls the kinds of terms that are no statements. */
const nodeNames: Readonly<Record<Term['kind'], string>> = {
  path: 'VariableReference',
  call: 'NAry',
  select: 'Select',
  literal: 'Literal',
  parameter: 'Parameter',
  list: 'Seq',
  bag: 'Seq',
  struct: 'Struct',
  unary: 'NAry',
  binary: 'NAry',
  between: 'NAry',
  is: 'IsType',
}

function unsupportedOperation(name: string): Error {
  return validationError(`Unsupported operation: ${name}`)
}

function whereOf(where: Term | undefined, parameters: Parameters): Pick<BoundSelect, 'where'> {
  return where === undefined ? {} : { where: bindCondition(where, parameters) }
}

// Tables.

function selectSource({ sources }: SelectStatement): { readonly table: string; readonly index?: string } {
  const [source, ...more] = sources
  if (source === undefined || more.length > 0) throw validationError('Unexpected from source')
  return sourceOf(source)
}

/** The table of a write, which no index may stand for. */
function tableOf(source: Source): string {
  const { table, index } = sourceOf(source)
  if (index !== undefined) throw validationError('This operation is not supported on an index')
  return table
}

function sourceOf({ term, hasAlias }: Source): { readonly table: string; readonly index?: string } {
  if (hasAlias) throw validationError('Aliasing is not supported')
  if (term.kind !== 'path') throw validationError('Unexpected from source')
  const names = [term.name]
  for (const step of term.steps) {
    if (step.kind !== 'member') throw refusedAt('Unexpected path component', step.at)
    names.push(step.name)
  }
  if (names.length > 2) throw validationError('A path may contain at most 2 components in the FROM clause')
  if (names.includes('')) throw validationError('Path component cannot be an empty string')
  const [table = '', index] = names
  return index === undefined ? { table } : { table, index }
}

// Select lists.

type SelectList = Pick<BoundSelect, 'projection' | 'columns'>

/** Kept by statement, so that a repeated statement's paths are the same array, which projections are analysed by. */
const selectLists = new WeakMap<SelectStatement, SelectList>()

function selectList(statement: SelectStatement): SelectList {
  const known = selectLists.get(statement)
  if (known !== undefined) return known
  const list = newSelectList(statement)
  selectLists.set(statement, list)
  return list
}

function newSelectList({ columns }: SelectStatement): SelectList {
  if (columns === undefined) return {}
  const listed = columns.map(({ term, hasAlias }): Column => {
    if (hasAlias) throw validationError('Aliasing is not supported')
    if (term.kind !== 'path') throw refusedAt('Unexpected path component', term.at)
    const path = pathOf(term)
    return { name: columnName(path), path }
  })
  const names = new Set<string>()
  for (const { name } of listed) {
    if (names.has(name)) throw validationError(`Duplicate identifiers in select clause: ${name}`)
    names.add(name)
  }
  const projection = listed.map(({ path }) => path)
  return projection.every(({ length }) => length === 1) ? { projection } : { projection, columns: listed }
}

/** A path's value comes under the path's last name and the indexes after it. */
function columnName(path: Path): string {
  const last = path.findLastIndex((step) => typeof step === 'string')
  const indexes = path.slice(last + 1).map((index) => `[${index}]`)
  return `${path[last]}${indexes.join('')}`
}

function orderedKey({ term, descending }: OrderKey): OrderedKey {
  if (term.kind !== 'path' || term.steps.length > 0) {
    const type = term.kind === 'path' ? 'Path' : termName(term)
    throw validationError(`Argument to ORDER BY must be of type VariableReference. Type: ${type}`)
  }
  return { attribute: term.name, descending }
}

function returnValuesOf(returning: Returning | undefined) {
  if (returning === undefined) return 'NONE'
  return returning.which === 'ALL' ? (`ALL_${returning.when}` as const) : (`UPDATED_${returning.when}` as const)
}
