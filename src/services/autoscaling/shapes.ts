/** Request shapes that operations share. Where no answer of the service is recorded, enums are in the model's order. */
import { type InputOf, optional, required, type Shape, shapeOf, structure } from '../../contract/shape.ts'
import { list, map } from '../../contract/shape-collections.ts'
import { boolean, double, integer, string } from '../../contract/shape-scalars.ts'

export const serviceNamespace = string({
  oneOf: [
    'ecs',
    'elasticmapreduce',
    'ec2',
    'appstream',
    'dynamodb',
    'rds',
    'sagemaker',
    'custom-resource',
    'comprehend',
    'lambda',
    'cassandra',
    'kafka',
    'elasticache',
    'neptune',
    'workspaces',
  ],
})

export const scalableDimension = string({
  oneOf: [
    'ecs:service:DesiredCount',
    'ec2:spot-fleet-request:TargetCapacity',
    'elasticmapreduce:instancegroup:InstanceCount',
    'appstream:fleet:DesiredCapacity',
    'dynamodb:table:ReadCapacityUnits',
    'dynamodb:table:WriteCapacityUnits',
    'dynamodb:index:ReadCapacityUnits',
    'dynamodb:index:WriteCapacityUnits',
    'rds:cluster:ReadReplicaCount',
    'sagemaker:variant:DesiredInstanceCount',
    'custom-resource:ResourceType:Property',
    'comprehend:document-classifier-endpoint:DesiredInferenceUnits',
    'comprehend:entity-recognizer-endpoint:DesiredInferenceUnits',
    'lambda:function:ProvisionedConcurrency',
    'cassandra:table:ReadCapacityUnits',
    'cassandra:table:WriteCapacityUnits',
    'kafka:broker-storage:VolumeSize',
    'elasticache:cache-cluster:Nodes',
    'elasticache:replication-group:NodeGroups',
    'elasticache:replication-group:Replicas',
    'neptune:cluster:ReadReplicaCount',
    'sagemaker:variant:DesiredProvisionedConcurrency',
    'sagemaker:inference-component:DesiredCopyCount',
    'workspaces:workspacespool:DesiredUserSessions',
  ],
})

export type ServiceNamespace = InputOf<typeof serviceNamespace>
export type ScalableDimension = InputOf<typeof scalableDimension>

const text = '[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\r\\n\\t]*'

/** The model's ResourceIdMaxLen1600, which serves for names and expressions too. */
export const shortText = string({ min: 1, max: 1600, pattern: text })
export const shortTexts = list(shortText, { max: 50 })
export const nextToken = string({ pattern: text })

/** The three members that name a scalable target. */
export const targetMembers = {
  ServiceNamespace: required(serviceNamespace),
  ResourceId: required(shortText),
  ScalableDimension: required(scalableDimension),
}

/** Java's \p{Print}: the printable characters of ASCII. */
export const policyName = string({
  min: 1,
  max: 256,
  broken: (value) =>
    /^[\x20-\x7e]+$/.test(value) ? [] : ['Member must satisfy regular expression pattern: \\p{Print}+'],
})

const actionNamePattern = '(?!((^[ ]+.*)|(.*([\\u0000-\\u001f]|[\\u007f-\\u009f]|[:/|])+.*)|(.*[ ]+$))).+'

/** No blank at either end, no control character, none of `:/|`. Checked by hand, since the pattern takes long on long names. */
export const scheduledActionName = string({
  min: 1,
  max: 256,
  broken: (value) => {
    const isSound = value !== '' && !value.startsWith(' ') && !value.endsWith(' ') && !/[\p{Cc}:/|]/u.test(value)
    return isSound ? [] : [`Member must satisfy regular expression pattern: ${actionNamePattern}`]
  },
})

export const suspendedState = structure(
  {
    DynamicScalingInSuspended: optional(boolean),
    DynamicScalingOutSuspended: optional(boolean),
    ScheduledScalingSuspended: optional(boolean),
  },
  'SuspendedState',
)

export const scalableTargetAction = structure(
  { MinCapacity: optional(integer()), MaxCapacity: optional(integer()) },
  'ScalableTargetAction',
)

const tagKeyCharactersMax = 128

export const tagMap = map(string({ max: 256 }), {
  typeName: 'java.lang.String',
  eachKey: {
    holds: (key) => key.length >= 1 && key.length <= tagKeyCharactersMax,
    rules: [
      `Member must have length less than or equal to ${tagKeyCharactersMax}`,
      'Member must have length greater than or equal to 1',
    ],
  },
})
export const tagKeys = list(string({ min: 1, max: tagKeyCharactersMax }), { min: 0, max: 200 })

const arnCharactersMax = 1011
const arnPattern = '^arn:.+:application-autoscaling:.+:[0-9]+:scalable-target\\/[a-zA-Z0-9-]+$'
const arnExpression = new RegExp(arnPattern)

/** The pattern takes long on long texts, so it is not asked about those that are too long anyway. */
export const targetArn = string({
  min: 1,
  max: arnCharactersMax,
  broken: (value) =>
    value.length > arnCharactersMax || arnExpression.test(value)
      ? []
      : [`Member must satisfy regular expression pattern: ${arnPattern}`],
})

/** What only other kinds of resource have: taken as it comes, and refused by a rule of the operation. */
export const notOfDynamodb: Shape<unknown> = { ...shapeOf((raw) => raw), refused: true }

export const trackingConfiguration = structure(
  {
    TargetValue: required(double()),
    PredefinedMetricSpecification: optional(
      structure(
        // Any text: what a dimension does not support is refused with the list of what it does.
        { PredefinedMetricType: required(string()), ResourceLabel: optional(string({ min: 1, max: 1023 })) },
        'PredefinedMetricSpecification',
      ),
    ),
    CustomizedMetricSpecification: optional(notOfDynamodb),
    ScaleOutCooldown: optional(integer()),
    ScaleInCooldown: optional(integer()),
    DisableScaleIn: optional(boolean),
  },
  'TargetTrackingScalingPolicyConfiguration',
)
export type TrackingConfiguration = InputOf<typeof trackingConfiguration>
