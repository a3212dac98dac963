/**
 * Where a partition key lies: 64 bits of MurmurHash3 (32-bit, two seeds). Placement only; nothing rests on its being hard
 * to invert. The bytes are on disk for ever.
 */

const seeds = [0x9747b28c, 0x5bd1e995] as const

/** Writes 8 bytes at the start of `target`. */
export function writePartitionHash(target: Buffer, bytes: Buffer, from: number): void {
  target.writeUInt32BE(murmur32(bytes, from, seeds[0]), 0)
  target.writeUInt32BE(murmur32(bytes, from, seeds[1]), 4)
}

/** MurmurHash3_x86_32 of the bytes from `from` to the end. */
export function murmur32(bytes: Buffer, from: number, seed: number): number {
  const length = bytes.length - from
  let hash = seed
  let at = from
  for (const blocksEnd = from + (length & ~3); at < blocksEnd; at += 4) {
    const block =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    hash = hash ^ scrambled(block)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  let rest = 0
  for (let shift = 0; at < bytes.length; at++, shift += 8) rest |= (bytes[at] as number) << shift
  hash ^= scrambled(rest)
  hash ^= length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function scrambled(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51)
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
}
