/** Random policies over few words, so that statements often meet: documents as JSON, questions, and both evaluators. */
import fc from 'fast-check'
import { type CompiledPolicy, compilePolicy } from '../../src/policy/compiled-policy.ts'
import { type AccessQuestion, type Decision, decide } from '../../src/policy/decide.ts'
import { contextOf } from '../../src/policy/decision-record.ts'
import type { PolicyKind } from '../../src/policy/document.ts'
import { policyOf } from '../../src/policy/parse-policy.ts'
import { PolicySet } from '../../src/policy/policy-set.ts'
import type { ModelCaller, ModelDocument, ModelPolicies, ModelQuestion, ModelStatement } from './slow-model.ts'

const home = '111111111111'
const abroad = '222222222222'
const table = `arn:aws:dynamodb:us-east-1:${home}:table`

const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'kms:Decrypt']
const actionPatterns = [...actions, '*', 'dynamodb:*', 'DynamoDB:Get*', 'dynamodb:?etItem', 'kms:*', 'dynamodb:*Item']
const resources = [`${table}/alice`, `${table}/bob`, `${table}/alice/index/I`, `${table}/a*b`, '*']
const resourcePatterns = [
  ...resources,
  `${table}/*`,
  `${table}/a*`,
  `${table}/*/index/*`,
  `${table}/?ob`,
  `arn:aws:dynamodb:*:*:table/alice`,
  `arn:aws:dynamodb:us-*`,
  `arn:aws:dynamodb:us-east-1:${abroad}:table/alice`,
  `${table}/\${aws:username}`,
  `${table}/\${aws:username}/*`,
  `${table}/\${aws:PrincipalTag/team, 'bob'}`,
  `${table}/a\${*}b`,
]
const principals = [
  '*',
  home,
  abroad,
  `arn:aws:iam::${home}:root`,
  `arn:aws:iam::${home}:user/alice`,
  `arn:aws:iam::${home}:role/reader`,
  `arn:aws:sts::${home}:assumed-role/reader/s`,
  `arn:aws:sts::${home}:federated-user/f`,
  `arn:aws:iam::${abroad}:user/eve`,
]
export const modelCallers: readonly ModelCaller[] = [
  { type: 'Root', accountId: home },
  { type: 'User', accountId: home, arn: `arn:aws:iam::${home}:user/alice` },
  {
    type: 'AssumedRole',
    accountId: home,
    arn: `arn:aws:sts::${home}:assumed-role/reader/s`,
    roleArn: `arn:aws:iam::${home}:role/reader`,
  },
  {
    type: 'FederatedUser',
    accountId: home,
    arn: `arn:aws:sts::${home}:federated-user/f`,
    userArn: `arn:aws:iam::${home}:user/alice`,
  },
  { type: 'User', accountId: abroad, arn: `arn:aws:iam::${abroad}:user/eve` },
]

const words = ['alice', 'bob', 'Alice', '', 'a*', 'al', '*']
const texts = [...words, 'a*', '?ob', '*', `\${aws:username}`, `\${aws:PrincipalTag/team, 'bob'}-*`, `\${*}`, 'a?ice']
const arns = [`arn:aws:iam::${home}:user/alice`, `arn:aws:sns:us-east-1:${home}:t:alice`, 'nothing']
const arnTexts = [...arns, 'arn:aws:iam::*:user/*', 'arn:aws:sns:*', `arn:aws:iam::${home}:user/\${aws:username}`, '*']
const numbers = ['0', '1', '1.5', '2', '-3', '1e1', '10']
const dates = ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-01-02', '2025-12-31T23:59:59.5Z']
const addresses = ['10.0.0.1', '10.200.3.4', '192.0.2.1']

interface Family {
  readonly operators: readonly string[]
  readonly key: string
  readonly wanted: readonly string[]
  readonly values: readonly string[]
}
const order = ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals']
const families: readonly Family[] = [
  {
    operators: ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase'],
    key: 'dynamodb:LeadingKeys',
    wanted: texts,
    values: words,
  },
  { operators: order.map((each) => `Numeric${each}`), key: 'svc:Number', wanted: numbers, values: numbers },
  { operators: order.map((each) => `Date${each}`), key: 'aws:CurrentTime', wanted: dates, values: dates },
  { operators: ['Bool'], key: 'aws:SecureTransport', wanted: ['true', 'false'], values: ['true', 'false'] },
  {
    operators: ['IpAddress', 'NotIpAddress'],
    key: 'aws:SourceIp',
    wanted: ['10.0.0.0/8', '10.0.0.1', '0.0.0.0/0', '192.0.2.0/31', '10.128.0.0/9'],
    values: addresses,
  },
  { operators: ['ArnLike', 'ArnNotEquals'], key: 'aws:SourceArn', wanted: arnTexts, values: arns },
]

function someOf<T>(items: readonly T[], most = 3): fc.Arbitrary<readonly T[]> {
  return fc.array(fc.constantFrom(...items), { minLength: 1, maxLength: most })
}

const clause = fc.constantFrom(...families).chain(({ operators, key, wanted }) =>
  fc
    .record({
      set: fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
      operator: fc.constantFrom(...operators),
      ifExists: fc.constantFrom('', '', 'IfExists'),
      values: someOf(wanted),
      key: fc.constantFrom(key, key.toUpperCase()),
      asNull: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ set, operator, ifExists, values, key: written, asNull }) =>
      asNull === 0
        ? (['Null', written, ['true']] as const)
        : ([`${set}${operator}${ifExists}`, written, values] as const),
    ),
)

