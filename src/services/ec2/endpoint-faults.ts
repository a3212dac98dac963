/** `coffer check` of endpoints: what no operation leaves behind. */
import type { Collections } from '../../engine/collections/collections.ts'
import type { Scope } from '../../engine/scope.ts'
import { MalformedPolicy } from '../../policy/document.ts'
import { parsePolicy } from '../../policy/parse-policy.ts'
import { type EndpointRecord, endpointRecords } from './endpoint-records.ts'
import { textOf } from './endpoints.ts'

export interface EndpointsCheck {
  readonly endpoints: number
  readonly faults: readonly string[]
}

const recordsPerRead = 1000

export async function checkEndpoints(store: Collections, scope: Scope): Promise<EndpointsCheck> {
  const records: { readonly id: string; readonly value: EndpointRecord }[] = []
  let after: string | undefined
  do {
    const page = await store.list(endpointRecords, scope, {
      limit: recordsPerRead,
      ...(after !== undefined && { after }),
    })
    records.push(...page.records)
    after = page.last
  } while (after !== undefined)
  return { endpoints: records.length, faults: [...faultsOf(records)] }
}

function* faultsOf(records: readonly { readonly id: string; readonly value: EndpointRecord }[]): Iterable<string> {
  const addresses = new Set<string>()
  for (const { id, value } of records) {
    if (value.id !== id) yield `endpoint ${id} calls itself ${value.id}`
    const address = textOf(value.address)
    if (addresses.has(address)) yield `endpoint ${id} has the address ${address}, which is another one's too`
    addresses.add(address)
    const document = parsePolicy(value.policy, 'vpc-endpoint')
    if (document instanceof MalformedPolicy) yield `the policy of endpoint ${id} is malformed: ${document.message}`
  }
}
