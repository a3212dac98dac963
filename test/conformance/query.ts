/** Query calls with no SDK between the test and the wire: forms go out as written, refusals come back as AWS prints them. */
import assert from 'node:assert/strict'
import { type QueryAnswer, type QueryParts, queryExchange } from '../server/signed-query.ts'
import type { ConformanceServer } from './server.ts'

export interface QueryService {
  readonly service: 'iam' | 'sts' | 'ec2'
  readonly version: string
}
export const iamApi: QueryService = { service: 'iam', version: '2010-05-08' }
export const ec2Api: QueryService = { service: 'ec2', version: '2016-11-15' }
export const stsApi: QueryService = { service: 'sts', version: '2011-06-15' }

/** `parameters` by their names on the wire: `Tags.member.1.Key`. */
export function callQuery(
  server: ConformanceServer,
  { service, version }: QueryService,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
  more: Partial<QueryParts> = {},
): Promise<QueryAnswer> {
  const form = new URLSearchParams({ Action: action, Version: version, ...parameters }).toString()
  const { endpoint } = server
  const { port, region, credentials } = endpoint
  return queryExchange(port, { form, service, region, ...credentials, atMs: endpoint.now().getTime(), ...more })
}

/** `[action, parameters, status, code, message]`. */
export type Refusal = readonly [string, Readonly<Record<string, string>>, number, string, string]

export async function refusals(
  server: ConformanceServer,
  api: QueryService,
  cases: readonly Refusal[],
  more: Partial<QueryParts> = {},
): Promise<void> {
  for (const [action, parameters, status, code, message] of cases) {
    const answer = await callQuery(server, api, action, parameters, more)
    const shown = `${action} ${JSON.stringify(parameters).slice(0, 200)}`
    assert.deepEqual([answer.status, answer.code, answer.message], [status, code, message], shown)
  }
}

export async function done(
  server: ConformanceServer,
  api: QueryService,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<QueryAnswer> {
  const answer = await callQuery(server, api, action, parameters)
  assert.equal(answer.status, 200, `${action}: ${answer.text}`)
  return answer
}
