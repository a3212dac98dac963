/**
 * AWS's own policies: names, ids, versions and content as AWS published them (August 2026), in every account from the
 * start. ReadOnlyAccess and SecurityAudit are cut down to the services that are here: what they say of others could
 * mean nothing.
 */
import type { PolicyRecord } from './records.ts'

let made: ReadonlyMap<string, PolicyRecord> | undefined

/** By ARN. */
export function awsManagedPolicies(): ReadonlyMap<string, PolicyRecord> {
  made ??= new Map(definitions.map((one) => [`arn:aws:iam::aws:policy/${one.name}`, record(one)]))
  return made
}

interface Definition {
  readonly name: string
  readonly id: string
  readonly version: number
  readonly created: string
  readonly updated: string
  readonly description: string
  readonly deprecated?: true
  readonly statements: readonly object[]
}

function record(one: Definition): PolicyRecord {
  const createdAtMs = Date.parse(one.created)
  const updatedAtMs = Date.parse(one.updated)
  const document = JSON.stringify({ Version: '2012-10-17', Statement: one.statements }, undefined, 2)
  return {
    id: one.id,
    name: one.name,
    path: '/',
    createdAtMs,
    updatedAtMs,
    description: one.description,
    tags: [],
    versions: [{ number: one.version, document, createdAtMs: updatedAtMs }],
    defaultVersion: one.version,
    lastVersion: one.version,
    ofAws: true,
    ...(one.deprecated && { deprecated: true }),
  }
}

/** `['dynamodb', 'Query', 'Scan']` as `dynamodb:Query`, `dynamodb:Scan`. */
function of(service: string, ...actions: readonly string[]): readonly string[] {
  return actions.map((action) => `${service}:${action}`)
}

function allow(sid: string | undefined, action: readonly string[] | string, more: object = {}): object {
  return { ...(sid !== undefined && { Sid: sid }), Effect: 'Allow', Action: action, Resource: '*', ...more }
}

const insightRules = 'arn:aws:cloudwatch:*:*:insight-rule/DynamoDBContributorInsights*'
const dynamodbServiceNames = [
  'replication.dynamodb.amazonaws.com',
  'dax.amazonaws.com',
  'dynamodb.application-autoscaling.amazonaws.com',
  'contributorinsights.dynamodb.amazonaws.com',
  'kinesisreplication.dynamodb.amazonaws.com',
]
const scalingReads = of(
  'application-autoscaling',
  'DescribeScalableTargets',
  'DescribeScalingActivities',
  'DescribeScalingPolicies',
)
const scalingWrites = of(
  'application-autoscaling',
  'DeleteScalingPolicy',
  'DeregisterScalableTarget',
  'PutScalingPolicy',
  'RegisterScalableTarget',
)
const networkReads = of('ec2', 'DescribeVpcs', 'DescribeSubnets', 'DescribeSecurityGroups')
const kinesisReads = of('kinesis', 'ListStreams', 'DescribeStream', 'DescribeStreamSummary')
const configReads = of(
  'config',
  'BatchGetAggregateResourceConfig',
  'BatchGetResourceConfig',
  'Deliver*',
  'Describe*',
  'Get*',
  'List*',
  'SelectAggregateResourceConfig',
  'SelectResourceConfig',
)

