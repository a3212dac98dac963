/** Temporary credentials: made, sealed into their token, and known again by it. */
import type { Directory, Identity } from '../../contract/ports.ts'
import type { Principal, PrincipalSession } from '../../contract/request-context.ts'
import { BoundedCache } from '../../foundation/bounded-cache.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Random } from '../../foundation/random.ts'
import type { SealedTokens } from './sealed-tokens.ts'

/** What a session is of; its times and keys are made with it. */
export type NewSession = Omit<PrincipalSession, 'issuedAtMs' | 'expiresAtMs'> & {
  readonly type: 'Root' | 'User' | 'AssumedRole' | 'FederatedUser'
}

/** As sealed into the token. */
interface SessionContent extends NewSession {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

export interface Credentials {
  readonly AccessKeyId: string
  readonly SecretAccessKey: string
  readonly SessionToken: string
  readonly Expiration: Date
}

export interface SessionRooms {
  readonly tokens: SealedTokens
  readonly directory: Directory
  readonly clock: Clock
  readonly random: Random
}

const openedTokensMax = 5000
const keyAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export class Sessions {
  readonly #rooms: SessionRooms
  /** Opening a token costs more than all else of a signature check, and a client shows the same one again and again. */
  readonly #opened = new BoundedCache<string, SessionContent>(openedTokensMax)
  readonly #identities = new BoundedCache<string, Known>(openedTokensMax)

  constructor(rooms: SessionRooms) {
    this.#rooms = rooms
  }

  begin(session: NewSession, seconds: number): Credentials {
    const { clock, random, tokens } = this.#rooms
    const nowMs = clock.nowMs()
    // Credentials show their end to the second.
    const expiresAtMs = Math.floor(nowMs / 1000 + seconds) * 1000
    const letters = Array.from(random.bytes(16), (byte) => keyAlphabet[byte % keyAlphabet.length]).join('')
    const content: SessionContent = {
      ...session,
      accessKeyId: `ASIA${letters}`,
      secretAccessKey: random.bytes(30).toString('base64'),
      issuedAtMs: nowMs,
      expiresAtMs,
    }
    return {
      AccessKeyId: content.accessKeyId,
      SecretAccessKey: content.secretAccessKey,
      SessionToken: tokens.seal('session', content),
      Expiration: new Date(expiresAtMs),
    }
  }

  /**
   * Who holds a temporary key, by the token that came with it; undefined for tokens that are not ours or not this key's,
   * and when the user or role behind it is gone. Whether it has expired is the caller's to see.
   */
  find(accessKeyId: string, token: string): Identity | undefined {
    const content = this.#open(token)
    if (content === undefined || content.accessKeyId !== accessKeyId) return undefined
    const { type, id } = content.issuer
    const holder = type === 'Root' ? undefined : this.#rooms.directory.holder(type, id)
    if (type !== 'Root' && holder === undefined) return undefined
    const arn = holder?.arn ?? content.issuer.arn
    const known = this.#identities.get(token)
    // Users can be renamed and moved under their sessions.
    if (known?.holderArn === arn) return known.identity
    const identity = identityOf(this.#rooms.directory.accountId, content, { arn, name: holder?.name }, token)
    this.#identities.set(token, { holderArn: arn, identity })
    return identity
  }

  #open(token: string): SessionContent | undefined {
    const known = this.#opened.get(token)
    if (known !== undefined) return known
    const content = this.#rooms.tokens.open('session', token) as SessionContent | undefined
    if (content !== undefined) this.#opened.set(token, content)
    return content
  }
}

interface Known {
  readonly holderArn: string
  readonly identity: Identity
}

interface Holder {
  readonly arn: string
  readonly name: string | undefined
}

function identityOf(accountId: string, content: SessionContent, holder: Holder, token: string): Identity {
  const { type, accessKeyId, secretAccessKey, ...session } = content
  const { name = '', issuer, expiresAtMs } = session
  const common = { accountId, accessKeyId, session: { ...session, issuer: { ...issuer, arn: holder.arn } } }
  return {
    principal: principalOf(type, name, holder, common),
    secretAccessKey,
    session: { token, expiresAtMs },
  }
}

function principalOf(
  type: NewSession['type'],
  name: string,
  holder: Holder,
  common: Pick<Principal, 'accountId' | 'accessKeyId'> & { readonly session: PrincipalSession },
): Principal {
  const { accountId, session } = common
  switch (type) {
    case 'AssumedRole':
      return {
        ...common,
        type,
        arn: assumedRoleArn(accountId, holder.name ?? '', name),
        userId: `${session.issuer.id}:${name}`,
      }
    case 'FederatedUser':
      return {
        ...common,
        type,
        arn: `arn:aws:sts::${accountId}:federated-user/${name}`,
        userId: `${accountId}:${name}`,
      }
    case 'User':
      return {
        ...common,
        type,
        arn: holder.arn,
        userId: session.issuer.id,
        ...(holder.name !== undefined && { userName: holder.name }),
      }
    case 'Root':
      return { ...common, type, arn: holder.arn, userId: accountId }
  }
}

/** Without the role's path. */
export function assumedRoleArn(accountId: string, role: string, session: string): string {
  return `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`
}
