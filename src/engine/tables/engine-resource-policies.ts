/**
 * Resource-based policies in their tree, by the ARN of the table or stream, and in memory: what every call asks must
 * cost nothing where no table has a policy, and little where one has.
 */
import type { TreeReader, Trees, TreeWriter } from '../../storage/trees.ts'
import { afterPrefix } from '../encoding/keys.ts'
import { tableNotFoundNamed } from '../errors.ts'
import { resourcePoliciesTree } from '../storage-map.ts'
import type { Catalog } from './catalog.ts'
import { tableArn } from './compiled-table.ts'
import type { ResourcePolicies, ResourcePolicyRecord } from './resource-policies.ts'
import type { TableRecord } from './table.ts'

const indexPart = '/index/'
const streamPart = '/stream/'

type NamedTable = Pick<TableRecord, 'accountId' | 'region' | 'name'>

export class PolicyMemory {
  #byArn = new Map<string, ResourcePolicyRecord>()
  #last: Promise<void> = Promise.resolve()

  inForce(arn: string): ResourcePolicyRecord | undefined {
    if (this.#byArn.size === 0) return undefined
    const index = arn.indexOf(indexPart)
    return this.#byArn.get(index < 0 ? arn : arn.slice(0, index))
  }

  async load(trees: Trees): Promise<void> {
    await trees.view((reader) => {
      this.#byArn = new Map(policiesUnder(reader, ''))
    })
  }

  /**
   * Takes in what stands in the trees of a table and its streams, one after another: of two changes at once, whichever
   * comes here last finds both, so memory ends as the trees are.
   */
  refresh(trees: Trees, table: NamedTable): Promise<void> {
    const refreshed = this.#last.then(() => this.#take(trees, tableArn(table)))
    this.#last = refreshed.catch(() => undefined)
    return refreshed
  }

  async #take(trees: Trees, arn: string): Promise<void> {
    const streams = `${arn}${streamPart}`
    const { own, others } = await trees.view((reader) => ({
      own: readPolicy(reader, arn),
      others: policiesUnder(reader, streams),
    }))
    for (const known of this.#byArn.keys()) {
      if (known === arn || known.startsWith(streams)) this.#byArn.delete(known)
    }
    if (own?.document !== undefined) this.#byArn.set(arn, own)
    for (const [stream, policy] of others) this.#byArn.set(stream, policy)
  }
}

export function engineResourcePolicies(trees: Trees, catalog: Catalog, memory: PolicyMemory): ResourcePolicies {
  return {
    inForce: (arn) => memory.inForce(arn),

    find(scope, table, arn) {
      return trees.view((reader) => {
        const found = catalog.find(reader, scope, table)
        return found && { policy: readPolicy(reader, arn) }
      })
    },

    async change(scope, table, arn, change) {
      const changed = await trees.atomically((writer) => {
        const found = catalog.find(writer, scope, table)
        if (found === undefined) throw tableNotFoundNamed(table)
        const before = readPolicy(writer, arn)
        const after = change(found.record, before)
        if (after !== before && after !== undefined) putPolicy(writer, arn, after)
        return { before, after }
      })
      if (changed.after !== changed.before) await memory.refresh(trees, { ...scope, name: table })
      return changed
    },
  }
}

export function putPolicy(writer: TreeWriter, arn: string, policy: ResourcePolicyRecord): void {
  writer.set(resourcePoliciesTree, Buffer.from(arn, 'utf8'), Buffer.from(JSON.stringify(policy), 'utf8'))
}

/** Those of the table and of its streams, as it goes. */
export function removePolicies(writer: TreeWriter, table: NamedTable): void {
  const arn = tableArn(table)
  const streams = allUnder(writer, `${arn}${streamPart}`).map(([stream]) => stream)
  for (const each of [arn, ...streams]) writer.remove(resourcePoliciesTree, Buffer.from(each, 'utf8'))
}

/** Every ARN that has a record, for the check of a store. */
export function allPolicies(reader: TreeReader): readonly (readonly [arn: string, policy: ResourcePolicyRecord])[] {
  return allUnder(reader, '')
}

function readPolicy(reader: TreeReader, arn: string): ResourcePolicyRecord | undefined {
  const raw = reader.get(resourcePoliciesTree, Buffer.from(arn, 'utf8'))
  return raw && (JSON.parse(raw.toString('utf8')) as ResourcePolicyRecord)
}

function policiesUnder(reader: TreeReader, prefix: string): [string, ResourcePolicyRecord][] {
  return allUnder(reader, prefix).filter(([, { document }]) => document !== undefined)
}

function allUnder(reader: TreeReader, prefix: string): [string, ResourcePolicyRecord][] {
  const found: [string, ResourcePolicyRecord][] = []
  const from = Buffer.from(prefix, 'utf8')
  const to = prefix === '' ? undefined : afterPrefix(from)
  reader.scan(resourcePoliciesTree, { ...(prefix !== '' && { from }), ...(to && { to }) }, false, (entry) => {
    const arn = entry.keyBytes.toString('utf8', entry.keyStart, entry.keyEnd)
    found.push([
      arn,
      JSON.parse(entry.valueBytes.toString('utf8', entry.valueStart, entry.valueEnd)) as ResourcePolicyRecord,
    ])
    return true
  })
  return found
}
