/** The door of the DynamoDB Streams room: what was changed in a table, in order. */
import type { JsonService } from '../../contract/service.ts'
import { describeStream } from './operations/describe-stream.ts'
import { getRecords } from './operations/get-records.ts'
import { getShardIterator } from './operations/get-shard-iterator.ts'
import { listStreams } from './operations/list-streams.ts'

export const streamsService: JsonService = {
  name: 'dynamodb',
  signingName: 'dynamodb',
  protocol: 'json-1.0',
  targetPrefix: 'DynamoDBStreams_20120810',
  errorNamespace: 'com.amazonaws.dynamodb.v20120810',
  apiVersion: '2012-08-10',
  operations: [describeStream, getRecords, getShardIterator, listStreams],
}
