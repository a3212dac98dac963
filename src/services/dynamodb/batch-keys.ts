/** Keys of one batch must differ: how two keys are told apart. */
import { type AttributeValue, attributeOf, type Item, typeOf } from '../../engine/items/attribute-value.ts'
import { validationError } from '../../foundation/service-error.ts'

/** `keys` are canonical; those with missing attributes are left for the engine to refuse. */
export function refuseDuplicates(keys: readonly Item[]): void {
  const seen = new Set<string>()
  for (const key of keys) {
    const text = keyText(key, Object.keys(key).sort())
    if (text === undefined) continue
    if (seen.has(text)) throw validationError('Provided list of item keys contains duplicates')
    seen.add(text)
  }
}

function keyText(key: Item, attributes: readonly string[]): string | undefined {
  const parts: string[] = []
  for (const name of attributes) {
    const value = attributeOf(key, name)
    if (value === undefined) return undefined
    parts.push(name, typeOf(value), JSON.stringify(scalarOf(value)))
  }
  return JSON.stringify(parts)
}

function scalarOf(value: AttributeValue): unknown {
  return Object.values(value)[0]
}