const definitions: readonly Definition[] = [
  {
    name: 'AdministratorAccess',
    id: 'ANPAIWMBCKSKIEE64ZLYK',
    version: 1,
    created: '2015-02-06T18:39:46Z',
    updated: '2015-02-06T18:39:46Z',
    description: 'Provides full access to AWS services and resources.',
    statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  },
  {
    name: 'AmazonDynamoDBFullAccess',
    id: 'ANPAINUGF2JSOSUY76KYA',
    version: 15,
    created: '2015-02-06T18:40:11Z',
    updated: '2021-01-29T17:38:30Z',
    description: 'Provides full access to Amazon DynamoDB via the AWS Management Console.',
    deprecated: true,
    statements: [
      allow(undefined, [
        'dynamodb:*',
        'dax:*',
        ...of('application-autoscaling', 'DeleteScalingPolicy', 'DeregisterScalableTarget'),
        ...scalingReads,
        ...of('application-autoscaling', 'PutScalingPolicy', 'RegisterScalableTarget'),
        ...of('cloudwatch', 'DeleteAlarms', 'DescribeAlarmHistory', 'DescribeAlarms', 'DescribeAlarmsForMetric'),
        ...of('cloudwatch', 'GetMetricStatistics', 'ListMetrics', 'PutMetricAlarm', 'GetMetricData'),
        ...of('datapipeline', 'ActivatePipeline', 'CreatePipeline', 'DeletePipeline', 'DescribeObjects'),
        ...of('datapipeline', 'DescribePipelines', 'GetPipelineDefinition', 'ListPipelines'),
        ...of('datapipeline', 'PutPipelineDefinition', 'QueryObjects'),
        ...networkReads,
        ...of('iam', 'GetRole', 'ListRoles'),
        ...of('kms', 'DescribeKey', 'ListAliases'),
        ...of('sns', 'CreateTopic', 'DeleteTopic', 'ListSubscriptions', 'ListSubscriptionsByTopic', 'ListTopics'),
        ...of('sns', 'Subscribe', 'Unsubscribe', 'SetTopicAttributes'),
        ...of('lambda', 'CreateFunction', 'ListFunctions', 'ListEventSourceMappings', 'CreateEventSourceMapping'),
        ...of('lambda', 'DeleteEventSourceMapping', 'GetFunctionConfiguration', 'DeleteFunction'),
        ...of('resource-groups', 'ListGroups', 'ListGroupResources', 'GetGroup', 'GetGroupQuery', 'DeleteGroup'),
        'resource-groups:CreateGroup',
        'tag:GetResources',
        ...kinesisReads,
      ]),
      allow(undefined, 'cloudwatch:GetInsightRuleReport', { Resource: insightRules }),
      allow(undefined, ['iam:PassRole'], {
        Condition: {
          StringLike: {
            'iam:PassedToService': [
              'application-autoscaling.amazonaws.com',
              'application-autoscaling.amazonaws.com.cn',
              'dax.amazonaws.com',
            ],
          },
        },
      }),
      allow(undefined, ['iam:CreateServiceLinkedRole'], {
        Condition: { StringEquals: { 'iam:AWSServiceName': dynamodbServiceNames } },
      }),
    ],
  },
  {
    name: 'AmazonDynamoDBFullAccess_v2',
    id: 'ANPAZKAPJZG4CM63EPKOX',
    version: 3,
    created: '2025-01-31T18:42:53Z',
    updated: '2026-02-12T18:02:57Z',
    description: 'Provides full access to Amazon DynamoDB via the AWS Management Console.',
    statements: [
      allow('DDBAndDAXFullAccess', ['dynamodb:*', 'dax:*']),
      allow('KMSIntegration', of('kms', 'DescribeKey', 'ListAliases')),
      allow('LambdaIntegration', of('lambda', 'ListEventSourceMappings', 'ListFunctions')),
      allow('DaxSNSIntegration', ['sns:ListTopics']),
      allow('ApplicationAutoscalingIntegration', scalingWrites, {
        Condition: { StringEquals: { 'application-autoscaling:service-namespace': 'dynamodb' } },
      }),
      allow('ApplicationAutoscalingDescribeActions', scalingReads),
      allow('TagManagement', ['tag:GetResources']),
      allow('CloudwatchMonitoring', of('cloudwatch', 'DescribeAlarms', 'GetMetricStatistics', 'GetMetricData')),
      allow('ListKinesisResources', kinesisReads),
      allow('ListEC2ResourcesForDaxClusterCreation', networkReads),
      allow('CloudwatchInsightsRules', 'cloudwatch:GetInsightRuleReport', { Resource: insightRules }),
      allow('ServiceRoleCreation', ['iam:CreateServiceLinkedRole'], {
        Condition: { StringEquals: { 'iam:AWSServiceName': dynamodbServiceNames } },
      }),
      allow('IamIntegration', ['iam:ListRoles'], { Resource: ['*'] }),
    ],
  },
  {
    name: 'AmazonDynamoDBReadOnlyAccess',
    id: 'ANPAIY2XFNA232XJ6J7X2',
    version: 15,
    created: '2015-02-06T18:40:12Z',
    updated: '2024-11-18T17:38:15Z',
    description: 'Provides read only access to Amazon DynamoDB via the AWS Management Console.',
    statements: [
      allow('GeneralReadOnlyAccess', [
        ...scalingReads,
        ...of('cloudwatch', 'DescribeAlarmHistory', 'DescribeAlarms', 'DescribeAlarmsForMetric'),
        ...of('cloudwatch', 'GetMetricStatistics', 'ListMetrics', 'GetMetricData'),
        ...of('datapipeline', 'DescribeObjects', 'DescribePipelines', 'GetPipelineDefinition', 'ListPipelines'),
        'datapipeline:QueryObjects',
        ...of('dynamodb', 'BatchGetItem', 'Describe*', 'List*', 'GetAbacStatus', 'GetItem', 'GetResourcePolicy'),
        ...of('dynamodb', 'Query', 'Scan', 'PartiQLSelect'),
        ...of('dax', 'Describe*', 'List*', 'GetItem', 'BatchGetItem', 'Query', 'Scan'),
        ...networkReads,
        ...of('iam', 'GetRole', 'ListRoles'),
        ...of('kms', 'DescribeKey', 'ListAliases'),
        ...of('sns', 'ListSubscriptionsByTopic', 'ListTopics'),
        ...of('lambda', 'ListFunctions', 'ListEventSourceMappings', 'GetFunctionConfiguration'),
        ...of('resource-groups', 'ListGroups', 'ListGroupResources', 'GetGroup', 'GetGroupQuery'),
        'tag:GetResources',
        ...kinesisReads,
      ]),
      allow('CCIAccess', 'cloudwatch:GetInsightRuleReport', { Resource: insightRules }),
    ],
  },
  {
    name: 'ReadOnlyAccess',
    id: 'ANPAILL3HVNFSB6DCOWYQ',
    version: 178,
    created: '2015-02-06T18:39:48Z',
    updated: '2026-02-12T18:01:33Z',
    description: 'Provides read-only access to AWS services and resources.',
    statements: [
      allow('ReadOnlyActionsGroup1', [
        ...of('application-autoscaling', 'Describe*', 'GetPredictiveScalingForecast', 'ListTagsForResource'),
        ...of('auditmanager', 'GetAccountStatus', 'GetAssessment', 'GetAssessmentFramework', 'GetAssessmentReportUrl'),
        ...of('auditmanager', 'GetChangeLogs', 'GetControl', 'GetDelegations', 'GetEvidence'),
        ...of('auditmanager', 'GetEvidenceByEvidenceFolder', 'GetEvidenceFolder', 'GetEvidenceFoldersByAssessment'),
        ...of('auditmanager', 'GetEvidenceFoldersByAssessmentControl', 'GetOrganizationAdminAccount'),
        ...of('auditmanager', 'GetServicesInScope', 'GetSettings', 'ListAssessmentFrameworks'),
        ...of('auditmanager', 'ListAssessmentReports', 'ListAssessments', 'ListControls', 'ListKeywordsForDataSource'),
        ...of('auditmanager', 'ListNotifications', 'ListTagsForResource', 'ValidateAssessmentReportIntegrity'),
        ...of('backup', 'Describe*', 'Get*', 'List*'),
        ...of('cloudtrail', 'Describe*', 'Get*', 'List*', 'LookupEvents'),
        ...configReads,
        ...of('dax', 'BatchGetItem', 'Describe*', 'GetItem', 'ListTags', 'Query', 'Scan'),
        ...of('dynamodb', 'BatchGet*', 'Describe*', 'Get*', 'List*', 'PartiQLSelect', 'Query', 'Scan'),
        ...of('ec2', 'Describe*', 'Get*'),
        ...of('iam', 'Generate*', 'Get*', 'List*', 'Simulate*'),
      ]),
      allow('ReadOnlyActionsGroup2', [
        ...of('kms', 'Describe*', 'Get*', 'List*'),
        ...of('sts', 'GetAccessKeyInfo', 'GetCallerIdentity', 'GetSessionToken'),
      ]),
    ],
  },
  {
    name: 'SecurityAudit',
    id: 'ANPAIX2T3QCXHR2OGGCTO',
    version: 91,
    created: '2015-02-06T18:41:01Z',
    updated: '2026-07-21T17:42:29Z',
    description: 'The security audit template grants access to read security configuration metadata.',
    statements: [
      allow('BaseSecurityAuditStatement', [
        'application-autoscaling:Describe*',
        ...of('auditmanager', 'GetAccountStatus', 'ListAssessmentControlInsightsByControlDomain'),
        ...of('auditmanager', 'ListAssessmentFrameworks', 'ListAssessmentFrameworkShareRequests'),
        ...of('auditmanager', 'ListAssessmentReports', 'ListAssessments', 'ListControlDomainInsights'),
        ...of('auditmanager', 'ListControlDomainInsightsByAssessment', 'ListControlInsightsByControlDomain'),
        ...of('auditmanager', 'ListControls', 'ListNotifications', 'ListTagsForResource'),
        ...of('backup', 'DescribeGlobalSettings', 'DescribeRegionSettings', 'GetBackupVaultAccessPolicy'),
        ...of('backup', 'GetBackupVaultNotifications', 'ListBackupVaults', 'ListTags'),
        ...of('cloudtrail', 'DescribeTrails', 'GetEventSelectors', 'GetInsightSelectors', 'GetTrail'),
        ...of('cloudtrail', 'GetTrailStatus', 'ListTags', 'ListTrails', 'LookupEvents'),
        ...configReads,
        ...of('dax', 'Describe*', 'ListTags'),
        ...of('dynamodb', 'DescribeContinuousBackups', 'DescribeExport', 'DescribeGlobalTable'),
        ...of('dynamodb', 'DescribeKinesisStreamingDestination', 'DescribeTable', 'DescribeTimeToLive'),
        ...of('dynamodb', 'GetResourcePolicy', 'ListBackups', 'ListExports', 'ListGlobalTables', 'ListStreams'),
        ...of('dynamodb', 'ListTables', 'ListTagsOfResource'),
        ...of('ec2', 'Describe*', 'GetManagedPrefixListAssociations', 'GetManagedPrefixListEntries'),
        ...of('iam', 'GenerateCredentialReport', 'GenerateServiceLastAccessedDetails', 'Get*', 'List*'),
        ...of('iam', 'SimulateCustomPolicy', 'SimulatePrincipalPolicy'),
        ...of('kms', 'Describe*', 'Get*', 'List*'),
        'sts:GetAccessKeyInfo',
      ]),
    ],
  },
]
