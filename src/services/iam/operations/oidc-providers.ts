/** OpenID Connect providers: Create, Get, List, Delete, AddClientID, RemoveClientID and UpdateThumbprint. */
import type { InputOf } from '../../../contract/shape.ts'
import { alreadyExists, invalidInput, noSuchEntity, quotaExceeded } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, wholeAccount } from '../iam-operation.ts'
import { findProvider, providerArn, providerName, providerTarget, providerWith } from '../providers.ts'
import { quotas } from '../quotas.ts'
import type { ProviderRecord } from '../records.ts'
import { arn, list, optional, required, string, structure, tags } from '../shapes.ts'
import { newTags, printedTags } from '../tags.ts'

const clientId = string({ min: 1, max: 255 })
const thumbprints = list(string())

const createInput = structure({
  Url: required(string({ min: 1, max: 255 })),
  ClientIDList: optional(list(clientId)),
  ThumbprintList: optional(thumbprints),
  Tags: optional(tags),
})

export const createOidcProvider = ({ state, clock }: Iam) =>
  iamOperation<InputOf<typeof createInput>, object>({
    name: 'CreateOpenIDConnectProvider',
    readOnly: false,
    input: createInput,
    target: (input) => ({ arn: providerArn(state, input.Url.replace(/^[a-z]*:\/\//, '')) }),
    run: (input) => {
      const name = providerName(input.Url)
      const provider: ProviderRecord = {
        id: name,
        name,
        createdAtMs: clock.nowMs(),
        clientIds: [...new Set(input.ClientIDList ?? [])],
        thumbprints: checkedThumbprints(input.ThumbprintList ?? []),
        tags: newTags(input.Tags),
      }
      checkClientIds(provider.clientIds)
      return state.change((changes) => {
        if (state.providers.isTaken(name)) throw alreadyExists(`Provider with url ${input.Url} already exists.`)
        if (state.providers.size >= quotas.providersPerAccount) {
          throw quotaExceeded('OpenIdConnectProvidersPerAccount', quotas.providersPerAccount)
        }
        changes.put('providers', provider)
        return {
          OpenIDConnectProviderArn: providerArn(state, name),
          ...(provider.tags.length > 0 && { Tags: printedTags(provider.tags) }),
        }
      })
    },
  })

/** Kept and shown; trust in the issuer's server comes from certificate authorities, as in AWS since 2023. */
function checkedThumbprints(given: readonly string[]): readonly string[] {
  if (given.length > 5) throw invalidInput('Thumbprint list must contain fewer than 5 entries.')
  if (given.some((one) => !/^[0-9A-Fa-f]{40}$/.test(one))) {
    throw invalidInput('Thumbprint must be exactly 40 characters.')
  }
  return given.map((one) => one.toLowerCase())
}

function checkClientIds(ids: readonly string[]): void {
  if (ids.length > quotas.clientIdsPerProvider) {
    throw quotaExceeded('ClientIdsPerOpenIdConnectProvider', quotas.clientIdsPerProvider)
  }
}

const arnInput = structure({ OpenIDConnectProviderArn: required(arn) })

export const getOidcProvider = ({ state }: Iam) =>
  iamOperation<InputOf<typeof arnInput>, object>({
    name: 'GetOpenIDConnectProvider',
    readOnly: true,
    input: arnInput,
    target: (input) => providerTarget(state, input.OpenIDConnectProviderArn),
    run: (input) => {
      const provider = providerWith(state, input.OpenIDConnectProviderArn)
      return {
        Url: provider.name,
        ClientIDList: provider.clientIds,
        ThumbprintList: provider.thumbprints,
        CreateDate: new Date(provider.createdAtMs),
        Tags: printedTags(provider.tags),
      }
    },
  })

const listInput = structure({})

export const listOidcProviders = ({ state }: Iam) =>
  iamOperation<InputOf<typeof listInput>, object>({
    name: 'ListOpenIDConnectProviders',
    readOnly: true,
    input: listInput,
    target: () => wholeAccount,
    run: () => ({
      OpenIDConnectProviderList: state.providers.all().map(({ name }) => ({ Arn: providerArn(state, name) })),
    }),
  })

export const deleteOidcProvider = ({ state }: Iam) =>
  iamOperation<InputOf<typeof arnInput>, undefined>({
    name: 'DeleteOpenIDConnectProvider',
    readOnly: false,
    input: arnInput,
    target: (input) => providerTarget(state, input.OpenIDConnectProviderArn),
    run: (input) =>
      state.change((changes) => {
        const provider = findProvider(state, input.OpenIDConnectProviderArn)
        if (provider === undefined) {
          throw noSuchEntity(`OpenId connect Provider ${input.OpenIDConnectProviderArn} cannot be found.`)
        }
        changes.remove('providers', provider.id)
        return undefined
      }),
  })

const clientInput = structure({ OpenIDConnectProviderArn: required(arn), ClientID: required(clientId) })

export const addOidcClientId = ({ state }: Iam) =>
  iamOperation<InputOf<typeof clientInput>, undefined>({
    name: 'AddClientIDToOpenIDConnectProvider',
    readOnly: false,
    input: clientInput,
    target: (input) => providerTarget(state, input.OpenIDConnectProviderArn),
    run: (input) =>
      state.change((changes) => {
        const provider = providerWith(state, input.OpenIDConnectProviderArn)
        const clientIds = [...new Set([...provider.clientIds, input.ClientID])]
        checkClientIds(clientIds)
        changes.put('providers', { ...provider, clientIds })
        return undefined
      }),
  })

export const removeOidcClientId = ({ state }: Iam) =>
  iamOperation<InputOf<typeof clientInput>, undefined>({
    name: 'RemoveClientIDFromOpenIDConnectProvider',
    readOnly: false,
    input: clientInput,
    target: (input) => providerTarget(state, input.OpenIDConnectProviderArn),
    run: (input) =>
      state.change((changes) => {
        const provider = providerWith(state, input.OpenIDConnectProviderArn)
        const clientIds = provider.clientIds.filter((id) => id !== input.ClientID)
        changes.put('providers', { ...provider, clientIds })
        return undefined
      }),
  })

const thumbprintInput = structure({ OpenIDConnectProviderArn: required(arn), ThumbprintList: required(thumbprints) })

export const updateOidcThumbprint = ({ state }: Iam) =>
  iamOperation<InputOf<typeof thumbprintInput>, undefined>({
    name: 'UpdateOpenIDConnectProviderThumbprint',
    readOnly: false,
    input: thumbprintInput,
    target: (input) => providerTarget(state, input.OpenIDConnectProviderArn),
    run: (input) =>
      state.change((changes) => {
        const provider = providerWith(state, input.OpenIDConnectProviderArn)
        changes.put('providers', { ...provider, thumbprints: checkedThumbprints(input.ThumbprintList) })
        return undefined
      }),
  })
