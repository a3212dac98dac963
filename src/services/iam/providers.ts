/** OpenID Connect providers: issuers whose tokens roles may trust. */
import { iamArn, partedArn } from './arns.ts'
import { invalidInput, noSuchEntity, refusedValue } from './errors.ts'
import type { Target } from './iam-operation.ts'
import type { ProviderRecord } from './records.ts'
import type { IamState } from './state.ts'

const urlInvalid = 'Invalid Open ID Connect Provider URL'

/** Host and path of an issuer's URL, as AWS takes it: https, no port, no query, no fragment. */
export function providerName(url: string): string {
  if (!url.includes('://')) throw refusedValue(urlInvalid)
  if (!url.startsWith('https://')) throw invalidInput(`${urlInvalid}. The URL must begin with https://.`)
  const name = url.slice('https://'.length)
  if (!/^[A-Za-z0-9.-]+(\/[A-Za-z0-9._~/-]*)?$/.test(name)) throw invalidInput(`${urlInvalid}.`)
  return name.endsWith('/') ? name.slice(0, -1) : name
}

export function providerArn(state: IamState, name: string): string {
  return iamArn(state.accountId, 'oidc-provider', '/', name)
}

export function findProvider(state: IamState, arn: string): ProviderRecord | undefined {
  const parts = partedArn(arn)
  if (parts?.kind !== 'oidc-provider' || parts.accountId !== state.accountId) return undefined
  return state.providers.get(parts.rest)
}

export function providerWith(state: IamState, arn: string): ProviderRecord {
  const found = findProvider(state, arn)
  if (found === undefined) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`)
  return found
}

export function providerTarget(state: IamState, arn: string): Target {
  const tags = findProvider(state, arn)?.tags
  return { arn, ...(tags && { tags }) }
}
