/** SET and REMOVE clauses to the updates that UpdateItem applies. */
import { checkOperandCount } from '../expressions/check-tree.ts'
import { checkPathsApart, isSamePath } from '../expressions/resolve-paths.ts'
import { calledValue, sumValue } from '../expressions/resolve-update.ts'
import type { Path, Update, UpdateAction, UpdateValue } from '../expressions/syntax.ts'
import { typeOf } from '../items/attribute-value.ts'
import { unrecognized } from './bind-condition.ts'
import { pathOf } from './bind-path.ts'
import { type Parameters, termName, termValue, valueRequired } from './literal-values.ts'
import { refusedAt } from './problem.ts'
import type { CallTerm, Term, UpdateClause } from './statement-tree.ts'

export function bindUpdate(clauses: readonly UpdateClause[], parameters: Parameters): Update {
  const actions = clauses.map((clause): UpdateAction => {
    const path = pathOf(clause.path)
    if (clause.kind === 'remove') return { kind: 'remove', path }
    const { value } = clause
    if (value.kind === 'call' && (value.name === 'set_add' || value.name === 'set_delete')) {
      return setAction(path, value, parameters)
    }
    return { kind: 'set', path, value: bindValue(value, parameters) }
  })
  checkPathsApart(actions.map(({ path }) => path))
  return { actions }
}

/** `a = set_add(a, <<…>>)` is ADD, `a = set_delete(a, <<…>>)` is DELETE. */
function setAction(path: Path, { name, operands, at }: CallTerm, parameters: Parameters): UpdateAction {
  const caller = name.toUpperCase()
  const [changed, members] = operands
  if (changed === undefined || members === undefined || operands.length > 2) {
    throw refusedAt(`${caller} must have exactly two arguments`, at)
  }
  if (changed.kind !== 'path' || !isSamePath(pathOf(changed), path)) {
    throw refusedAt(`The first argument to ${caller} must equal the assignment value`, at)
  }
  const value = termValue(members, parameters)
  const type = value && typeOf(value)
  if (value === undefined || (type !== 'SS' && type !== 'NS' && type !== 'BS')) {
    throw refusedAt(`The second argument to ${caller} must be a value with type SET`, changed.at)
  }
  return { kind: name === 'set_add' ? 'add' : 'delete', path, value }
}

function bindValue(term: Term, parameters: Parameters): UpdateValue {
  switch (term.kind) {
    case 'path':
      return { kind: 'path', path: pathOf(term) }
    case 'call':
      if (term.name !== 'list_append' && term.name !== 'if_not_exists') throw unrecognized(term.name, term.at)
      checkOperandCount(term.name, term.operands.length)
      return calledValue(
        term.name,
        term.operands.map((operand) => bindValue(operand, parameters)),
      )
    case 'binary':
      if (term.operator !== '+' && term.operator !== '-') {
        throw refusedAt(`Unsupported operator in Update Expression. Operator: ${term.operator.toUpperCase()}`, term.at)
      }
      return sumValue(term.operator, bindValue(term.left, parameters), bindValue(term.right, parameters))
    case 'unary':
    case 'between':
    case 'is':
      throw refusedAt(`Unsupported operator in Update Expression. Operator: ${termName(term).toUpperCase()}`, term.at)
    default:
      return { kind: 'value', value: valueRequired(term, parameters) }
  }
}
