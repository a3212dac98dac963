/** The parameters of a Query request, such as `Tags.member.1.Key=team`, as a tree by the parts of their names. */

/** A parameter may have a value, parts below it, or both. */
export interface ParameterNode {
  value?: string
  parts?: Map<string, ParameterNode>
}

/** Ours: names of AWS's operations have no more than seven parts. Parts beyond are one. */
const partsMax = 8
/** Ours. A megabyte holds half a million, and whoever sends them need not have signed the request. */
const parametersMax = 10_000

/**
 * Undefined for more than anybody can mean; else never an error: what is no percent-encoding stands for itself. Of a
 * repeated name the first counts, as in AWS.
 */
export function parseParameters(texts: readonly string[]): ParameterNode | undefined {
  const root: ParameterNode = {}
  if (texts.reduce((count, text) => count + parametersIn(text), 0) > parametersMax) return undefined
  for (const text of texts) {
    for (const [name, value] of new URLSearchParams(text)) put(root, name, value)
  }
  return root
}

function parametersIn(text: string): number {
  let count = 1
  for (let at = text.indexOf('&'); at !== -1 && count <= parametersMax; at = text.indexOf('&', at + 1)) count++
  return count
}

function put(root: ParameterNode, name: string, value: string): void {
  let node = root
  for (const part of name.split('.', partsMax)) {
    node.parts ??= new Map()
    let next = node.parts.get(part)
    if (next === undefined) {
      next = {}
      node.parts.set(part, next)
    }
    node = next
  }
  node.value ??= value
}

/** Undefined when there is no such parameter. */
export function parameterValue(root: ParameterNode, name: string): string | undefined {
  return root.parts?.get(name)?.value
}

/** A query string that asks for an operation, not for a page. */
export function namesAction(query: string): boolean {
  return query.startsWith('Action=') || query.includes('&Action=')
}
