/** Which attributes expressions name, for the IAM condition key dynamodb:Attributes. */
import type { ParsedExpressions } from './parse-expressions.ts'
import type { Condition, Operand, Path, UpdateValue } from './syntax.ts'

/** The top-level attributes that the expressions of a call name, each once, in order of appearance. */
export function attributesNamed(expressions: ParsedExpressions): ReadonlySet<string> {
  const names = new Set<string>()
  const name = (path: Path): void => {
    names.add(path[0] as string)
  }
  for (const action of expressions.update?.actions ?? []) {
    name(action.path)
    if (action.kind === 'set') eachPathOfValue(action.value, name)
  }
  for (const condition of [expressions.condition, expressions.filter, expressions.keyCondition]) {
    if (condition !== undefined) eachPathOfCondition(condition, name)
  }
  for (const path of expressions.projection ?? []) name(path)
  return names
}

/** Visits the paths of a condition in the order in which they are written. */
export function eachPathOfCondition(condition: Condition, visit: (path: Path) => void): void {
  switch (condition.kind) {
    case 'and':
      for (const part of condition.all) eachPathOfCondition(part, visit)
      return
    case 'or':
      for (const part of condition.any) eachPathOfCondition(part, visit)
      return
    case 'not':
      eachPathOfCondition(condition.condition, visit)
      return
    case 'exists':
    case 'not-exists':
      visit(condition.path)
      return
    default:
      for (const operand of operandsOf(condition)) eachPathOfOperand(operand, visit)
  }
}

type Comparison = Exclude<Condition, { readonly kind: 'and' | 'or' | 'not' | 'exists' | 'not-exists' }>

function operandsOf(condition: Comparison): readonly Operand[] {
  switch (condition.kind) {
    case 'compare':
      return [condition.left, condition.right]
    case 'between':
      return [condition.operand, condition.low, condition.high]
    case 'in':
      return [condition.operand, ...condition.list]
    case 'type':
      return [condition.operand]
    case 'begins-with':
      return [condition.operand, condition.prefix]
    case 'contains':
      return [condition.operand, condition.value]
  }
}

function eachPathOfOperand(operand: Operand, visit: (path: Path) => void): void {
  if (operand.kind === 'path') visit(operand.path)
  else if (operand.kind === 'size') eachPathOfOperand(operand.of, visit)
  else if (operand.kind === 'condition') eachPathOfCondition(operand.condition, visit)
}

/** Visits the paths that the value of a SET action reads. */
export function eachPathOfValue(value: UpdateValue, visit: (path: Path) => void): void {
  switch (value.kind) {
    case 'path':
      visit(value.path)
      return
    case 'value':
      return
    case 'if-not-exists':
      visit(value.path)
      eachPathOfValue(value.otherwise, visit)
      return
    case 'list-append':
      eachPathOfValue(value.first, visit)
      eachPathOfValue(value.second, visit)
      return
    case 'plus':
    case 'minus':
      eachPathOfValue(value.left, visit)
      eachPathOfValue(value.right, visit)
  }
}
