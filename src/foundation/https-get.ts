/** One bounded GET over HTTPS: for documents that another server publishes. No redirects, no more bytes than told. */
import { type LookupAddress, lookup } from 'node:dns'
import { request } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

export interface HttpsGetOptions {
  readonly bytesMax: number
  readonly timeoutMs: number
  /** PEM of the authorities that are trusted instead of the system's. */
  readonly authority?: string | undefined
  /** May it be this machine, or one that only this network can reach? */
  readonly mayBePrivate: boolean
}

/** Why a document was not had; nothing of what came is in it. */
export class HttpsGetFailed extends Error {
  override readonly name = 'HttpsGetFailed'
}

export function httpsGet(url: string, options: HttpsGetOptions): Promise<Buffer> {
  const { bytesMax, timeoutMs, authority, mayBePrivate } = options
  return new Promise((resolve, reject) => {
    const fail = (reason: string, cause?: unknown) => reject(new HttpsGetFailed(`${url}: ${reason}`, { cause }))
    const target = URL.canParse(url) ? new URL(url) : undefined
    if (target?.protocol !== 'https:') return fail('not an https address')
    const host = target.hostname.replace(/^\[|\]$/g, '')
    if (!mayBePrivate && isIP(host) !== 0 && isPrivate(host)) return fail('an address of a private network')
    const sent = request(
      target,
      {
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { accept: 'application/json' },
        ...(authority !== undefined && { ca: authority }),
        ...(!mayBePrivate && { lookup: publicLookup }),
      },
      (response) => {
        if (response.statusCode !== 200) {
          response.destroy()
          return fail(`answered ${response.statusCode}`)
        }
        const chunks: Buffer[] = []
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > bytesMax) response.destroy(new Error('too large'))
          else chunks.push(chunk)
        })
        response.on('error', (error) => fail('broke off', error))
        response.on('end', () => resolve(Buffer.concat(chunks)))
      },
    )
    sent.on('error', (error) => fail('could not be reached', error))
    sent.end()
  })
}

/** Looks at every address before one is connected to, so that a name cannot lead into a private network. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const addresses = found as LookupAddress[] | undefined
    if (error !== null || addresses === undefined) return callback(error, '', 0)
    if (addresses.some(({ address }) => isPrivate(address))) {
      return callback(new Error('an address of a private network'), '', 0)
    }
    if (options.all === true) return callback(null, addresses)
    const [first] = addresses
    return callback(null, first?.address ?? '', first?.family ?? 0)
  })
}

const privateNetworks = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv4')
  privateNetworks.addSubnet(`::ffff:${network}`, 96 + prefix, 'ipv6')
}
for (const [network, prefix] of [
  // With IPv4 addresses inside: compatible ones, NAT64 and 6to4.
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv6')
}

export function isPrivate(address: string): boolean {
  return privateNetworks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
