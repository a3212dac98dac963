/** Terms that stand for values: literals, parameters, and lists, sets and maps of them. */
import { ServiceError, validationError } from '../../foundation/service-error.ts'
import { canonicalNumber, compareNumbers } from '../encoding/numbers.ts'
import { type AttributeValue, attributeOf, emptyItem, type Item } from '../items/attribute-value.ts'
import { checkValue } from '../items/check-item.ts'
import { nestingLevelsMax } from '../items/nesting.ts'
import { refusedAt } from './problem.ts'
import type { Term } from './statement-tree.ts'

/** What `?` stand for, in their order; checked. */
export type Parameters = readonly AttributeValue[]

/** The value that a term is, or undefined when it is none: a path, a call, an operation. */
export function termValue(term: Term, parameters: Parameters): AttributeValue | undefined {
  switch (term.kind) {
    case 'parameter':
      return parameterAt(term.position, parameters)
    case 'literal':
      return term.type === 'missing' ? undefined : literalValue(term, [], parameters)
    case 'list':
    case 'bag':
    case 'struct':
      return literalValue(term, [], parameters)
    default:
      return undefined
  }
}

/** The value of a term that must be one. */
export function valueRequired(term: Term, parameters: Parameters): AttributeValue {
  const value = termValue(term, parameters)
  if (value === undefined) throw unsupported(term, [])
  return value
}

/** The item of an INSERT: a literal whose values may be parameters, or a parameter that is a map. */
export function itemOf(term: Term, parameters: Parameters): Item {
  if (term.kind === 'parameter') {
    const value = parameterAt(term.position, parameters)
    if ('M' in value) return value.M
  }
  if (term.kind !== 'struct') throw unsupported(term, [])
  const item = emptyItem()
  for (const { name, value } of term.members) {
    const attribute = memberName(name, [])
    if (attributeOf(item, attribute) !== undefined) throw duplicateKey(attribute, [])
    item[attribute] = valueRequired(value, parameters)
  }
  return item
}

export function parameterAt(position: number, parameters: Parameters): AttributeValue {
  const value = parameters[position]
  if (value === undefined) throw parameterMismatch()
  return value
}

export function parameterMismatch(): ServiceError {
  return validationError("Number of parameters in request and statement don't match.")
}

/** Where in a literal a value stands; messages name it from `root` on. */
type Inside = readonly (string | number)[]

function literalValue(term: Term, inside: Inside, parameters: Parameters): AttributeValue {
  if (inside.length >= nestingLevelsMax) {
    throw validationError(`Nesting Levels have exceeded supported limits ${under(inside)}`)
  }
  switch (term.kind) {
    case 'literal':
      switch (term.type) {
        case 'string':
          return { S: term.text }
        case 'number':
          return { N: literalNumber(term.text, inside) }
        case 'boolean':
          return { BOOL: term.text === 'true' }
        case 'null':
          return { NULL: true }
        default:
          throw unsupported(term, inside)
      }
    case 'list':
      return { L: term.elements.map((element, at) => literalValue(element, [...inside, at], parameters)) }
    case 'bag':
      return setOf(term.elements, inside)
    case 'struct': {
      const members = emptyItem()
      for (const { name, value } of term.members) {
        const key = memberName(name, inside)
        if (attributeOf(members, key) !== undefined) throw duplicateKey(key, inside)
        members[key] = literalValue(value, [...inside, key], parameters)
      }
      return { M: members }
    }
    default:
      // A parameter is a whole value, never a part of one.
      throw unsupported(term, inside)
  }
}

function literalNumber(text: string, inside: Inside): string {
  try {
    return canonicalNumber(text)
  } catch (error) {
    throw error instanceof ServiceError ? validationError(`${error.message} ${under(inside)}`) : error
  }
}

function setOf(elements: readonly Term[], inside: Inside): AttributeValue {
  if (elements.length === 0) throw validationError('Empty bags are not supported')
  const types = new Set(elements.map((element) => (element.kind === 'literal' ? element.type : undefined)))
  const [type, ...others] = types
  if (others.length > 0 || (type !== 'string' && type !== 'number')) {
    throw validationError('Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags')
  }
  const texts = elements.map((element) => (element.kind === 'literal' ? element.text : ''))
  if (type === 'string') return checkValue({ SS: texts })
  const NS = texts.map((text) => literalNumber(text, inside)).sort(compareNumbers)
  if (new Set(NS).size < NS.length) {
    throw validationError(
      `One or more parameter values were invalid: Input collection [${texts.join(', ')}] contains duplicates! ${under(inside)}`,
    )
  }
  return { NS }
}

function memberName(term: Term, inside: Inside): string {
  if (term.kind === 'literal' && term.type === 'string') return term.text
  throw unsupported(term, inside)
}

function duplicateKey(key: string, inside: Inside): ServiceError {
  return validationError(`Duplicate keys in tuple. Key: ${key} ${under(inside)}`)
}

function unsupported(term: Term, inside: Inside): ServiceError {
  return refusedAt(`Unsupported data type: ${termName(term)} under key ${rootPath(inside)}`, term.at)
}

/** How messages name a term that they cannot use: a name, an operator, or the kind of what it is. */
export function termName(term: Term): string {
  switch (term.kind) {
    case 'path':
    case 'call':
      return term.name
    case 'parameter':
      return 'Parameter'
    case 'literal':
      return term.text
    case 'unary':
    case 'binary':
      return term.operator
    case 'list':
    case 'bag':
      return 'Seq'
    case 'struct':
      return 'Struct'
    case 'select':
      return 'Select'
    case 'between':
      return 'between'
    case 'is':
      return 'is'
  }
}

function under(inside: Inside): string {
  return `under ${rootPath(inside)}`
}

function rootPath(inside: Inside): string {
  return `root${inside.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}`
}
