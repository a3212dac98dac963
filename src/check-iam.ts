/** `coffer check` of IAM: what users, groups and roles refer to is there. */
import { engineCollections } from './engine/collections/engine-collections.ts'
import { collectionsTree } from './engine/storage-map.ts'
import { openState } from './services/iam/state.ts'
import { stateFaults } from './services/iam/state-faults.ts'
import type { Trees } from './storage/trees.ts'

export interface IamCheck {
  readonly subject: string
  readonly summary: string
  readonly faults: readonly string[]
}

/** Of every account that has IAM records. */
export async function* checkIam(trees: Trees): AsyncGenerator<IamCheck> {
  for (const account of await accountsWithIam(trees)) {
    const state = await openState(engineCollections(trees), account)
    const { users, groups, roles, policies } = state
    yield {
      subject: `IAM of ${account}`,
      summary: `${users.size} users, ${groups.size} groups, ${roles.size} roles, ${policies.size} policies`,
      faults: stateFaults(state),
    }
  }
}

/** By the one record that each has: `iam.account · account · region · id`. */
function accountsWithIam(trees: Trees): Promise<readonly string[]> {
  return trees.view((reader) => {
    const accounts: string[] = []
    if (!reader.hasTree(collectionsTree)) return accounts
    const range = { from: Buffer.from('iam.account\0'), to: Buffer.from('iam.account\x01') }
    reader.scan(collectionsTree, range, false, (entry) => {
      const [, account = ''] = entry.keyBytes.toString('utf8', entry.keyStart, entry.keyEnd).split('\0')
      accounts.push(account)
      return true
    })
    return accounts
  })
}
