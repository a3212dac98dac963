/** Secondary indexes of a request, made into the engine's definitions. */
import type { BillingMode, KeySchema, Projection } from '../../engine/tables/table.ts'
import type { IndexDefinition } from '../../engine/tables/tables.ts'
import { invalidParameter } from './errors.ts'
import { attributeNames, type Definitions, globalKeySchema, simpleKeySchema } from './key-schemas.ts'
import type { GlobalIndexInput, LocalIndexInput, ProjectionInput } from './table-shapes.ts'
import { checkedOnDemand, checkedThroughput, warmAtStart } from './throughput-rules.ts'

/** AWS quotas. */
export const globalIndexesMax = 20
const localIndexesMax = 5
const projectedAttributesMax = 100

export interface IndexesInput {
  readonly LocalSecondaryIndexes?: readonly LocalIndexInput[]
  readonly GlobalSecondaryIndexes?: readonly GlobalIndexInput[]
}

/** The key schemas of a CreateTable's indexes, by position; the first half of the checks. */
export interface IndexSchemas {
  readonly local: readonly KeySchema[]
  readonly global: readonly KeySchema[]
  /** Every attribute that some index's key uses. */
  readonly used: readonly string[]
}

export function indexSchemas(input: IndexesInput, table: KeySchema, definitions: Definitions): IndexSchemas {
  const local = localSchemas(input.LocalSecondaryIndexes, table, definitions)
  if (input.GlobalSecondaryIndexes?.length === 0) throw invalidParameter('List of GlobalSecondaryIndexes is empty')
  const global = (input.GlobalSecondaryIndexes ?? []).map((index) => globalKeySchema(index.KeySchema, definitions))
  return { local, global, used: [...local, ...global].flatMap(attributeNames) }
}

function localSchemas(
  indexes: readonly LocalIndexInput[] | undefined,
  table: KeySchema,
  definitions: Definitions,
): readonly KeySchema[] {
  if (indexes === undefined) return []
  if (indexes.length === 0) throw invalidParameter('List of LocalSecondaryIndexes is empty')
  if (table.range.length === 0) {
    throw invalidParameter(
      'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
    )
  }
  return indexes.map((index) => localSchema(index, table, definitions))
}

function localSchema(index: LocalIndexInput, table: KeySchema, definitions: Definitions): KeySchema {
  const schema = simpleKeySchema(index.KeySchema, definitions)
  if (schema.range.length === 0) {
    throw invalidParameter(`Index KeySchema does not have a range key for index: ${index.IndexName}`)
  }
  const [indexHash, tableHash] = [schema.hash[0]?.name, table.hash[0]?.name]
  if (indexHash !== tableHash) {
    throw invalidParameter(
      'Index KeySchema does not have the same leading hash key as table KeySchema for index: ' +
        `${index.IndexName}. index hash key: ${indexHash}, table hash key: ${tableHash}`,
    )
  }
  return schema
}

/** The second half: projections, throughput, names and counts. */
export function indexDefinitions(
  input: IndexesInput,
  schemas: IndexSchemas,
  billing: BillingMode,
  region: string,
): readonly IndexDefinition[] {
  const names = new Set<string>()
  const local = (input.LocalSecondaryIndexes ?? []).map((index, position): IndexDefinition => {
    const projection = checkedProjection(index.Projection)
    refuseDuplicateName(index.IndexName, names)
    return { name: index.IndexName, kind: 'local', keySchema: schemaAt(schemas.local, position), projection }
  })
  if (local.length > localIndexesMax) {
    throw invalidParameter(`Number of LocalSecondaryIndexes exceeds per-table limit of ${localIndexesMax}`)
  }
  const global = (input.GlobalSecondaryIndexes ?? []).map((index, position) => {
    const definition = globalIndexDefinition(index, schemaAt(schemas.global, position), billing, region)
    refuseDuplicateName(index.IndexName, names)
    return definition
  })
  if (global.length > globalIndexesMax) {
    throw invalidParameter(`GlobalSecondaryIndex count exceeds the per-table limit of ${globalIndexesMax}`)
  }
  const all = [...local, ...global]
  refuseTooManyProjected(all.map((index) => index.projection))
  return all
}

/** A global index of a CreateTable. */
function globalIndexDefinition(
  index: GlobalIndexInput,
  keySchema: KeySchema,
  billing: BillingMode,
  region: string,
): IndexDefinition {
  const { IndexName: name, ProvisionedThroughput: throughput } = index
  const projection = checkedProjection(index.Projection)
  if (billing === 'PAY_PER_REQUEST' && throughput !== undefined) {
    throw invalidParameter(
      `ProvisionedThroughput should not be specified for index: ${name} when BillingMode is PAY_PER_REQUEST`,
    )
  }
  if (billing === 'PROVISIONED' && throughput === undefined) {
    throw invalidParameter(`ProvisionedThroughput is not specified for index: ${name}`)
  }
  return withThroughput({ name, kind: 'global', keySchema, projection }, index, billing, region)
}

/** Adds what an index may have of the three kinds of throughput. */
export function withThroughput(
  definition: IndexDefinition,
  index: GlobalIndexInput,
  billing: BillingMode,
  region: string,
): IndexDefinition {
  const owner = { index: index.IndexName, region }
  const throughput = index.ProvisionedThroughput && checkedThroughput(index.ProvisionedThroughput, owner)
  const onDemand = checkedOnDemand(index.OnDemandThroughput, billing, owner)
  const warm = warmAtStart(index.WarmThroughput, billing, throughput, owner)
  return {
    ...definition,
    ...(throughput !== undefined && { throughput }),
    ...(onDemand !== undefined && { onDemandThroughput: onDemand }),
    ...(warm !== undefined && { warmThroughput: warm }),
  }
}

export function checkedProjection(given: ProjectionInput): Projection {
  const { ProjectionType: type, NonKeyAttributes: attributes } = given
  if (type === undefined) throw invalidParameter('Unknown ProjectionType: null')
  if (type !== 'INCLUDE') {
    if (attributes !== undefined) {
      throw invalidParameter(`ProjectionType is ${type}, but NonKeyAttributes is specified`)
    }
    return { type }
  }
  if (attributes === undefined) {
    throw invalidParameter('ProjectionType is INCLUDE, but NonKeyAttributes is not specified')
  }
  const duplicate = attributes.find((name, position) => attributes.indexOf(name) !== position)
  if (duplicate !== undefined) throw invalidParameter(`Duplicate element in NonKeyAttributes: ${duplicate}`)
  return { type, nonKeyAttributes: attributes }
}

/** An attribute projected into two indexes counts twice. */
export function refuseTooManyProjected(projections: readonly Projection[]): void {
  const count = projections.reduce(
    (sum, projection) => sum + (projection.type === 'INCLUDE' ? projection.nonKeyAttributes.length : 0),
    0,
  )
  if (count > projectedAttributesMax) {
    throw invalidParameter(
      'Number of projected attributes in all indexes exceeds per-table limit of ' +
        `${projectedAttributesMax}. Number of projected attributes: ${count}`,
    )
  }
}

function refuseDuplicateName(name: string, names: Set<string>): void {
  if (names.has(name)) throw invalidParameter(`Duplicate index name: ${name}`)
  names.add(name)
}

function schemaAt(schemas: readonly KeySchema[], position: number): KeySchema {
  return schemas[position] ?? { hash: [], range: [] }
}
