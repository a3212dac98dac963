/** `Contributors` from the meters of admission. */
import type { Trees } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import type { Catalog } from '../tables/catalog.ts'
import type { IndexRecord, TableRecord } from '../tables/table.ts'
import type { Contributors, NamedRule } from './contributors.ts'
import { ruleNames } from './rule-names.ts'

export function engineContributors(trees: Trees, catalog: Catalog, admission: Admission): Contributors {
  return {
    findRule(scope, name) {
      return trees.view((reader) => {
        for (const record of catalog.all(reader)) {
          if (record.accountId !== scope.accountId || record.region !== scope.region) continue
          const found = ruleNamed(record, undefined, record, name)
          if (found !== undefined) return found
          for (const index of record.indexes) {
            const ofIndex = ruleNamed(record, index.name, index, name)
            if (ofIndex !== undefined) return ofIndex
          }
        }
        return undefined
      })
    },

    async report({ scope, table: name, index, rule, fromMs, toMs, limit }) {
      const table = await trees.view((reader) => catalog.find(reader, scope, name))
      if (table === undefined) return undefined
      const owner = index === undefined ? table : table.indexes.find(({ record }) => record.name === index)
      if (owner?.record.contributorInsights?.status !== 'ENABLED') return undefined
      const { own, global } = admission.metersOf(table)
      const tree = index === undefined ? own : global.get(index)
      return tree?.insights?.report(rule, fromMs, toMs, limit) ?? []
    },
  }
}

function ruleNamed(
  table: TableRecord,
  index: string | undefined,
  { keySchema, contributorInsights }: TableRecord | IndexRecord,
  wanted: string,
): NamedRule | undefined {
  if (contributorInsights?.status !== 'ENABLED') return undefined
  const found = ruleNames(table.name, index, keySchema, contributorInsights).find(({ name }) => name === wanted)
  if (found === undefined) return undefined
  const attributes = found.rule.startsWith('P') ? keySchema.hash : [...keySchema.hash, ...keySchema.range]
  return { table: table.name, index, rule: found.rule, keyNames: attributes.map(({ name }) => name) }
}
