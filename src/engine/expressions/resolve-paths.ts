/** Paths with their names put in, and the rule that the paths of one expression keep out of each other's way. */
import { checkPathDepth } from './check-tree.ts'
import type { PathNode } from './expression-tree.ts'
import { ExpressionProblem } from './parse-tree.ts'
import type { Placeholders } from './placeholders.ts'
import type { Path } from './syntax.ts'

export function resolvePath(node: PathNode, placeholders: Placeholders): Path {
  const path =
    node.fixed ?? node.steps.map((step) => (typeof step === 'object' ? placeholders.nameOf(step.placeholder) : step))
  if (path.length > 1) checkPathDepth(node)
  return path
}

export function resolveProjection(nodes: readonly PathNode[], placeholders: Placeholders): readonly Path[] {
  const paths = nodes.map((node) => resolvePath(node, placeholders))
  checkPathsApart(paths)
  return paths
}

/** No path may be another or lead into it, nor use as a list what another uses as a map. */
export function checkPathsApart(paths: readonly Path[]): void {
  if (paths.length < 2 || areDistinctAttributes(paths)) return
  eachPair(paths, (one, two) => {
    if (meeting(one, two) === 'overlap') throw pathProblem('overlap', one, two)
  })
  eachPair(paths, (one, two) => {
    if (meeting(one, two) === 'conflict') throw pathProblem('conflict', one, two)
  })
}

/** As AWS prints a path: `[a, [3], b]`. */
export function pathText(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`
}

export function isSamePath(one: Path, two: Path): boolean {
  return one.length === two.length && one.every((step, position) => step === two[position])
}

function areDistinctAttributes(paths: readonly Path[]): boolean {
  return new Set(paths.map(([attribute]) => attribute)).size === paths.length
}

function eachPair(paths: readonly Path[], visit: (one: Path, two: Path) => void): void {
  for (const [later, two] of paths.entries()) for (const one of paths.slice(0, later)) visit(one, two)
}

function meeting(one: Path, two: Path): 'overlap' | 'conflict' | undefined {
  for (let position = 0; position < one.length && position < two.length; position += 1) {
    const a = one[position]
    const b = two[position]
    if (typeof a !== typeof b) return 'conflict'
    if (a !== b) return undefined
  }
  return 'overlap'
}

function pathProblem(what: 'overlap' | 'conflict', one: Path, two: Path): ExpressionProblem {
  return new ExpressionProblem(
    `Two document paths ${what} with each other; must remove or rewrite one of these paths; ` +
      `path one: ${pathText(one)}, path two: ${pathText(two)}`,
  )
}
