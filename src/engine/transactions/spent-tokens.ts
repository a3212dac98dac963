/**
 * Client request tokens that were spent in the last ten minutes. A token is kept in the commit of its transaction: both are
 * there after a crash, or neither.
 *
 * Keys begin with the five minutes in which the token was spent, so the oldest lie together at the tree's low end, and a
 * token can lie in few places. Every transaction that keeps a token also removes a few that no one can ask for any more.
 */
import type { TreeReader, TreeWriter } from '../../storage/trees.ts'
import type { Scope } from '../scope.ts'
import { spentTokensTree } from '../storage-map.ts'

/** AWS: ten minutes after the request is done. */
const validForMs = 10 * 60 * 1000
const spanMs = 5 * 60 * 1000
const spanBytes = 4
/** More than one, so that what an outage left behind goes away; few, so that no transaction pays for it. */
const sweptPerTransaction = 4

export interface SpentToken {
  readonly spentAtMs: number
  /** Of the request that spent it. */
  readonly requestDigest: string
  /** What reading its items again is charged: read units by table, in the order of the request. */
  readonly readUnits: readonly (readonly [table: string, units: number])[]
}

export function findToken(trees: TreeReader, scope: Scope, token: string, nowMs: number): SpentToken | undefined {
  // A clock that was set back may have spent it in a span that has not begun again.
  for (let span = spanOf(nowMs) + 1; span >= oldestSpan(nowMs); span--) {
    const stored = trees.get(spentTokensTree, tokenKey(span, scope, token))
    if (stored === undefined) continue
    const found = readToken(stored)
    if (found.spentAtMs + validForMs > nowMs) return found
  }
  return undefined
}

export function keepToken(trees: TreeWriter, scope: Scope, token: string, spent: SpentToken): void {
  const key = tokenKey(spanOf(spent.spentAtMs), scope, token)
  trees.set(spentTokensTree, key, Buffer.from(JSON.stringify(spent), 'utf8'))
}

export function sweepTokens(trees: TreeWriter, nowMs: number): void {
  const stale: Buffer[] = []
  trees.scan(spentTokensTree, { to: spanPrefix(oldestSpan(nowMs)) }, false, (entry) => {
    stale.push(Buffer.from(entry.keyBytes.subarray(entry.keyStart, entry.keyEnd)))
    return stale.length < sweptPerTransaction
  })
  for (const key of stale) trees.remove(spentTokensTree, key)
}

/** What is wrong with an entry, if anything. */
export function tokenFault(key: Buffer, stored: Buffer): string | undefined {
  const { spentAtMs } = readToken(stored)
  if (key.readUInt32BE(0) === spanOf(spentAtMs)) return undefined
  return `the token was spent at ${spentAtMs}, its key says span ${key.readUInt32BE(0)}`
}

function readToken(stored: Buffer): SpentToken {
  return JSON.parse(stored.toString('utf8')) as SpentToken
}

function spanOf(timeMs: number): number {
  return Math.floor(timeMs / spanMs)
}

function oldestSpan(nowMs: number): number {
  return spanOf(nowMs - validForMs)
}

function spanPrefix(span: number): Buffer {
  const prefix = Buffer.allocUnsafe(spanBytes)
  prefix.writeUInt32BE(Math.max(0, span), 0)
  return prefix
}

/** A token may hold any character; what stands before it holds no zero. */
function tokenKey(span: number, scope: Scope, token: string): Buffer {
  return Buffer.concat([spanPrefix(span), Buffer.from(`${scope.accountId}\0${scope.region}\0${token}`, 'utf8')])
}
