/** Everybody who can sign a request: the administrator, IAM's users, and whoever holds a session. */
import type { Identities, Identity } from '../contract/ports.ts'

export interface IdentitySources {
  readonly administrator: Identities
  readonly region: string
  /** Lasting keys of users. */
  readonly findKey: (accessKeyId: string) => Identity | undefined
  /** Temporary keys: what their sealed token says. */
  readonly findSession: (accessKeyId: string, token: string) => Identity | undefined
  /** `id` is a key's, or the role's of a session. */
  readonly noteUse: (id: string, service: string, region: string, atMs: number) => void
}

export function allIdentities(sources: IdentitySources): Identities {
  const { administrator, region, findKey, findSession, noteUse } = sources
  return {
    find(accessKeyId, token) {
      const lasting = administrator.find(accessKeyId, token) ?? findKey(accessKeyId)
      if (lasting !== undefined || token === undefined) return lasting
      return findSession(accessKeyId, token)
    },
    noteUse({ principal }, service, atMs) {
      const { session } = principal
      if (session?.issuer.type === 'Role') noteUse(session.issuer.id, service, region, atMs)
      else if (session === undefined) noteUse(principal.accessKeyId, service, region, atMs)
    },
  }
}
