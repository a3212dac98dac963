/** `Contributors` from the meters of admission. */
import type { Trees } from '../../storage/trees.ts'
import type { Admission } from '../capacity/admission.ts'
import type { Catalog } from '../tables/catalog.ts'
import type { Contributors } from './contributors.ts'

export function engineContributors(trees: Trees, catalog: Catalog, admission: Admission): Contributors {
  return {
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
