/** The order in which the service's messages list names: that of a Java hash map. */

/** AWS lists keys as they lie in a Java HashMap; clients never rely on it, but messages are compared. */
export function inHashOrder(keys: readonly string[]): readonly string[] {
  let buckets = 16
  while (buckets * 0.75 < keys.length) buckets *= 2
  const bucketOf = (key: string): number => {
    const hash = javaHash(key)
    return (hash ^ (hash >>> 16)) & (buckets - 1)
  }
  // The sort is stable: keys of one bucket stay in the order in which they came.
  return [...keys].sort((a, b) => bucketOf(a) - bucketOf(b))
}

function javaHash(text: string): number {
  let hash = 0
  for (let position = 0; position < text.length; position += 1) {
    hash = (Math.imul(31, hash) + text.charCodeAt(position)) | 0
  }
  return hash
}
