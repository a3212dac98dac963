/** Shapes that several item operations share. */
import { optional, required, type Shape, shapeOf, structure, violation, violationsError } from '../../contract/shape.ts'
import { attributeValue, itemMap } from '../../contract/shape-attribute-values.ts'
import { list, map } from '../../contract/shape-collections.ts'
import { boolean, lengthAtLeast, lengthAtMost, string } from '../../contract/shape-scalars.ts'
import { tableArnPattern } from './table-reference.ts'

const namePattern = '[a-zA-Z0-9_.-]+'
const wholeName = /^[a-zA-Z0-9_.-]+$/

/**
 * A table's name or ARN. Data calls take any name of 1 to 255 characters here and look it up; an empty one is refused
 * in two ways: read calls repeat the value, PutItem, UpdateItem and DeleteItem do not (recorded 2026-10).
 */
function tableNameShape(min: 1 | 3, emptyAs: 'repeated' | 'hidden'): Shape<string> {
  return shapeOf(string().convert, (value, place, found) => {
    if (value.startsWith('arn:')) {
      if (tableArnPattern.test(value)) return
    } else if (value === '' && emptyAs === 'hidden') {
      found.push(violation(value, { path: 'TableName', hidesValue: true }, lengthAtLeast(min)))
      return
    }
    if (value !== '' && !wholeName.test(value)) {
      found.push(violation(value, place, `Member must satisfy regular expression pattern: ${namePattern}`))
    }
    if (value.length < min) found.push(violation(value, place, lengthAtLeast(min)))
    if (value.length > 255) found.push(violation(value, place, lengthAtMost(255)))
  })
}

/** TableName of reads. */
export const tableName = tableNameShape(1, 'repeated')
/** TableName of PutItem, UpdateItem and DeleteItem. */
export const writtenTableName = tableNameShape(1, 'hidden')
/** TableName of calls about the table itself. */
export const controlledTableName = tableNameShape(3, 'repeated')

export const indexName = string({ pattern: namePattern, min: 3, max: 255 })
export const plainTableName = string({ pattern: namePattern, min: 3, max: 255 })

export const key = itemMap
export const item = itemMap

export const expressionAttributeNames = map(string(), { typeName: 'java.lang.String' })
export const expressionAttributeValues = itemMap
export const attributesToGet = list(string(), { min: 1, max: 255 })

export const returnConsumedCapacity = string({ oneOf: ['INDEXES', 'TOTAL', 'NONE'] })
export const returnItemCollectionMetrics = string({ oneOf: ['SIZE', 'NONE'] })
export const returnValuesOnConditionCheckFailure = string({ oneOf: ['ALL_OLD', 'NONE'] })
export const conditionalOperator = string({ oneOf: ['OR', 'AND'] })
export const select = string({ oneOf: ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'] })

const returnValuesAllowed = ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW'] as const
export type ReturnValuesParameter = (typeof returnValuesAllowed)[number]

/** Its violation names neither field nor value, and misspells a member of the set (recorded 2026-10). */
export const returnValues: Shape<ReturnValuesParameter> = shapeOf(
  (raw) => string().convert(raw) as ReturnValuesParameter,
  (value, _place, found) => {
    if (returnValuesAllowed.includes(value)) return
    found.push(
      'Failed to satisfy constraint: Member must satisfy enum value set: ' +
        '[ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]',
    )
  },
)

/** Only ALL_OLD and NONE mean something to PutItem and DeleteItem. */
export function onlyOldValues(value: ReturnValuesParameter | undefined): 'NONE' | 'ALL_OLD' {
  if (value === undefined || value === 'NONE' || value === 'ALL_OLD') return value ?? 'NONE'
  throw violationsError(['ReturnValues can only be ALL_OLD or NONE'])
}

const comparisonOperator = string({
  oneOf: [
    'IN',
    'NULL',
    'BETWEEN',
    'LT',
    'NOT_CONTAINS',
    'EQ',
    'GT',
    'NOT_NULL',
    'NE',
    'LE',
    'BEGINS_WITH',
    'GE',
    'CONTAINS',
  ],
})

/** The legacy Expected parameter. */
export const expected = map(
  structure(
    {
      AttributeValueList: optional(list(attributeValue)),
      ComparisonOperator: optional(comparisonOperator),
      Exists: optional(boolean),
      Value: optional(attributeValue),
    },
    'ExpectedAttributeValue',
  ),
  { typeName: 'ExpectedAttributeValue' },
)

/** The legacy QueryFilter, ScanFilter and KeyConditions parameters. */
export const conditions = map(
  structure(
    { AttributeValueList: optional(list(attributeValue)), ComparisonOperator: required(comparisonOperator) },
    'Condition',
  ),
  { typeName: 'Condition' },
)

/** The legacy AttributeUpdates parameter. */
export const attributeUpdates = map(
  structure(
    { Action: optional(string({ oneOf: ['ADD', 'DELETE', 'PUT'] })), Value: optional(attributeValue) },
    'AttributeValueUpdate',
  ),
  { typeName: 'AttributeValueUpdate' },
)

/** The keys of RequestItems: names or ARNs of tables. */
export const batchTableNames = {
  holds: (name: string): boolean =>
    name.startsWith('arn:') ? tableArnPattern.test(name) : wholeName.test(name) && name.length <= 255,
  rules: [lengthAtMost(255), lengthAtLeast(1), `Member must satisfy regular expression pattern: ${namePattern}`],
}