const conditionBlock = fc.array(clause, { maxLength: 2 }).map((clauses) => {
  const block: Record<string, Record<string, readonly string[]>> = {}
  for (const [operator, key, values] of clauses) block[operator] = { ...block[operator], [key]: values }
  return block
})

export function statement(named: boolean, effects: readonly ('Allow' | 'Deny')[] = ['Allow', 'Allow', 'Deny']) {
  return fc
    .record({
      effect: fc.constantFrom(...effects),
      actions: someOf(actionPatterns),
      notAction: fc.integer({ min: 0, max: 5 }),
      resources: someOf(resourcePatterns),
      notResource: fc.integer({ min: 0, max: 5 }),
      condition: conditionBlock,
      principals: someOf(principals),
      notPrincipal: fc.boolean(),
    })
    .map(
      (drawn): ModelStatement => ({
        Effect: drawn.effect,
        ...(drawn.notAction === 0 ? { NotAction: drawn.actions } : { Action: drawn.actions }),
        ...(drawn.notResource === 0 ? { NotResource: drawn.resources } : { Resource: drawn.resources }),
        Condition: drawn.condition,
        ...(!named
          ? {}
          : drawn.notPrincipal && drawn.effect === 'Deny'
            ? { NotPrincipal: { AWS: drawn.principals.filter((name) => name !== '*').concat(home) } }
            : { Principal: { AWS: drawn.principals } }),
      }),
    )
}

export function document(named: boolean, most = 4): fc.Arbitrary<ModelDocument> {
  return fc.record({
    Version: fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17'),
    Statement: fc.array(statement(named), { minLength: 1, maxLength: most }),
  })
}

/** Mostly absent or wide open, else few random questions would be allowed by every type of policy. */
const open: ModelDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }],
}
const openNamed: ModelDocument = {
  ...open,
  Statement: open.Statement.map((each) => ({ ...each, Principal: '*' as const })),
}

export const randomPolicies: fc.Arbitrary<ModelPolicies> = fc.record({
  caller: fc.constantFrom(...modelCallers),
  identity: fc.array(document(false), { maxLength: 3 }),
  boundary: fc.option(fc.oneof(fc.constant(open), document(false)), { nil: undefined, freq: 2 }),
  session: fc.option(fc.array(fc.oneof(fc.constant(open), document(false)), { maxLength: 2 }), {
    nil: undefined,
    freq: 2,
  }),
  serviceControl: fc.array(
    fc.array(fc.oneof(fc.constant(open), fc.constant(open), document(false)), { maxLength: 2 }),
    {
      maxLength: 1,
    },
  ),
  owner: fc.constantFrom(home, home, abroad),
  resourcePolicy: fc.option(document(true), { nil: undefined }),
  mustAllow: fc.constantFrom(false, false, true),
  vpcEndpoint: fc.option(fc.oneof(fc.constant(openNamed), document(true)), { nil: undefined, freq: 2 }),
})

export const randomQuestion: fc.Arbitrary<ModelQuestion> = fc.record({
  action: fc.constantFrom(...actions),
  resource: fc.constantFrom(...resources),
  values: fc
    .tuple(
      ...families.map(({ key, values }) =>
        fc
          .array(fc.constantFrom(...values), { maxLength: key === 'dynamodb:LeadingKeys' ? 3 : 1 })
          .map((drawn) => [key, drawn] as const),
      ),
      fc.array(fc.constantFrom('alice', 'bob', '*'), { maxLength: 1 }).map((drawn) => ['aws:username', drawn] as const),
      fc
        .array(fc.constantFrom('alice', 'bob'), { maxLength: 1 })
        .map((drawn) => ['aws:PrincipalTag/team', drawn] as const),
    )
    .map((entries): ModelQuestion['values'] => Object.fromEntries(entries.filter(([, values]) => values.length > 0))),
})

export function setOf(policies: ModelPolicies): PolicySet {
  const compile = (id: string, kind: PolicyKind, document: ModelDocument): CompiledPolicy =>
    compilePolicy(id, policyOf(JSON.stringify(document), kind))
  const maybe = (id: string, kind: PolicyKind, document: ModelDocument | undefined) =>
    document === undefined ? undefined : compile(id, kind, document)
  return new PolicySet({
    caller: policies.caller as PolicySet['inForce']['caller'],
    identity: policies.identity.map((each, at) => compile(`identity-${at}`, 'inline', each)),
    boundary: maybe('boundary', 'inline', policies.boundary),
    session: policies.session?.map((each, at) => compile(`session-${at}`, 'session', each)),
    serviceControl: policies.serviceControl.map((level) =>
      level.map((each) => compile('scp', 'service-control', each)),
    ),
    resource: {
      accountId: policies.owner,
      policy: maybe('resource', 'resource', policies.resourcePolicy),
      mustAllow: policies.mustAllow,
    },
    vpcEndpoint: maybe('endpoint', 'vpc-endpoint', policies.vpcEndpoint),
  })
}

export function questionOf({ action, resource, values }: ModelQuestion): AccessQuestion {
  return { action, resource, context: contextOf(values) }
}

export function decisionOf(question: ModelQuestion, policies: ModelPolicies): Decision {
  return decide(questionOf(question), setOf(policies))
}
