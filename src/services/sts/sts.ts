/** What STS's operations work on. */
import type { Directory, Organization } from '../../contract/ports.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { SealedTokens } from './sealed-tokens.ts'
import type { Sessions } from './sessions.ts'
import type { WebIdentities } from './web-identities.ts'

export interface Sts {
  readonly directory: Directory
  readonly sessions: Sessions
  readonly tokens: SealedTokens
  readonly webIdentities: WebIdentities
  readonly clock: Clock
  readonly organization: Organization | undefined
}
