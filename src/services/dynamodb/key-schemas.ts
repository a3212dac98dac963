/** Key schemas of tables and indexes against the attribute definitions: every rule that needs only the request. */
import type { KeyAttribute, KeySchema } from '../../engine/tables/table.ts'
import { validationError } from '../../foundation/service-error.ts'
import { invalidParameter } from './errors.ts'
import { grownSetText, sizedSetText } from './printed-sets.ts'
import type { AttributeDefinitions, KeySchemaElements } from './table-shapes.ts'

/** AWS quota: attributes of each kind in a global index's key. */
const globalKeyAttributesMax = 4

export type Definitions = ReadonlyMap<string, KeyAttribute>

/** By name; a name may be defined once. */
export function checkedDefinitions(given: AttributeDefinitions): Definitions {
  const definitions = new Map<string, KeyAttribute>()
  for (const { AttributeName: name, AttributeType: type } of given) {
    if (definitions.has(name)) throw validationError(`Attribute Name is duplicated: ${name}`)
    definitions.set(name, { name, type })
  }
  return definitions
}

/** A table's key: one HASH, and perhaps one RANGE. */
export function tableKeySchema(elements: KeySchemaElements, definitions: Definitions): KeySchema {
  if (elements.length > definitions.size) {
    throw validationError('Invalid KeySchema: Some index key attribute have no definition')
  }
  return simpleKeySchema(elements, definitions)
}

/** A key of one HASH and at most one RANGE, as tables and local indexes have. */
export function simpleKeySchema(elements: KeySchemaElements, definitions: Definitions): KeySchema {
  refuseUndefined(elements, definitions)
  const [first, second] = elements
  if (second !== undefined && first?.AttributeName === second.AttributeName) throw sameName()
  if (first?.KeyType !== 'HASH') throw firstNotHash()
  if (second !== undefined && second.KeyType !== 'RANGE') {
    throw validationError('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type')
  }
  return schemaOf(elements, definitions)
}

/** A global index's key: one to four HASH attributes, then up to four RANGE attributes. */
export function globalKeySchema(elements: KeySchemaElements, definitions: Definitions): KeySchema {
  refuseUndefined(elements, definitions)
  const names = new Set(elements.map((element) => element.AttributeName))
  if (names.size < elements.length) {
    throw elements.length === 2
      ? sameName()
      : validationError('The KeySchema contains multiple key attributes with the same name')
  }
  if (elements[0]?.KeyType !== 'HASH') throw firstNotHash()
  const firstRange = elements.findIndex((element) => element.KeyType === 'RANGE')
  if (firstRange >= 0 && elements.slice(firstRange).some((element) => element.KeyType === 'HASH')) {
    throw invalidParameter('All HASH key attributes must precede RANGE key attributes in the KeySchema')
  }
  for (const kind of ['HASH', 'RANGE'] as const) {
    if (elements.filter((element) => element.KeyType === kind).length > globalKeyAttributesMax) {
      throw invalidParameter(`The KeySchema exceeds the maximum allowed number of ${kind} key attributes`)
    }
  }
  return schemaOf(elements, definitions)
}

/** Every definition must be some key's attribute. */
export function refuseUnused(definitions: Definitions, used: readonly string[], hasIndexes: boolean): void {
  const usedNames = new Set(used)
  if ([...definitions.keys()].every((name) => usedNames.has(name))) return
  if (!hasIndexes) {
    throw invalidParameter(
      'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    )
  }
  const defined = sizedSetText([...definitions.keys()])
  throw invalidParameter(
    `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined}], keys used: [${grownSetText(used)}]`,
  )
}

export function attributeNames(schema: KeySchema): readonly string[] {
  return [...schema.hash, ...schema.range].map((attribute) => attribute.name)
}

function refuseUndefined(elements: KeySchemaElements, definitions: Definitions): void {
  const names = elements.map((element) => element.AttributeName)
  if (names.every((name) => definitions.has(name))) return
  const defined = sizedSetText([...definitions.keys()])
  throw invalidParameter(
    'Some index key attributes are not defined in AttributeDefinitions. ' +
      `Keys: [${names.join(', ')}], AttributeDefinitions: [${defined}]`,
  )
}

function schemaOf(elements: KeySchemaElements, definitions: Definitions): KeySchema {
  const attributesOf = (kind: 'HASH' | 'RANGE'): readonly KeyAttribute[] =>
    elements
      .filter((element) => element.KeyType === kind)
      .flatMap((element) => definitions.get(element.AttributeName) ?? [])
  return { hash: attributesOf('HASH'), range: attributesOf('RANGE') }
}

function sameName(): Error {
  return validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name')
}

function firstNotHash(): Error {
  return validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
}
