/**
 * Who signs the lines about authorization: IAM users with 20 attached policies of 10 statements each, ten of their own
 * and ten of their group, as many as IAM's quotas let them have. One statement in two hundred allows what the line does.
 */
import { element, queryExchange } from '../test/server/signed-query.ts'
import { orders } from './data-set.ts'
import type { Target } from './signed-requests.ts'

const policies = 20
const statementsEach = 10
/** Where among them the statement that allows is. */
const granting = { policy: 13, statement: 6 }
const account = '000000000000'

type Statement = Readonly<Record<string, unknown>>
type Form = Readonly<Record<string, string>>

/** By port and user, since a line is measured more than once and its user is made once. */
const made = new Map<string, Promise<Target>>()

/** May read the table of orders, from this machine. */
export function plainUser(target: Target): Promise<Target> {
  return userOnce(target, 'teller', {
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
    Resource: tableArn(orders.TableName),
  })
}

/** May read some attributes and keys of it, and has to name them: hardly a request is like the one before. */
export function fineGrainedUser(target: Target): Promise<Target> {
  return userOnce(target, 'analyst', {
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
    Resource: tableArn(orders.TableName),
    Condition: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'customer-*' },
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'amount', 'note'] },
      StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    },
  })
}

function userOnce(target: Target, name: string, grant: Statement): Promise<Target> {
  const id = `${target.port} ${name}`
  const known = made.get(id)
  if (known !== undefined) return known
  const user = makeUser(target, name, grant)
  made.set(id, user)
  return user
}

async function makeUser(target: Target, name: string, grant: Statement): Promise<Target> {
  const UserName = name
  const GroupName = `${name}s`
  await iam(target, 'CreateUser', { UserName })
  await iam(target, 'CreateGroup', { GroupName })
  await iam(target, 'AddUserToGroup', { GroupName, UserName })
  for (let policy = 0; policy < policies; policy++) {
    const Statement = Array.from({ length: statementsEach }, (_, position) =>
      policy === granting.policy && position === granting.statement ? grant : otherStatement(policy, position),
    )
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    const answer = await iam(target, 'CreatePolicy', { PolicyName: `${name}-${policy}`, PolicyDocument })
    const PolicyArn = element(answer, 'Arn') ?? ''
    if (policy % 2 === 0) await iam(target, 'AttachUserPolicy', { UserName, PolicyArn })
    else await iam(target, 'AttachGroupPolicy', { GroupName, PolicyArn })
  }
  const key = await iam(target, 'CreateAccessKey', { UserName })
  return {
    ...target,
    accessKeyId: element(key, 'AccessKeyId') ?? '',
    secretAccessKey: element(key, 'SecretAccessKey') ?? '',
  }
}

/** What stands beside the one that matters: denies from elsewhere, other tables, other actions, other services. */
function otherStatement(policy: number, position: number): Statement {
  switch (position) {
    case 0:
      return {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { NotIpAddress: { 'aws:SourceIp': ['127.0.0.0/8', '10.0.0.0/8', `192.168.${policy}.0/24`] } },
      }
    case 1:
      return { Effect: 'Deny', Action: ['dynamodb:DeleteTable', 'dynamodb:UpdateTable'], Resource: '*' }
    case 2:
      return { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: '*' }
    case 3:
      return {
        Effect: 'Allow',
        Action: 'dynamodb:PutItem',
        Resource: tableArn('*'),
        Condition: { StringEquals: { 'dynamodb:ReturnValues': 'NONE' } },
      }
    default:
      return {
        Effect: 'Allow',
        Action: ['dynamodb:*Item', 'dynamodb:Query'],
        Resource: [tableArn(`Branch-${policy}-${position}`), tableArn(`Branch-${policy}-${position}/index/*`)],
        Condition: { StringEquals: { 'aws:PrincipalTag/branch': `${policy}-${position}` } },
      }
  }
}

function tableArn(name: string): string {
  return `arn:aws:dynamodb:us-east-1:${account}:table/${name}`
}

async function iam(target: Target, action: string, parameters: Form): Promise<string> {
  const { accessKeyId, secretAccessKey } = target
  const form = new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }).toString()
  const { status, text } = await queryExchange(target.port, { form, service: 'iam', accessKeyId, secretAccessKey })
  if (status !== 200) throw new Error(`${action}: status ${status}: ${text}`)
  return text
}
