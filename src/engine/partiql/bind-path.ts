/** Document paths of terms. */
import { ExpressionProblem } from '../expressions/parse-tree.ts'
import type { Path } from '../expressions/syntax.ts'
import { malformed, refusedAt } from './problem.ts'
import type { PathStep, PathTerm, Term } from './statement-tree.ts'

const listIndexMax = 2147483647
/** AWS quota. */
const pathLevelsMax = 32

export function pathOf({ name, steps }: PathTerm): Path {
  if (name === '') throw malformed()
  if (steps.length === 0) return [name]
  const path = [name, ...steps.map(stepOf)]
  if (path.length <= pathLevelsMax) return path
  throw new ExpressionProblem(`The document path has too many nesting levels; nesting levels: ${path.length}`)
}

function stepOf(step: PathStep): string | number {
  switch (step.kind) {
    case 'member':
      return step.name
    case 'every':
      throw refusedAt('Unexpected path component', step.at)
    case 'element':
      return indexOf(step.index)
  }
}

function indexOf(index: Term): number {
  if (index.kind !== 'literal' || index.type !== 'number' || !/^-?\d+$/.test(index.text)) {
    throw refusedAt('Unexpected path component', index.at)
  }
  const number = Number(index.text)
  if (number >= 0 && number <= listIndexMax) return number === 0 ? 0 : number
  throw refusedAt(`List index is not within the allowable range; index: [${index.text}]`, index.at)
}
