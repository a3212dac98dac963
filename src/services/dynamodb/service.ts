/** The door of the DynamoDB room: tables and items. What they are and how they are kept is the engine's. */
import type { JsonService } from '../../contract/service.ts'
import { batchExecuteStatement } from './operations/batch-execute-statement.ts'
import { batchGetItem } from './operations/batch-get-item.ts'
import { batchWriteItem } from './operations/batch-write-item.ts'
import { createTable } from './operations/create-table.ts'
import { deleteItem } from './operations/delete-item.ts'
import { deleteTable } from './operations/delete-table.ts'
import { describeContributorInsights } from './operations/describe-contributor-insights.ts'
import { describeEndpoints } from './operations/describe-endpoints.ts'
import { describeLimits } from './operations/describe-limits.ts'
import { describeTable } from './operations/describe-table.ts'
import { describeTimeToLive } from './operations/describe-time-to-live.ts'
import { executeStatement } from './operations/execute-statement.ts'
import { executeTransaction } from './operations/execute-transaction.ts'
import { getItem } from './operations/get-item.ts'
import { listContributorInsights } from './operations/list-contributor-insights.ts'
import { listTables } from './operations/list-tables.ts'
import { putItem } from './operations/put-item.ts'
import { query } from './operations/query.ts'
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from './operations/resource-policy.ts'
import { scan } from './operations/scan.ts'
import { listTagsOfResource, tagResource, untagResource } from './operations/tags-of-resource.ts'
import { transactGetItems } from './operations/transact-get-items.ts'
import { transactWriteItems } from './operations/transact-write-items.ts'
import { updateContributorInsights } from './operations/update-contributor-insights.ts'
import { updateItem } from './operations/update-item.ts'
import { updateTable } from './operations/update-table.ts'
import { updateTimeToLive } from './operations/update-time-to-live.ts'

export const dynamodbService: JsonService = {
  name: 'dynamodb',
  signingName: 'dynamodb',
  protocol: 'json-1.0',
  targetPrefix: 'DynamoDB_20120810',
  errorNamespace: 'com.amazonaws.dynamodb.v20120810',
  apiVersion: '2012-08-10',
  operations: [
    batchExecuteStatement,
    batchGetItem,
    batchWriteItem,
    createTable,
    deleteItem,
    deleteResourcePolicy,
    deleteTable,
    describeContributorInsights,
    describeEndpoints,
    describeLimits,
    describeTable,
    describeTimeToLive,
    executeStatement,
    executeTransaction,
    getItem,
    getResourcePolicy,
    listContributorInsights,
    listTables,
    listTagsOfResource,
    putItem,
    putResourcePolicy,
    query,
    scan,
    tagResource,
    transactGetItems,
    transactWriteItems,
    untagResource,
    updateContributorInsights,
    updateItem,
    updateTable,
    updateTimeToLive,
  ],
}
