/** ExpressionAttributeNames and ExpressionAttributeValues of one call: checked, looked up, and watched for disuse. */
import { ServiceError } from '../../foundation/service-error.ts'
import type { AttributeValue } from '../items/attribute-value.ts'
import { checkValue, EnvelopedError } from '../items/check-item.ts'
import { utf8Length } from '../items/item-size.ts'
import { inHashOrder } from './hash-order.ts'
import { ExpressionProblem } from './parse-tree.ts'

/** AWS quota. */
const placeholderBytesMax = 255
const namePlaceholder = /^#[A-Za-z0-9_]+$/
const valuePlaceholder = /^:[A-Za-z0-9_]+$/

export class Placeholders {
  readonly #names: Readonly<Record<string, string>> | undefined
  readonly #values: ReadonlyMap<string, AttributeValue>
  readonly #usedNames = new Set<string>()
  readonly #usedValues = new Set<string>()

  /** Throws when a map is empty, a placeholder misspelt, or a value not valid; names are checked before values. */
  constructor(
    names: Readonly<Record<string, string>> | undefined,
    values: Readonly<Record<string, unknown>> | undefined,
  ) {
    if (names !== undefined) checkNames(names)
    this.#names = names
    this.#values = values === undefined ? noValues : checkedValues(values)
  }

  /** The attribute that `#name` stands for. */
  nameOf(placeholder: string): string {
    const name =
      this.#names !== undefined && Object.hasOwn(this.#names, placeholder) ? this.#names[placeholder] : undefined
    if (name === undefined) {
      throw new ExpressionProblem(
        `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
      )
    }
    this.#usedNames.add(placeholder)
    return name
  }

  /** The value that `:value` stands for. */
  valueOf(placeholder: string): AttributeValue {
    const value = this.#values.get(placeholder)
    if (value === undefined) {
      throw new ExpressionProblem(
        `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
      )
    }
    this.#usedValues.add(placeholder)
    return value
  }

  /** Throws when a name or a value was looked up by no expression. */
  checkAllUsed(): void {
    if (this.#names !== undefined) checkUsed('Names', Object.keys(this.#names), this.#usedNames)
    checkUsed('Values', [...this.#values.keys()], this.#usedValues)
  }
}

const noValues: ReadonlyMap<string, AttributeValue> = new Map()

function checkNames(names: Readonly<Record<string, string>>): void {
  let count = 0
  for (const placeholder in names) {
    count += 1
    if (utf8Length(placeholder) > placeholderBytesMax) {
      throw new EnvelopedError(
        'ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long; ' +
          `size of key: ${utf8Length(placeholder)}`,
      )
    }
    if (!namePlaceholder.test(placeholder)) throw misspelt('Names', placeholder)
    if (names[placeholder] === '') {
      throw new EnvelopedError(
        `ExpressionAttributeNames contains invalid value: Empty attribute name for key ${placeholder}`,
      )
    }
  }
  if (count === 0) throw new EnvelopedError('ExpressionAttributeNames must not be empty')
}

function checkedValues(values: Readonly<Record<string, unknown>>): ReadonlyMap<string, AttributeValue> {
  let count = 0
  for (const placeholder in values) {
    count += 1
    if (utf8Length(placeholder) > placeholderBytesMax) {
      throw new EnvelopedError(
        'ExpressionAttributeValues contains invalid key: The expression attribute map contains a key that is too long; ' +
          `size of key: ${utf8Length(placeholder)}`,
      )
    }
    if (!valuePlaceholder.test(placeholder)) throw misspelt('Values', placeholder)
  }
  if (count === 0) throw new EnvelopedError('ExpressionAttributeValues must not be empty')
  const checked = new Map<string, AttributeValue>()
  for (const placeholder in values) checked.set(placeholder, checkedValue(placeholder, values[placeholder]))
  return checked
}

function checkedValue(placeholder: string, raw: unknown): AttributeValue {
  try {
    return checkValue(raw)
  } catch (error) {
    // Too deep a nesting is reported as for an item, everything else with its placeholder.
    if (!(error instanceof ServiceError) || error.message.startsWith('Nesting Levels')) throw error
    throw new EnvelopedError(
      `ExpressionAttributeValues contains invalid value: ${error.message} for key ${placeholder}`,
    )
  }
}

function misspelt(what: 'Names' | 'Values', placeholder: string): EnvelopedError {
  return new EnvelopedError(`ExpressionAttribute${what} contains invalid key: Syntax error; key: "${placeholder}"`)
}

function checkUsed(what: 'Names' | 'Values', placeholders: readonly string[], used: ReadonlySet<string>): void {
  if (placeholders.length === used.size) return
  const unused = inHashOrder(placeholders).filter((placeholder) => !used.has(placeholder))
  throw new EnvelopedError(
    `Value provided in ExpressionAttribute${what} unused in expressions: keys: {${unused.join(', ')}}`,
  )
}
