/** The Query protocols over the wire: what is asked how, what is answered in which words. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type AnyOperation, operation } from '../../src/contract/operation.ts'
import type { AuditOutcome } from '../../src/contract/ports.ts'
import { optional, required, structure } from '../../src/contract/shape.ts'
import { list, map } from '../../src/contract/shape-collections.ts'
import { boolean, integer, string, timestamp } from '../../src/contract/shape-scalars.ts'
import { ServiceError } from '../../src/foundation/service-error.ts'
import { queryCodec } from '../../src/protocol/query-codec.ts'
import { element, presignedForm, type QueryAnswer, type QueryParts, queryExchange } from './signed-query.ts'
import { key, type SmallHouse, smallHouse } from './small-house.ts'

const audit = { category: 'Management', readOnly: true, requestParameters: () => null, resources: () => [] } as const

const pair = structure({ Key: required(string()), Value: optional(string({ max: 3 })) }, 'Pair')
const input = structure({
  Name: optional(string({ max: 5 })),
  Count: optional(integer({ min: 1 })),
  Wanted: optional(boolean),
  Since: optional(timestamp),
  Names: optional(list(string(), { max: 3 })),
  Pairs: optional(list(pair)),
  Settings: optional(map(string())),
})

let got: unknown
const echo: AnyOperation = operation({
  name: 'Echo',
  kind: 'control-read',
  input,
  access: () => [],
  audit,
  run: (given) => {
    got = given
    return {
      Text: '<a & "b">\r\n\u0001é',
      At: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
      Empty: [],
      Absent: undefined,
      List: [{ Key: 'k' }, { Key: 'l', Yes: true }],
      Map: new Map([['a', 1]]),
      Bytes: Buffer.from('abc'),
    }
  },
})
const quiet = operation({
  name: 'Quiet',
  kind: 'control-write',
  input,
  access: () => [],
  audit,
  run: () => undefined,
})
const fail = operation<{ readonly Name?: string }, object>({
  name: 'Fail',
  kind: 'control-write',
  input,
  access: ({ Name }) => (Name === 'deny' ? [{ action: 'query:Fail', resource: '*' }] : []),
  audit,
  run: ({ Name }) => {
    if (Name === 'bug') throw new Error('a defect')
    throw new ServiceError('NoSuchEntity', 'The <thing> cannot be found.', { status: 404 })
  },
})
const open: AnyOperation = { ...echo, name: 'Open', unsigned: true }

let house: SmallHouse
const closed: AuditOutcome[] = []
before(async () => {
  const operations = [echo, quiet, fail, open]
  house = await smallHouse({
    operations: [],
    audit: {
      open: () => ({
        close(outcome) {
          closed.push(outcome)
        },
      }),
    },
    services: [
      {
        name: 'query',
        signingName: 'query',
        global: true,
        protocol: 'query',
        xmlNamespace: 'https://query.example.com/doc/',
        apiVersion: '2010-05-08',
        operations,
      },
      {
        name: 'ec2',
        signingName: 'ec2',
        protocol: 'ec2-query',
        xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
        apiVersion: '2016-11-15',
        operations,
      },
    ],
    authorizer: {
      authorize: (requests) => {
        if (requests.length > 0) throw new ServiceError('AccessDeniedException', 'no', { namespace: 'coral' })
      },
    },
  })
})
after(() => house.close())

function ask(form: string, more: Partial<QueryParts> = {}): Promise<QueryAnswer> {
  return queryExchange(house.port, { form, service: 'query', ...key, ...more })
}
const query = (action: string, rest = '') => `Action=${action}&Version=2010-05-08${rest}`
const ec2 = (action: string, rest = '') => `Action=${action}&Version=2016-11-15${rest}`

test('parameters become what the shape says', async () => {
  const given = [
    ...['Name=a%20+b', 'Count=%2B012', 'Wanted=TRUE', 'Since=2026-01-02T00:00:00Z'],
    ...['Names.member.10=z', 'Names.member.2=y', 'Names.member.x=no', 'Pairs.member.1.Key=k', 'Pairs.member.1.Value='],
    ...['Settings.entry.1.key=__proto__', 'Settings.entry.1.value=v', 'Unknown.member.1=u', 'Name=second'],
  ]
  const answer = await ask(query('Echo', `&${given.join('&')}`))
  assert.equal(answer.status, 200)
  assert.deepEqual(got, {
    Name: 'a  b',
    Count: 12,
    Wanted: true,
    Since: Date.UTC(2026, 0, 2) / 1000,
    Names: ['y', 'z'],
    Pairs: [{ Key: 'k', Value: '' }],
    Settings: Object.assign(Object.create(null), JSON.parse('{"__proto__":"v"}')),
  })
  await ask(query('Echo', '&Names='))
  assert.deepEqual(got, { Names: [] })
})

test('a caller who is known and sends what is no number is recorded like any other', async () => {
  closed.length = 0
  const refused = await ask(query('Echo', '&Count=abc'))
  assert.deepEqual([refused.status, refused.code], [400, 'MalformedInput'])
  const [outcome] = closed
  assert.ok(outcome !== undefined && 'error' in outcome && outcome.error instanceof ServiceError)
})

test('plain data prints as XML', async () => {
  const { text, headers } = await ask(query('Echo'))
  const id = headers['x-amzn-requestid']
  assert.match(id ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(headers['content-type'], 'text/xml')
  assert.equal(
    text,
    `<EchoResponse xmlns="https://query.example.com/doc/"><EchoResult><Text>&lt;a &amp; &quot;b&quot;&gt;&#xD;\n\ufffdé</Text>` +
      '<At>2026-01-02T03:04:05Z</At><Empty/><List><member><Key>k</Key></member><member><Key>l</Key><Yes>true</Yes></member></List>' +
      '<Map><entry><key>a</key><value>1</value></entry></Map><Bytes>YWJj</Bytes></EchoResult>' +
      `<ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata></EchoResponse>\n`,
  )
  const without = await ask(query('Quiet'))
  assert.equal(
    without.text,
    `<QuietResponse xmlns="https://query.example.com/doc/"><ResponseMetadata><RequestId>${without.headers['x-amzn-requestid']}</RequestId></ResponseMetadata></QuietResponse>\n`,
  )
})

test('a GET asks the same', async () => {
  const answer = await ask(query('Echo', '&Name=abc'), { method: 'GET' })
  assert.equal(answer.status, 200)
  assert.deepEqual(got, { Name: 'abc' })
})

test('a GET signed in its query string is its holder for as long as it says', async () => {
  const parts = { form: query('Echo', '&Name=abc'), service: 'query', ...key }
  const bare = (form: string) => queryExchange(house.port, { form, service: 'query', method: 'GET' })
  const form = presignedForm(parts)
  assert.equal((await bare(form)).status, 200)
  assert.equal((await bare(form.replace('Name=abc', 'Name=abd'))).code, 'SignatureDoesNotMatch')
  assert.equal((await bare(presignedForm({ ...parts, atMs: Date.now() - 120_000 }))).code, 'SignatureDoesNotMatch')
})

test('what AWS refuses, in its words', async () => {
  const refusals: readonly (readonly [string, number, string, string])[] = [
    [query('Nothing'), 400, 'InvalidAction', 'Could not find operation Nothing for version 2010-05-08'],
    ['Action=Echo', 400, 'InvalidAction', 'Could not find operation Echo for version NO_VERSION_SPECIFIED'],
    ['Action=Echo&Version=', 400, 'InvalidAction', 'Could not find operation Echo for version '],
    ['Action=&Version=2010-05-08', 400, 'InvalidAction', 'Could not find operation  for version 2010-05-08'],
    ['Version=2010-05-08', 400, 'MissingAction', 'The request is missing an action or a required parameter.'],
    [query('Echo', '&Count='), 400, 'MalformedInput', 'missing value for decimal type'],
    [query('Echo', '&Count=1.0'), 400, 'MalformedInput', 'invalid value for integer type'],
    [query('Echo', '&Count=2147483648'), 400, 'MalformedInput', 'invalid value for integer type'],
    [query('Echo', '&Wanted=maybe'), 400, 'MalformedInput', 'invalid value for boolean type'],
    [query('Echo', '&Since=now'), 400, 'MalformedInput', 'timestamp must follow ISO8601'],
    [
      query('Echo', '&Count=-1&Pairs.member.3.Value=long'),
      400,
      'ValidationError',
      "3 validation errors detected: Value '-1' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 1; Value null at 'pairs.1.member.key' failed to satisfy constraint: Member must not be null; Value 'long' at 'pairs.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 3",
    ],
    [query('Fail'), 404, 'NoSuchEntity', 'The <thing> cannot be found.'],
    [query('Fail', '&Name=deny'), 403, 'AccessDenied', 'no'],
    [query('Fail', '&Name=bug'), 500, 'InternalFailure', 'Internal server error'],
  ]
  for (const [form, status, code, message] of refusals) {
    const answer = await ask(form)
    assert.deepEqual([answer.status, answer.code, answer.message], [status, code, message], form)
    const space =
      code === 'InvalidAction' || code === 'MissingAction'
        ? 'http://webservices.amazon.com/AWSFault/2005-15-09'
        : 'https://query.example.com/doc/'
    assert.ok(
      answer.text.startsWith(
        `<ErrorResponse xmlns="${space}"><Error><Type>${status === 500 ? 'Receiver' : 'Sender'}</Type>`,
      ),
    )
    assert.equal(element(answer.text, 'RequestId'), answer.headers['x-amzn-requestid'])
  }
})

test('who calls is refused in the words of Query services', async () => {
  const { accessKeyId: _, secretAccessKey: __, ...nobody } = { ...key }
  const unsigned = await queryExchange(house.port, { form: query('Echo'), service: 'query', ...nobody })
  assert.deepEqual([unsigned.status, unsigned.code], [403, 'MissingAuthenticationToken'])
  const refused = async (more: Partial<QueryParts>, status: number, code: string) => {
    const answer = await ask(query('Echo'), more)
    assert.deepEqual([answer.status, answer.code], [status, code])
  }
  await refused({ accessKeyId: 'AKIANOBODYATALL00000' }, 403, 'InvalidClientTokenId')
  await refused({ secretAccessKey: 'wrong' }, 403, 'SignatureDoesNotMatch')
  await refused({ service: 'dynamodb' }, 403, 'SignatureDoesNotMatch')
  await refused({ region: 'eu-west-1' }, 403, 'SignatureDoesNotMatch')
  await refused({ atMs: Date.now() - 3_600_000 }, 403, 'SignatureDoesNotMatch')
  const open = await queryExchange(house.port, { form: query('Open'), service: 'query' })
  assert.equal(open.status, 200)
})

test('EC2 says it otherwise', async () => {
  const ask2 = (form: string, more: Partial<QueryParts> = {}) => ask(form, { service: 'ec2', ...more })
  const answer = await ask2(ec2('Echo', '&Names.1=a&Names.2=b&Pairs.1.Key=k'))
  assert.deepEqual(got, { Names: ['a', 'b'], Pairs: [{ Key: 'k' }] })
  const id = answer.headers['x-amzn-requestid']
  assert.ok(
    answer.text.startsWith(
      `<EchoResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${id}</requestId><Text>`,
    ),
  )
  assert.ok(answer.text.includes('<List><item><Key>k</Key></item><item>'))
  const unknown = await ask2(ec2('Nothing'))
  assert.equal(
    unknown.text,
    `<Response><Errors><Error><Code>InvalidAction</Code><Message>The action Nothing is not valid for this web service.</Message></Error></Errors><RequestID>${unknown.headers['x-amzn-requestid']}</RequestID></Response>\n`,
  )
  const denied = await ask2(ec2('Fail', '&Name=deny'))
  assert.deepEqual(
    [denied.status, denied.code, denied.message],
    [403, 'UnauthorizedOperation', 'You are not authorized to perform this operation. no'],
  )
  const mismatch = await ask2(ec2('Echo'), { secretAccessKey: 'wrong' })
  assert.deepEqual(
    [mismatch.status, mismatch.code, mismatch.message],
    [401, 'AuthFailure', 'AWS was not able to validate the provided access credentials'],
  )
})

test('more parameters than anybody can mean are refused before they are put together', () => {
  const routes = new Map([
    ['2010-05-08 Echo', { service: { xmlNamespace: '', protocol: 'query' } as never, operation: echo }],
  ])
  const raw = { requestId: '0'.repeat(52), query: '', body: Buffer.alloc(0) } as never
  const formOf = (count: number) => {
    const more = Array.from({ length: count - 2 }, (_, at) => `Names.member.${at + 1}=x`)
    return Buffer.from(['Action=Echo', 'Version=2010-05-08', ...more].join('&'))
  }
  const { body } = queryCodec.decode(raw, formOf(10_000), routes) ?? {}
  assert.equal((body as { Names: readonly string[] }).Names.length, 9998)
  assert.throws(() => queryCodec.decode(raw, formOf(10_001), routes), { code: 'MalformedInput' })
})

test('no bytes make the parser do anything but answer', () => {
  const part = fc.constantFrom(
    'Action',
    'Version',
    'Echo',
    '2010-05-08',
    'Names',
    'member',
    '1',
    '0',
    'Pairs',
    'Key',
    '__proto__',
    '.',
    '&',
    '=',
    '%',
    '%00',
    '%zz',
    '+',
  )
  const form = fc.array(fc.oneof(part, fc.string({ maxLength: 5 })), { maxLength: 40 }).map((parts) => parts.join(''))
  const routes = new Map([
    ['2010-05-08 Echo', { service: { xmlNamespace: '', protocol: 'query' } as never, operation: echo }],
  ])
  const raw = { requestId: '0'.repeat(52), query: '', body: Buffer.alloc(0) } as never
  fc.assert(
    fc.property(
      fc.oneof(
        form,
        form.map((text) => `Action=Echo&Version=2010-05-08&${text}`),
      ),
      (text) => {
        try {
          const call = queryCodec.decode(raw, Buffer.from(text), routes)
          assert.equal(typeof call?.body, 'object')
        } catch (error) {
          assert.ok(error instanceof ServiceError, String(error))
        }
      },
    ),
    { numRuns: 3000 },
  )
})
