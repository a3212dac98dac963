/**
 * What a decision costs: 20 policies of 10 statements each, asked about GetItem. Prints microseconds a decision and
 * asserts nothing. Run: node bench/policy/decisions.ts
 */
import { compilePolicy } from '../../src/policy/compiled-policy.ts'
import { type AccessQuestion, decide } from '../../src/policy/decide.ts'
import { DecisionCache } from '../../src/policy/decision-cache.ts'
import { contextOf } from '../../src/policy/decision-record.ts'
import { policyOf } from '../../src/policy/parse-policy.ts'
import { PolicySet } from '../../src/policy/policy-set.ts'

const account = '111111111111'
const arn = `arn:aws:dynamodb:us-east-1:${account}:table`
const tables = ['Orders', 'Trades', 'Customers', 'Accounts', 'Cards', 'Limits', 'Quotes', 'Audit', 'Sessions', 'Rates']

interface Line {
  readonly name: string
  readonly statement: (policy: number, position: number) => Readonly<Record<string, unknown>>
}

const user = `$\{aws:username}`
const lines: readonly Line[] = [
  {
    name: 'exact tables, no conditions; one statement in ten fits',
    statement: (_, position) => ({
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'],
      Resource: `${arn}/${tables[position]}`,
    }),
  },
  {
    name: 'wildcards, TLS, addresses; only the last policy allows',
    statement: (policy, position) => ({
      Effect: position === 0 ? 'Deny' : 'Allow',
      Action: 'dynamodb:*Item',
      Resource: `${arn}/Or*`,
      Condition: {
        Bool: { 'aws:SecureTransport': position === 0 ? 'false' : 'true' },
        StringEquals: { 'aws:PrincipalTag/team': `team-${policy === 19 && position === 9 ? 'mine' : position}` },
        IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.168.0.0/16'] },
      },
    }),
  },
  {
    name: 'fine-grained: leading keys of the caller in each statement; only the last allows',
    statement: (policy, position) => ({
      Effect: 'Allow',
      Action: 'dynamodb:GetItem',
      Resource: [`${arn}/Orders`, `${arn}/Orders/index/*`],
      Condition: {
        'ForAllValues:StringEquals': {
          'dynamodb:LeadingKeys': policy === 19 && position === 9 ? [user] : [`${user}-${policy}-${position}`],
          'dynamodb:Attributes': ['Id', 'Amount', 'Currency', 'Date'],
        },
        StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      },
    }),
  },
  {
    name: 'the common one: one statement allows, 199 are about other services',
    statement: (policy, position) =>
      policy === 7 && position === 3
        ? { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }
        : { Effect: 'Allow', Action: `svc${policy}:*`, Resource: '*' },
  },
]

const question: AccessQuestion = {
  action: 'dynamodb:GetItem',
  resource: `${arn}/Orders`,
  context: contextOf({
    'aws:SecureTransport': 'true',
    'aws:SourceIp': '10.1.2.3',
    'aws:PrincipalTag/team': 'team-mine',
    'aws:username': 'alice',
    'dynamodb:LeadingKeys': ['alice'],
    'dynamodb:Attributes': ['Id', 'Amount'],
    'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
  }),
}

for (const { name, statement } of lines) {
  const documents = Array.from({ length: 20 }, (_, policy) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: Array.from({ length: 10 }, (_, position) => statement(policy, position)),
    }),
  )
  const compile = () => documents.map((text, index) => compilePolicy(`policy-${index}`, policyOf(text, 'managed')))
  const policies = compile()
  const newSet = () =>
    new PolicySet({
      caller: { type: 'User', accountId: account, arn: `arn:aws:iam::${account}:user/alice` },
      identity: policies,
      resource: { accountId: account },
    })
  const set = newSet()
  const cache = new DecisionCache(set)
  if (!decide(question, set).allowed) throw new Error(`${name}: should be allowed`)
  console.log(name)
  report('remembered', 300_000, () => cache.decide(question))
  report('decided', 100_000, () => decide(question, set))
  report('first decision of a new set', 3_000, () => decide(question, newSet()))
  report('all 20 policies parsed and compiled', 100, compile)
}

function report(what: string, times: number, work: () => unknown): void {
  for (let warm = 0; warm < times / 5; warm++) work()
  const start = process.hrtime.bigint()
  for (let round = 0; round < times; round++) work()
  const microseconds = Number(process.hrtime.bigint() - start) / 1000 / times
  console.log(`  ${what.padEnd(40)} ${microseconds.toFixed(2).padStart(9)} µs`)
}
