/** A digest of a request's content, by which a client request token's request is known again. */
import { createHash } from 'node:crypto'

/**
 * The same for values that say the same: members in any order, absent ones or undefined, since some SDKs write maps in
 * another order each time. `value` has been checked, so it is not deep.
 */
export function requestDigest(value: unknown): string {
  const hash = createHash('sha256')
  hash.update(canonical(value))
  return hash.digest('base64')
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const members = value as Readonly<Record<string, unknown>>
  const names = Object.keys(members).filter((name) => members[name] !== undefined)
  return `{${names
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(members[name])}`)
    .join(',')}}`
}
