/** Two answers to one request, reduced to what must agree. */
import { isDeepStrictEqual } from 'node:util'
import type { Answer, Body } from '../conformance/client.ts'

export interface Seen {
  readonly status: number
  readonly code: string | undefined
  readonly message: string | undefined
  readonly body: unknown
}

/** `sorted`: the order of the items means nothing. */
export function seen(answer: Answer, sorted: boolean): Seen {
  const { status, code, message } = answer
  return { status, code, message, body: status === 200 ? plain(answer.body, '', sorted) : undefined }
}

export function agree(one: Seen, other: Seen): boolean {
  return isDeepStrictEqual(one, other)
}

/** Members that hold times, ids and accounts, which are each server's own. */
const own: ReadonlySet<string> = new Set([
  'CreationDateTime',
  'TableId',
  'TableArn',
  'IndexArn',
  'LastIncreaseDateTime',
  'LastDecreaseDateTime',
  'LastUpdateToPayPerRequestDateTime',
  'LastUpdateDateTime',
])
const sets: ReadonlySet<string> = new Set(['SS', 'NS', 'BS'])
const unordered: ReadonlySet<string> = new Set([
  'AttributeDefinitions',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'NonKeyAttributes',
  'TableNames',
  'ConsumedCapacity',
])

function plain(value: unknown, name: string, sorted: boolean): unknown {
  if (Array.isArray(value)) {
    const elements = value.map((element) => plain(element, '', sorted))
    if (sets.has(name) || unordered.has(name) || sorted) return elements.map((one) => text(one)).sort()
    return elements
  }
  if (typeof value !== 'object' || value === null) return value
  const members = Object.keys(value)
    .filter((each) => !own.has(each))
    .sort()
  const source = value as Body
  return Object.fromEntries(members.map((each) => [each, plain(source[each], each, sorted || each === 'Responses')]))
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
