/** What IAM's operations work on. */
import type { Organization } from '../../contract/ports.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Random } from '../../foundation/random.ts'
import type { KeyUses } from './key-uses.ts'
import type { IamState } from './state.ts'

export interface Iam {
  readonly state: IamState
  readonly uses: KeyUses
  readonly clock: Clock
  readonly random: Random
  /** The root's one access key; it lies in a file of the operator's and not here. */
  readonly rootAccessKeyId: string
  /** Whose service control policies bear on what is simulated. */
  readonly organization: Organization | undefined
  /** The latest credential report; it can be made again, so nothing keeps it beyond the process. */
  readonly report: { latest: { readonly atMs: number; readonly csv: string } | undefined }
  /** Since when there is this account. */
  readonly since: Date
}
