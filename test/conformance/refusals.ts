/** Tables of requests and the exact refusals that they get. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Client } from './client.ts'

/** What is sent, and the message and error that come back; a ValidationException unless told. */
export interface Refusal {
  readonly name: string
  readonly input: unknown
  readonly message: string
  readonly code?: string
}

const namespaces: Readonly<Record<string, string>> = {
  ValidationException: 'com.amazon.coral.validate',
  SerializationException: 'com.amazon.coral.service',
  AccessDeniedException: 'com.amazon.coral.service',
}
const modelNamespace = 'com.amazonaws.dynamodb.v20120810'

/** One test for each row. */
export function refuses(client: () => Client, operation: string, rows: readonly Refusal[]): void {
  for (const { name, input, message, code = 'ValidationException' } of rows) {
    test(`${operation} refuses ${name}`, async () => {
      assertRefused(await client().call(operation, input), code, message)
    })
  }
}

export function assertRefused(answer: Answer, code: string, message: string): void {
  const expected = { status: 400, code, message, namespace: namespaces[code] ?? modelNamespace }
  const { status, namespace } = answer
  assert.deepEqual({ status, code: answer.code, message: answer.message, namespace }, expected)
}

/** The body of a call that must succeed. */
export async function answered(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, message, body } = await answer
  assert.equal(status, 200, message)
  return body
}

/** The envelope of constraint violations. */
export function violated(...violations: readonly string[]): string {
  const noun = violations.length === 1 ? 'error' : 'errors'
  return `${violations.length} validation ${noun} detected: ${violations.join('; ')}`
}

/** One violation: `value` is as the message repeats it. */
export function broken(value: string, path: string, rule: string): string {
  return `Value ${value} at '${path}' failed to satisfy constraint: ${rule}`
}

export const notNull = 'Member must not be null'

export function atLeast(length: number): string {
  return `Member must have length greater than or equal to ${length}`
}

export function atMost(length: number): string {
  return `Member must have length less than or equal to ${length}`
}
