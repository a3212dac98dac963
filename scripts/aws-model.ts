/** AWS's published API models, as the SDK's packages carry them: schemas in arrays, wrapped in functions where they refer to each other. */

/** `[kind, namespace, name, traits, …]`. */
type Schema = readonly unknown[]
const [listKind, mapKind, structureKind, operationKind] = [1, 2, 3, 9]

/** A structure, list, map or simple value of the model. */
export interface AwsShape {
  /** A structure's members by name, in the model's order. */
  readonly members?: ReadonlyMap<string, () => AwsShape>
  /** What a list or map holds. */
  readonly element?: () => AwsShape
}

export interface AwsOperation {
  readonly name: string
  readonly input: AwsShape
}

/** The SDK's client for what answers an X-Amz-Target of this prefix, or for a Query service of this name. */
const clients: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'client-dynamodb',
  DynamoDBStreams_20120810: 'client-dynamodb-streams',
  AnyScaleFrontendService: 'client-application-auto-scaling',
  TrentService: 'client-kms',
  StarlingDoveService: 'client-config-service',
  CloudTrail_20131101: 'client-cloudtrail',
  AmazonDAXV3: 'client-dax',
  iam: 'client-iam',
  sts: 'client-sts',
}

/** The operations of a service, by name; undefined when its SDK client is not installed. */
export async function awsOperations(targetPrefix: string): Promise<readonly AwsOperation[] | undefined> {
  const client = clients[targetPrefix]
  if (client === undefined) return undefined
  let exported: Readonly<Record<string, unknown>>
  try {
    exported = (await import(`@aws-sdk/${client}`)) as Readonly<Record<string, unknown>>
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
  return Object.entries(exported)
    .filter(([name, schema]) => name.endsWith('$') && Array.isArray(schema) && schema[0] === operationKind)
    .map(([, schema]) => operationOf(schema as Schema))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function operationOf([, , name, , input]: Schema): AwsOperation {
  return { name: String(name), input: shapeOf(input) }
}

function shapeOf(schema: unknown): AwsShape {
  const found = typeof schema === 'function' ? (schema() as unknown) : schema
  if (!Array.isArray(found)) return {}
  const [kind, , , , fourth, fifth] = found as Schema
  switch (kind) {
    case structureKind: {
      const schemas = fifth as Schema
      return {
        members: new Map(
          (fourth as readonly string[]).map((name, position) => [name, () => shapeOf(memberSchema(schemas[position]))]),
        ),
      }
    }
    case listKind:
      return { element: () => shapeOf(memberSchema(fourth)) }
    case mapKind:
      return { element: () => shapeOf(memberSchema(fifth)) }
    default:
      return {}
  }
}

/** A member with traits of its own stands as `[schema, traits]`. */
function memberSchema(schema: unknown): unknown {
  return Array.isArray(schema) && typeof schema[0] !== 'number' ? schema[0] : schema
}
