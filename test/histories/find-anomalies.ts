/** Searches a list-append history for everything that no serial order in real time explains, and gives it its name. */
import { componentsOf, lightestCycle } from './cycles.ts'
import { type Dependency, dependencyGraph } from './dependency-graph.ts'
import { type Anomaly, describeOperation, type History, type Operation } from './history.ts'
import { listVersions } from './list-versions.ts'

/** Enough to see what is wrong; a broken store breaks thousands. */
const anomaliesMax = 20

/** Empty: the history is strictly serializable. */
export function findAnomalies(history: History): Anomaly[] {
  const versions = listVersions(history)
  const graph = dependencyGraph(history, versions)
  const cyclic = componentsOf(graph)
    .slice(0, anomaliesMax)
    .map((component) => anomalyOf(history, graph, lightestCycle(graph, component)))
  return [...versions.anomalies, ...cyclic].slice(0, anomaliesMax)
}

interface Link {
  readonly from: number
  readonly dependency: Dependency
}

function anomalyOf(history: History, graph: readonly (readonly Dependency[])[], nodes: readonly number[]): Anomaly {
  const links = nodes.map((from, position): Link => {
    const to = nodes[(position + 1) % nodes.length] as number
    return { from, dependency: lightest((graph[from] ?? []).filter((dependency) => dependency.to === to)) }
  })
  return { name: nameOf(history, links), explanation: explanationOf(history, links) }
}

function lightest(dependencies: readonly Dependency[]): Dependency {
  return dependencies.reduce((best, one) => (one.weight < best.weight ? one : best))
}

/** Names after Adya, and those by which the anomalies of two operations are commonly known. */
function nameOf(history: History, links: readonly Link[]): string {
  const of = (kind: string) => links.filter(({ dependency }) => dependency.kind === kind)
  const reads = of('rw')
  if (of('realtime').length > 0) return reads.length > 0 ? 'stale read' : 'real-time order'
  if (reads.length === 0) return of('wr').length === 0 ? 'G0 write cycle' : 'G1c circular information flow'
  if (reads.length === 1) {
    const key = reads[0]?.dependency.key
    return of('ww').some(({ dependency }) => dependency.key === key) ? 'lost update' : 'read skew'
  }
  const onlyRead = reads.every(({ from }) => history[from]?.steps.every(({ kind }) => kind === 'read'))
  return onlyRead ? 'long fork' : 'write skew'
}

function explanationOf(history: History, links: readonly Link[]): string {
  const operations = links.filter(({ from }) => from < history.length)
  const lines = operations.map(({ from, dependency }) => {
    const why = dependency.kind === 'realtime' ? 'ended before' : `${dependency.kind} on ${dependency.key}`
    return `${describeOperation(history[from] as Operation, from)} --${why}-->`
  })
  return lines.join(' ')
}
