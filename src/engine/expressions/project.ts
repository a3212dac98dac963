/** Items reduced to the paths of a projection. */
import { type AttributeValue, attributeOf, emptyItem, type Item } from '../items/attribute-value.ts'
import { childOf, valueAt } from './documents.ts'
import type { Column, Path } from './syntax.ts'

/**
 * The attributes at the paths, in the documents that hold them; the elements of a list close ranks in their order.
 * Paths that lead nowhere add nothing. The same `paths` array is analysed once.
 */
export function projectItem(paths: readonly Path[], item: Item): Item {
  const wanted = treeOf(paths)
  const projected = emptyItem()
  for (const [name, branch] of wanted) {
    const value = attributeOf(item, name as string)
    const part = value === undefined ? undefined : partOf(value, branch)
    if (part !== undefined) projected[name as string] = part
  }
  return projected
}

/** The values of columns under the columns' names; what is missing leaves no trace. */
export function pickColumns(columns: readonly Column[], item: Item): Item {
  const picked = emptyItem()
  for (const { name, path } of columns) {
    const value = valueAt(item, path)
    if (value !== undefined) picked[name] = value
  }
  return picked
}

/** Steps to what is wanted beyond them; `whole` where a path ends. List indexes are in order. */
type Branch = ReadonlyMap<string | number, Branch> | 'whole'

const trees = new WeakMap<readonly Path[], ReadonlyMap<string | number, Branch>>()

function treeOf(paths: readonly Path[]): ReadonlyMap<string | number, Branch> {
  const known = trees.get(paths)
  if (known !== undefined) return known
  const tree = branchOf(paths, 0)
  trees.set(paths, tree)
  return tree
}

function branchOf(paths: readonly Path[], depth: number): ReadonlyMap<string | number, Branch> {
  const groups = Map.groupBy(paths, (path) => path[depth] as string | number)
  const steps = [...groups.keys()].sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : 0))
  return new Map(
    steps.map((step): [string | number, Branch] => {
      const through = groups.get(step) ?? []
      return [step, through.some((path) => path.length === depth + 1) ? 'whole' : branchOf(through, depth + 1)]
    }),
  )
}

function partOf(value: AttributeValue, branch: Branch): AttributeValue | undefined {
  if (branch === 'whole') return value
  const parts: [string | number, AttributeValue][] = []
  for (const [step, further] of branch) {
    const child = childOf(value, step)
    const part = child === undefined ? undefined : partOf(child, further)
    if (part !== undefined) parts.push([step, part])
  }
  if (parts.length === 0) return undefined
  if ('L' in value) return { L: parts.map(([, part]) => part) }
  const members = emptyItem()
  for (const [step, part] of parts) members[step as string] = part
  return { M: members }
}
