/** Opens the room: its sealing key, made once and kept by the store, and what the staircase needs of it. */
import type { Directory, Identity, Organization } from '../../contract/ports.ts'
import type { QueryService } from '../../contract/service.ts'
import { type Collections, collection } from '../../engine/collections/collections.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Random } from '../../foundation/random.ts'
import { KeySets, type TrustedIssuer } from './key-sets.ts'
import { SealedTokens } from './sealed-tokens.ts'
import { stsService } from './service.ts'
import { Sessions } from './sessions.ts'
import { WebIdentities } from './web-identities.ts'

export interface OpenStsOptions {
  readonly store: Collections
  readonly directory: Directory
  readonly clock: Clock
  readonly random: Random
  /** What the operator says of issuers. */
  readonly issuers: readonly TrustedIssuer[]
  readonly organization?: Organization | undefined
}

export interface StsRoom {
  readonly service: QueryService
  /** Who holds a temporary key, by its token. */
  findSession(accessKeyId: string, token: string): Identity | undefined
  /** The encoded message of a refusal, for DecodeAuthorizationMessage. */
  encodeAuthorizationMessage(message: object): string
}

const sealingKeys = collection<{ readonly key: string }>('sts.sealing-keys')
const sealingKeyBytes = 32

export async function openSts(options: OpenStsOptions): Promise<StsRoom> {
  const { store, directory, clock, random, issuers, organization } = options
  const scope = { accountId: directory.accountId, region: 'aws-global' }
  const fresh = random.bytes(sealingKeyBytes).toString('base64')
  // Whoever has it can make any session; the trees seal it, and it never leaves this room.
  const kept = await store.update(sealingKeys, scope, 'current', (present) => present ?? { key: fresh })
  const tokens = new SealedTokens(Buffer.from(kept?.key ?? '', 'base64'), random)
  const sessions = new Sessions({ tokens, directory, clock, random })
  const webIdentities = new WebIdentities({ directory, keySets: new KeySets(issuers, clock), clock })
  return {
    service: stsService({ directory, sessions, tokens, webIdentities, clock, organization }),
    findSession: (id, token) => sessions.find(id, token),
    encodeAuthorizationMessage: (message) => tokens.seal('authorization-message', message),
  }
}
