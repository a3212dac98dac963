/** PartiQL statements over the wire, as short as the cases need them. */
import assert from 'node:assert/strict'
import type { Answer, Body, Client } from './client.ts'
import { assertRefused } from './refusals.ts'

export type Parameters = readonly Body[]

export function execute(client: Client, statement: string, parameters?: Parameters, more: Body = {}): Promise<Answer> {
  return client.call('ExecuteStatement', {
    Statement: statement,
    ...(parameters !== undefined && { Parameters: parameters }),
    ...more,
  })
}

/** The body of a statement that must succeed. */
export async function executed(
  client: Client,
  statement: string,
  parameters?: Parameters,
  more: Body = {},
): Promise<Body> {
  const { status, message, body } = await execute(client, statement, parameters, more)
  assert.equal(status, 200, `${statement}: ${message}`)
  return body
}

export async function rows(
  client: Client,
  statement: string,
  parameters?: Parameters,
  more: Body = {},
): Promise<readonly Body[]> {
  return (await executed(client, statement, parameters, more))['Items'] as readonly Body[]
}

/** One attribute of each row, without its type. */
export async function column(
  client: Client,
  name: string,
  statement: string,
  parameters?: Parameters,
): Promise<readonly unknown[]> {
  return (await rows(client, statement, parameters)).map((row) => {
    const value = row[name]
    return value === undefined ? undefined : Object.values(value as Body)[0]
  })
}

export async function refused(
  client: Client,
  message: string,
  statement: string,
  parameters?: Parameters,
  code = 'ValidationException',
): Promise<void> {
  const answer = await execute(client, statement, parameters)
  try {
    assertRefused(answer, code, message)
  } catch (error) {
    assert.fail(`${statement}: ${(error as Error).message}`)
  }
}

/** `at 1:<column>:<length>` of a token that a message points at. */
export function placeOf(statement: string, token: string, from = 0): string {
  const index = statement.indexOf(token, from)
  assert.ok(index >= 0, `${token} is in the statement`)
  return `at 1:${index + 1}:${token.length}`
}

export const malformed = "Statement wasn't well formed, can't be processed: "
