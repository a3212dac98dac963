/** Callers that cases name. */
import type { Caller } from '../../src/policy/callers.ts'

const home = '111111111111'
const abroad = '222222222222'

export const callers: Readonly<Record<string, Caller>> = {
  user: { type: 'User', accountId: home, arn: `arn:aws:iam::${home}:user/alice`, uniqueId: 'AIDAALICEALICEALICE01' },
  'other-user': { type: 'User', accountId: home, arn: `arn:aws:iam::${home}:user/staff/bob` },
  root: { type: 'Root', accountId: home },
  session: {
    type: 'AssumedRole',
    accountId: home,
    arn: `arn:aws:sts::${home}:assumed-role/reader/carol`,
    roleArn: `arn:aws:iam::${home}:role/apps/reader`,
    uniqueId: 'AROAREADERREADERREAD1',
  },
  'service-linked-session': {
    type: 'AssumedRole',
    accountId: home,
    arn: `arn:aws:sts::${home}:assumed-role/AWSServiceRoleForDynamoDBReplication/replication`,
    roleArn: `arn:aws:iam::${home}:role/aws-service-role/replication.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBReplication`,
    serviceLinked: true,
  },
  federated: {
    type: 'FederatedUser',
    accountId: home,
    arn: `arn:aws:sts::${home}:federated-user/dave`,
    userArn: `arn:aws:iam::${home}:user/alice`,
  },
  'foreign-user': { type: 'User', accountId: abroad, arn: `arn:aws:iam::${abroad}:user/eve` },
  'foreign-root': { type: 'Root', accountId: abroad },
  'foreign-session': {
    type: 'AssumedRole',
    accountId: abroad,
    arn: `arn:aws:sts::${abroad}:assumed-role/partner/frank`,
    roleArn: `arn:aws:iam::${abroad}:role/partner`,
  },
  amazon: { type: 'WebIdentity', provider: 'www.amazon.com' },
  oidc: { type: 'WebIdentity', provider: `arn:aws:iam::${home}:oidc-provider/login.bank.example` },
  'dynamodb-service': { type: 'Service', names: ['dynamodb.amazonaws.com', 'dynamodb.us-east-1.amazonaws.com'] },
  anonymous: { type: 'Anonymous' },
}
