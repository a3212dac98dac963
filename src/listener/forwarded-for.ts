/** Who the client is when proxies stand between: X-Forwarded-For, as far as it can be believed. */
import { type IpRange, isInRange, parseAddress } from '../policy/ip-ranges.ts'

/**
 * Each proxy adds at the right whom it heard from, so hops are read from the right for as long as the one that told
 * them is trusted: the first that is not is the client. What stands further left is the client's own word. Where a
 * trusted proxy tells what is no address, the proxy itself counts as the client.
 */
export function forwardedAddress(peer: string, header: string, trusted: readonly IpRange[]): string {
  let client = peer
  let end = header.length
  while (end >= 0 && isTrusted(client, trusted)) {
    const comma = end === 0 ? -1 : header.lastIndexOf(',', end - 1)
    const hop = plainHop(header.slice(comma + 1, end))
    if (parseAddress(hop) === undefined) return client
    client = hop
    if (comma === -1) return client
    end = comma
  }
  return client
}

function isTrusted(text: string, trusted: readonly IpRange[]): boolean {
  const address = parseAddress(text)
  return address !== undefined && trusted.some((range) => isInRange(address, range))
}

/** Some proxies tell the port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function plainHop(text: string): string {
  const hop = text.trim()
  return /^\[([^\]]*)\](?::\d{1,5})?$/.exec(hop)?.[1] ?? /^([^:]+):\d{1,5}$/.exec(hop)?.[1] ?? hop
}
