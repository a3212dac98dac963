/** Shapes that the calls about tables share. Orders of members and enum values are the service's. */
import { type InputOf, optional, required, type Shape, shapeOf, structure } from '../../contract/shape.ts'
import { list } from '../../contract/shape-collections.ts'
import { boolean, long, string } from '../../contract/shape-scalars.ts'
import { validationError } from '../../foundation/service-error.ts'
import { controlledTableName, indexName } from './shapes.ts'

const keyAttributeName = string({ min: 1, max: 255 })

/** TableName of a call about a table: a missing one is refused before all else. */
export const namedTable = required(controlledTableName, {
  missing: "The parameter 'TableName' is required but was not present in the request",
  alone: true,
})

export const attributeDefinitions = list(
  structure(
    { AttributeName: required(keyAttributeName), AttributeType: required(string({ oneOf: ['B', 'N', 'S'] })) },
    'AttributeDefinition',
  ),
)
export type AttributeDefinitions = InputOf<typeof attributeDefinitions>

const keySchemaElement = structure(
  { AttributeName: required(keyAttributeName), KeyType: required(string({ oneOf: ['HASH', 'RANGE'] })) },
  'KeySchemaElement',
)
/** A table's or local index's key. */
export const keySchema = list(keySchemaElement, { min: 1, max: 2 })
/** A global index's key: up to four attributes of each kind, counted by a rule of its own. */
export const globalKeySchema = list(keySchemaElement, { min: 1 })
export type KeySchemaElements = InputOf<typeof keySchema>

export const projection = structure(
  {
    ProjectionType: optional(string({ oneOf: ['ALL', 'INCLUDE', 'KEYS_ONLY'] })),
    NonKeyAttributes: optional(list(string({ min: 1, max: 255 }), { min: 1, max: 20 })),
  },
  'Projection',
)
export type ProjectionInput = InputOf<typeof projection>

export const provisionedThroughput = structure(
  { WriteCapacityUnits: required(long({ min: 1 })), ReadCapacityUnits: required(long({ min: 1 })) },
  'ProvisionedThroughput',
)
export type ThroughputInput = InputOf<typeof provisionedThroughput>

export const onDemandThroughput = structure(
  { MaxReadRequestUnits: optional(long()), MaxWriteRequestUnits: optional(long()) },
  'OnDemandThroughput',
)
export type OnDemandInput = InputOf<typeof onDemandThroughput>

export const warmThroughput = structure(
  { ReadUnitsPerSecond: optional(long()), WriteUnitsPerSecond: optional(long()) },
  'WarmThroughput',
)
export type WarmInput = InputOf<typeof warmThroughput>

export const localSecondaryIndexes = list(
  structure(
    { IndexName: required(indexName), KeySchema: required(keySchema), Projection: required(projection) },
    'LocalSecondaryIndex',
  ),
)
export type LocalIndexInput = InputOf<typeof localSecondaryIndexes>[number]

const globalSecondaryIndex = structure(
  {
    IndexName: required(indexName),
    KeySchema: required(globalKeySchema),
    Projection: required(projection),
    ProvisionedThroughput: optional(provisionedThroughput),
    OnDemandThroughput: optional(onDemandThroughput),
    WarmThroughput: optional(warmThroughput),
  },
  'GlobalSecondaryIndex',
)
export const globalSecondaryIndexes = list(globalSecondaryIndex)
export type GlobalIndexInput = InputOf<typeof globalSecondaryIndex>

export const globalSecondaryIndexUpdates = list(
  structure(
    {
      Update: optional(
        structure(
          {
            IndexName: required(indexName),
            ProvisionedThroughput: optional(provisionedThroughput),
            OnDemandThroughput: optional(onDemandThroughput),
            WarmThroughput: optional(warmThroughput),
          },
          'UpdateGlobalSecondaryIndexAction',
        ),
      ),
      Create: optional(globalSecondaryIndex),
      Delete: optional(structure({ IndexName: required(indexName) }, 'DeleteGlobalSecondaryIndexAction')),
    },
    'GlobalSecondaryIndexUpdate',
  ),
)
export type GlobalIndexUpdate = InputOf<typeof globalSecondaryIndexUpdates>[number]

export const billingMode = string({ oneOf: ['PROVISIONED', 'PAY_PER_REQUEST'] })

export const streamSpecification = structure(
  {
    StreamEnabled: required(boolean),
    StreamViewType: optional(string({ oneOf: ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] })),
  },
  'StreamSpecification',
)
export type StreamInput = InputOf<typeof streamSpecification>

export const sseSpecification = structure(
  {
    Enabled: optional(boolean),
    SSEType: optional(string({ oneOf: ['AES256', 'KMS'] })),
    KMSMasterKeyId: optional(string()),
  },
  'SSESpecification',
)
export type SseInput = InputOf<typeof sseSpecification>

export type TableClassInput = 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS'

/** Its refusal is a sentence of its own and comes alone. */
export const tableClass: Shape<TableClassInput> = shapeOf(
  (raw) => string().convert(raw) as TableClassInput,
  (value) => {
    if (value === 'STANDARD' || value === 'STANDARD_INFREQUENT_ACCESS') return
    throw validationError(
      'Invalid table-class parameter provided. Please try again with a valid table-class value: ' +
        '[STANDARD, STANDARD_INFREQUENT_ACCESS].',
    )
  },
)

/** Tags are checked by rules with messages of their own (tags.ts). */
export const tags = list(structure({ Key: optional(string()), Value: optional(string()) }, 'Tag'))
export type TagInput = InputOf<typeof tags>[number]

/** Members of AWS's model that this server does not do: their presence is refused, never passed over. */
export function unsupported(name: string): ReturnType<typeof optional<unknown>> {
  const shape = shapeOf<unknown>(
    (raw) => raw,
    () => {
      throw validationError(`One or more parameter values were invalid: ${name} is not supported by this server`)
    },
  )
  return optional({ ...shape, refused: true })
}
