/** Cycles in directed graphs: strongly connected components after Tarjan, and the lightest cycle within one. */

export interface Edge {
  readonly to: number
  readonly weight: number
}
/** By node: the edges that leave it. */
export type Graph = readonly (readonly Edge[])[]

/** The components of more than one node; an edge from a node to itself makes no component. */
export function componentsOf(graph: Graph): number[][] {
  const index = new Int32Array(graph.length).fill(-1)
  const low = new Int32Array(graph.length)
  const onStack = new Uint8Array(graph.length)
  const stack: number[] = []
  const found: number[][] = []
  let next = 0

  const enter = (node: number): { readonly node: number; edge: number } => {
    index[node] = next
    low[node] = next
    next += 1
    stack.push(node)
    onStack[node] = 1
    return { node, edge: 0 }
  }
  const leave = (node: number): void => {
    if (low[node] !== index[node]) return
    const component: number[] = []
    let last: number
    do {
      last = stack.pop() as number
      onStack[last] = 0
      component.push(last)
    } while (last !== node)
    if (component.length > 1) found.push(component)
  }
  const lower = (node: number, to: number): void => {
    if ((low[node] as number) > to) low[node] = to
  }

  for (let root = 0; root < graph.length; root += 1) {
    if (index[root] !== -1) continue
    // A list in place of recursion: histories are longer than stacks are deep.
    const visits = [enter(root)]
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const edge = graph[visit.node]?.[visit.edge]
      visit.edge += 1
      if (edge === undefined) {
        leave(visit.node)
        visits.pop()
        const parent = visits.at(-1)
        if (parent !== undefined) lower(parent.node, low[visit.node] as number)
      } else if (index[edge.to] === -1) {
        visits.push(enter(edge.to))
      } else if (onStack[edge.to] === 1) {
        lower(visit.node, index[edge.to] as number)
      }
    }
  }
  return found
}

/** How many nodes of a component are tried as the start of a cycle. */
const startsMax = 40

/** The cycle of least weight through one of the component's first nodes: its nodes in order. */
export function lightestCycle(graph: Graph, component: readonly number[]): number[] {
  const within = new Set(component)
  let best: { readonly weight: number; readonly nodes: number[] } | undefined
  for (const start of component.slice(0, startsMax)) {
    const cycle = cycleThrough(graph, within, start, best?.weight ?? Number.POSITIVE_INFINITY)
    if (cycle !== undefined) best = cycle
  }
  return best?.nodes ?? []
}

/** Dijkstra's search from a node back to itself; undefined when nothing is lighter than `below`. */
function cycleThrough(
  graph: Graph,
  within: ReadonlySet<number>,
  start: number,
  below: number,
): { readonly weight: number; readonly nodes: number[] } | undefined {
  const weights = new Map<number, number>([[start, 0]])
  const from = new Map<number, number>()
  const open = new Heap()
  open.push({ node: start, weight: 0 })
  let limit = below
  let last: number | undefined
  for (let next = open.pop(); next !== undefined && next.weight < limit; next = open.pop()) {
    if (next.weight > (weights.get(next.node) ?? 0)) continue
    for (const edge of graph[next.node] ?? []) {
      const weight = next.weight + edge.weight
      if (weight >= limit || !within.has(edge.to)) continue
      if (edge.to === start) {
        limit = weight
        last = next.node
      } else if (weight < (weights.get(edge.to) ?? Number.POSITIVE_INFINITY)) {
        weights.set(edge.to, weight)
        from.set(edge.to, next.node)
        open.push({ node: edge.to, weight })
      }
    }
  }
  if (last === undefined) return undefined
  const nodes = [last]
  while (nodes[0] !== start) nodes.unshift(from.get(nodes[0] as number) as number)
  return { weight: limit, nodes }
}

interface Reached {
  readonly node: number
  readonly weight: number
}

/** The lightest first: a binary heap. */
class Heap {
  readonly #entries: Reached[] = []

  push(entry: Reached): void {
    let at = this.#entries.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = this.#entries[parent] as Reached
      if (above.weight <= entry.weight) break
      this.#entries[at] = above
      at = parent
    }
    this.#entries[at] = entry
  }

  pop(): Reached | undefined {
    const first = this.#entries[0]
    const entry = this.#entries.pop()
    if (entry === undefined || this.#entries.length === 0) return first
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const right = this.#entries[left + 1]
      const child = right !== undefined && right.weight < (this.#entries[left] as Reached).weight ? left + 1 : left
      const below = this.#entries[child]
      if (below === undefined || entry.weight <= below.weight) break
      this.#entries[at] = below
      at = child
    }
    this.#entries[at] = entry
    return first
  }
}
