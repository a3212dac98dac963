/** Who calls? The holder of the access key whose signature the request bears, or an AWS error. */
import { timingSafeEqual } from 'node:crypto'
import type { Identity } from '../contract/ports.ts'
import type { Principal } from '../contract/request-context.ts'
import { expiredSession, invalidSessionToken, otherCertificate, unknownAccessKey } from './authentication-errors.ts'
import type { Call } from './call.ts'
import type { House } from './house.ts'
import { readClaim } from './signature-claim.ts'
import { checkClaim, checkSignature } from './sigv4.ts'

/** AWS signs for it where a service has one endpoint for all regions. */
const globalRegion = 'us-east-1'

export type AuthenticationRooms = Pick<House, 'region' | 'clock' | 'identities' | 'signingKeys'>

export function authenticate({ raw, service }: Pick<Call, 'raw' | 'service'>, house: AuthenticationRooms): Principal {
  const claim = readClaim(raw)
  const nowMs = house.clock.nowMs()
  const isGlobal = service.global === true && claim.credential.split('/')[2] === globalRegion
  const scope = { region: isGlobal ? globalRegion : house.region, service: service.signingName }
  const accessKeyId = checkClaim(claim, raw, scope, nowMs)
  const identity = house.identities.find(accessKeyId, claim.sessionToken)
  if (identity === undefined) throw unknownAccessKey()
  checkSignature(claim, raw, house.signingKeys.keyFor(claim.credential, identity.secretAccessKey))
  checkSession(identity.session, claim.sessionToken, nowMs)
  checkCertificate(raw.connection.clientCertificate?.principalArn, identity.principal)
  house.identities.noteUse(identity, service.name, nowMs)
  return identity.principal
}

/** Where the client's certificate names a principal, a stolen key of another one is of no use on its connection. */
function checkCertificate(bound: string | undefined, principal: Principal): void {
  // A role's certificate serves all its sessions.
  const role = principal.type === 'AssumedRole' ? principal.session?.issuer.arn : undefined
  if (bound === undefined || bound === principal.arn || bound === role) return
  throw otherCertificate(principal.arn, bound)
}

/** A session's key goes with its token and a lasting key without one. */
function checkSession(session: Identity['session'], token: string | undefined, nowMs: number): void {
  if (session === undefined) {
    if (token !== undefined) throw invalidSessionToken()
    return
  }
  if (token === undefined || !isSame(token, session.token)) throw invalidSessionToken()
  if (nowMs >= session.expiresAtMs) throw expiredSession()
}

function isSame(given: string, expected: string): boolean {
  const givenBytes = Buffer.from(given)
  const expectedBytes = Buffer.from(expected)
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes)
}
