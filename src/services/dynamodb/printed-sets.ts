/**
 * The order in which the service's messages list attribute names: that of a Java hash set. Recorded messages show
 * AttributeDefinitions in a set made for its size, and the keys used in one of the default size.
 */

/** Names as a set made for as many prints them: `sk, a, b, pk, c`. */
export function sizedSetText(names: readonly string[]): string {
  const wanted = names.length < 3 ? names.length + 1 : Math.trunc(names.length / 0.75 + 1)
  return hashOrder(names, powerOfTwoFrom(wanted)).join(', ')
}

/** Names as a set that grew from the default size prints them. */
export function grownSetText(names: readonly string[]): string {
  return hashOrder(names, Math.max(16, powerOfTwoFrom(Math.ceil(new Set(names).size / 0.75)))).join(', ')
}

/** By bucket, and within a bucket by insertion. */
function hashOrder(names: readonly string[], buckets: number): readonly string[] {
  return [...new Set(names)]
    .map((name, position) => ({ name, position, bucket: spreadHash(name) & (buckets - 1) }))
    .sort((a, b) => a.bucket - b.bucket || a.position - b.position)
    .map(({ name }) => name)
}

function spreadHash(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return hash ^ (hash >>> 16)
}

function powerOfTwoFrom(count: number): number {
  let power = 1
  while (power < count) power *= 2
  return power
}
