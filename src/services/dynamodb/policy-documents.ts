/** What DynamoDB asks of the policy of a table or stream beyond the grammar, in its words (recorded 2026-10). */
import { ServiceError, validationError } from '../../foundation/service-error.ts'
import { canonicalPolicy } from '../../policy/canonical-policy.ts'
import { MalformedPolicy, type PolicyDocument, type Statement } from '../../policy/document.ts'
import { glob } from '../../policy/glob.ts'
import { parsePolicy, policySizeQuotas } from '../../policy/parse-policy.ts'
import { grantsPublicAccess } from '../../policy/public-access.ts'
import { invalidParameter } from './errors.ts'

export type PolicyTarget = 'table' | 'stream'

/** Developer guide, "API operations supported by resource-based policies", by the names of their IAM actions. */
const tableActions = [
  ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem'],
  ...['ConditionCheckItem', 'PartiQLSelect', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete', 'SearchVectors'],
  ...['DescribeTable', 'UpdateTable', 'DeleteTable', 'TagResource', 'UntagResource', 'ListTagsOfResource'],
  ...['DescribeTableReplicaAutoScaling', 'UpdateTableReplicaAutoScaling', 'CreateBackup'],
  ...['DescribeContinuousBackups', 'UpdateContinuousBackups', 'RestoreTableToPointInTime'],
  ...['DescribeContributorInsights', 'UpdateContributorInsights', 'ExportTableToPointInTime'],
  ...['DescribeKinesisStreamingDestination', 'EnableKinesisStreamingDestination'],
  ...['DisableKinesisStreamingDestination', 'UpdateKinesisStreamingDestination'],
  ...['GetResourcePolicy', 'PutResourcePolicy', 'DeleteResourcePolicy', 'DescribeTimeToLive', 'UpdateTimeToLive'],
  ...['CreateTableReplica', 'DeleteTableReplica', 'CreateGlobalTableWitness', 'DeleteGlobalTableWitness'],
  ...['AssociateTableReplica', 'ReplicateSettings', 'ReadDataForReplication', 'WriteDataForReplication'],
]
const streamActions = [
  ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'TagResource', 'UntagResource', 'ListTagsOfResource'],
  ...['GetResourcePolicy', 'PutResourcePolicy', 'DeleteResourcePolicy'],
]
const actionsOf: Readonly<Record<PolicyTarget, readonly string[]>> = {
  table: tableActions.map((name) => `dynamodb:${name.toLowerCase()}`),
  stream: streamActions.map((name) => `dynamodb:${name.toLowerCase()}`),
}

/** The text to keep. ValidationException for what is no policy, or none that this kind of resource may have. */
export function checkedPolicy(text: string, target: PolicyTarget): string {
  if (Buffer.byteLength(text, 'utf8') > policySizeQuotas.dynamodbResourcePolicyBytesMax) {
    throw invalidParameter(`Maximum policy size of ${policySizeQuotas.dynamodbResourcePolicyBytesMax} bytes exceeded`)
  }
  const document = parsePolicy(text, 'resource')
  if (document instanceof MalformedPolicy) throw malformed(document.message)
  checkActions(document, target)
  for (const statement of document.statements) checkResources(statement, target)
  if (grantsPublicAccess(document)) {
    throw validationError(
      'Resource-based policy grants unbounded access in one or more elements. ' +
        'Please revise the policy to ensure least-privilege form of access',
    )
  }
  return canonicalPolicy(text)
}

/** Whether the text would be kept: for checks that come before its own errors are told. */
export function isKeepable(text: string, target: PolicyTarget): boolean {
  try {
    checkedPolicy(text, target)
    return true
  } catch (error) {
    if (error instanceof ServiceError) return false
    throw error
  }
}

function malformed(message: string): ServiceError {
  return message.startsWith('Invalid principal in policy:')
    ? invalidParameter('Invalid principal in policy document.')
    : invalidParameter(`Invalid policy document: ${message}`)
}

function checkActions({ statements }: PolicyDocument, target: PolicyTarget): void {
  const names = new Set(statements.flatMap(({ action }) => action.names))
  const wrong = [...names].filter((name) => !namesAction(name.toLowerCase(), actionsOf[target]))
  if (wrong.length === 0) return
  const listed = wrong.map((name) => `"${name}"`).join(', ')
  throw malformed(`The following action names are invalid: ${listed}`)
}

function namesAction(pattern: string, actions: readonly string[]): boolean {
  if (!/[*?]/.test(pattern)) return actions.includes(pattern)
  const fits = glob(pattern)
  return actions.some((action) => fits(action))
}

/** A table's policy speaks of tables and indexes, a stream's of streams; whose they are is not asked. */
function checkResources({ resource }: Statement, target: PolicyTarget): void {
  for (const name of resource?.names ?? []) {
    if (name === '*') continue
    const relative = name.split(':').slice(5).join(':')
    const [type = '', , part] = relative.split('/')
    const fits = target === 'table' ? part !== 'stream' : part === 'stream' || /[*?$]/.test(relative)
    if (type !== 'table' && !/[*?]/.test(type)) throw wrongRelativeId(relative, name)
    if (!fits) throw wrongRelativeId(relative, name)
  }
}

function wrongRelativeId(relative: string, arn: string): ServiceError {
  return malformed(`The relative-id "${relative}" is invalid for ARN "${arn}".`)
}
