/** One request of a caller and what is to become of it. */
import assert from 'node:assert/strict'
import type { Client } from '../conformance/client.ts'
import { secret } from './bank.ts'

export interface Attempt {
  readonly name: string
  /** `GetItem`, or with the target's prefix. */
  readonly operation: string
  /** Text goes out as it is. */
  readonly input: object | string
  /**
   * `statement refused`: the batch is answered, with AccessDenied in the place of a statement. The code of an error
   * otherwise: the request fails for another reason than authorization, and
   * shows nothing.
   */
  readonly answer: 'allowed' | 'refused' | 'refused or unknown' | 'statement refused' | string
  /** Why this caller sees what he should not: AWS would show it, too. */
  readonly leaks?: string
}

export async function attempt(client: Client, { name, operation, input, answer, leaks }: Attempt): Promise<void> {
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  const { code, message, body } = await client.send(operation, text)
  const shown = `${name}: ${code ?? 'allowed'} ${message ?? ''}`
  if (answer === 'allowed') assert.equal(code, undefined, shown)
  else if (answer === 'refused') assert.equal(code, 'AccessDeniedException', shown)
  else if (answer === 'refused or unknown') {
    assert.ok(code === 'AccessDeniedException' || code === 'UnknownOperationException', shown)
  } else if (answer === 'statement refused') {
    assert.equal(code, undefined, shown)
    const responses = body['Responses'] as readonly { readonly Error?: { readonly Code: string } }[]
    assert.ok(
      responses.some(({ Error: error }) => error?.Code === 'AccessDenied'),
      shown,
    )
  } else assert.equal(code, answer, shown)
  // What the request itself says may come back in a message.
  const answered = JSON.stringify(body)
  if (leaks !== undefined) assert.ok(answered.includes(secret), `${name} shows what it is said to leak`)
  else if (!text.includes(secret)) assert.ok(!answered.includes(secret), `${name} shows ${answered}`)
}
