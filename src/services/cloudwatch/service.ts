/** The door of the CloudWatch room: the figures of contributor insights. */
import type { JsonService } from '../../contract/service.ts'
import { getInsightRuleReport } from './operations/get-insight-rule-report.ts'

export const cloudwatchService: JsonService = {
  name: 'cloudwatch',
  signingName: 'monitoring',
  protocol: 'json-1.0',
  targetPrefix: 'GraniteServiceVersion20100801',
  errorNamespace: 'com.amazonaws.cloudwatch.v2010_08_01',
  apiVersion: '2010-08-01',
  operations: [getInsightRuleReport],
}
