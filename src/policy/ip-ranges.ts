/** IP addresses and CIDR ranges, versions 4 and 6. An IPv4 address mapped into IPv6 counts as the IPv4 address. */

export interface IpAddress {
  readonly version: 4 | 6
  /** 32 bits each, most significant first: one for version 4, four for version 6. */
  readonly words: readonly number[]
}

export interface IpRange extends IpAddress {
  readonly prefixBits: number
}

export function parseAddress(text: string): IpAddress | undefined {
  const words = text.includes(':') ? version6Words(text) : oneWord(version4Word(text))
  if (words === undefined) return undefined
  if (words.length === 1) return { version: 4, words }
  const [first, second, third, last = 0] = words
  if (first === 0 && second === 0 && third === 0xffff) return { version: 4, words: [last] }
  return { version: 6, words }
}

/** `10.0.0.0/8`, `2001:db8::/32`; without a prefix length the one address itself. */
export function parseRange(text: string): IpRange | undefined {
  const slash = text.indexOf('/')
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash))
  if (address === undefined) return undefined
  const bits = address.version === 4 ? 32 : 128
  if (slash === -1) return { ...address, prefixBits: bits }
  const length = text.slice(slash + 1)
  if (!/^\d{1,3}$/.test(length)) return undefined
  const mapped = address.version === 4 && text.includes(':')
  const prefixBits = Number(length) - (mapped ? 96 : 0)
  return prefixBits >= 0 && prefixBits <= bits ? { ...address, prefixBits } : undefined
}

export function isInRange(address: IpAddress, range: IpRange): boolean {
  if (address.version !== range.version) return false
  return range.words.every((word, index) => {
    const bits = Math.min(Math.max(range.prefixBits - index * 32, 0), 32)
    const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0
    return (((address.words[index] ?? 0) ^ word) & mask) === 0
  })
}

function oneWord(word: number | undefined): readonly number[] | undefined {
  return word === undefined ? undefined : [word]
}

function version4Word(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let word = 0
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    word = word * 256 + Number(part)
  }
  return word
}

function version6Words(text: string): readonly number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2 || (halves.length === 2 && halves[0]?.includes('.'))) return undefined
  const [head, tail] = halves.map(groupsOf)
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])]
  return [0, 2, 4, 6].map((at) => (groups[at] ?? 0) * 0x10000 + (groups[at + 1] ?? 0))
}

/** Groups of 16 bits; the last one may be an IPv4 address, which makes two. */
function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  for (const [index, part] of text.split(':').entries()) {
    if (part.includes('.')) {
      const word = index === text.split(':').length - 1 ? version4Word(part) : undefined
      if (word === undefined) return undefined
      groups.push(word >>> 16, word & 0xffff)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined
      groups.push(Number.parseInt(part, 16))
    }
  }
  return groups
}
