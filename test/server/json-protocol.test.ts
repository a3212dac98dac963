/** AWS JSON over the wire: what is answered to what, in which order it is looked at, and what every answer bears. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type AnyOperation, operation } from '../../src/contract/operation.ts'
import type { AuditOutcome } from '../../src/contract/ports.ts'
import type { RequestContext } from '../../src/contract/request-context.ts'
import { optional, required, structure } from '../../src/contract/shape.ts'
import { string } from '../../src/contract/shape-scalars.ts'
import { JsonFragment } from '../../src/foundation/json-fragment.ts'
import { ServiceError, validationError } from '../../src/foundation/service-error.ts'
import { StoreUnavailable } from '../../src/storage/trees.ts'
import { type SignedRequestParts, signedRequest } from './signed-request.ts'
import { key, type SmallHouse, smallHouse } from './small-house.ts'
import { checkedJson, checkedText, exchange, type WireAnswer } from './wire.ts'

const seen: RequestContext[] = []
const outcomes: AuditOutcome[] = []
const steps: string[] = []

const audit = {
  category: 'Data',
  readOnly: true,
  requestParameters: () => null,
  resources: () => [],
} as const

function declared(
  name: string,
  run: (input: { Name: string; How?: string }, ctx: RequestContext) => object,
): AnyOperation {
  return operation({
    name,
    kind: 'data-read',
    input: structure({ Name: required(string({ max: 5 })), How: optional(string()) }),
    access: () => {
      steps.push('access')
      return [{ action: `dynamodb:${name}`, resource: '*' }]
    },
    audit,
    run: (input, ctx) => {
      steps.push('run')
      return run(input, ctx)
    },
  })
}

const item = new JsonFragment(Buffer.from('{"pk": {"S": "spliced é"}}'))

const operations = [
  declared('Echo', (input, ctx) => {
    seen.push(ctx)
    return { Name: input.Name, Item: item, Nothing: undefined }
  }),
  declared('Fail', ({ How }) => {
    switch (How) {
      case 'condition':
        throw new ServiceError('ConditionalCheckFailedException', 'The conditional request failed', {
          members: { Item: item },
        })
      case 'validation':
        throw validationError('what is wrong')
      case 'capital':
        throw new ServiceError('TransactionCanceledException', 'cancelled', {
          messageMember: 'Message',
          members: { CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: item }] },
        })
      case 'status':
        throw new ServiceError('ReplicatedWriteConflictException', 'later', { status: 409 })
      case 'store':
        throw new StoreUnavailable('the disk is full', { cause: new Error('ENOSPC') })
      default:
        throw new TypeError('secret detail')
    }
  }),
]

let house: SmallHouse
before(async () => {
  const trail = { open: () => ({ close: (outcome: AuditOutcome) => void outcomes.push(outcome) }) }
  house = await smallHouse({ operations, audit: trail })
})
after(() => house.close())

function call(operationName: string, input: unknown, parts: Partial<SignedRequestParts> = {}): Promise<WireAnswer> {
  const body = typeof input === 'string' ? input : JSON.stringify(input)
  return exchange(house.port, signedRequest({ operation: operationName, body, ...key, ...parts }))
}

/** Unsigned, with just these headers. */
function plain(method: string, path: string, headers: readonly string[], body = ''): Promise<WireAnswer> {
  const length = body === '' && method !== 'POST' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  const head = [`${method} ${path} HTTP/1.1`, 'Host: x', ...headers, ...length]
  return exchange(house.port, `${head.join('\r\n')}\r\n\r\n${body}`)
}

const jsonType = 'Content-Type: application/x-amz-json-1.0'
const echoTarget = 'X-Amz-Target: DynamoDB_20120810.Echo'
const coral = (code: string) => ({ __type: `com.amazon.coral.service#${code}` })
const missingToken = {
  ...coral('MissingAuthenticationTokenException'),
  message: 'Request is missing Authentication Token',
}

test('an answer holds its fragments byte for byte', async () => {
  const answer = await call('Echo', { Name: 'abc' })
  assert.equal(answer.status, 200)
  assert.equal(checkedText(answer), '{"Name":"abc","Item":{"pk": {"S": "spliced é"}}}')
  assert.equal(answer.headers['content-type'], 'application/x-amz-json-1.0')
})

test('the operation learns who calls and how', async () => {
  await call('Echo', { Name: 'abc' }, { headers: { 'user-agent': 'wire/1' }, host: 'db.example:1' })
  const ctx = seen.at(-1)
  assert.deepEqual(ctx?.source, {
    door: 'http',
    secureTransport: false,
    tlsVersion: undefined,
    cipherSuite: undefined,
    host: 'db.example:1',
    ipAddress: '127.0.0.1',
    userAgent: 'wire/1',
    privateSource: undefined,
  })
  assert.equal(ctx?.principal.arn, 'arn:aws:iam::000000000000:root')
  assert.ok(Math.abs((ctx?.receivedAtMs ?? 0) - Date.now()) < 60_000)
})

test('the request id is the one that the operation saw, and a new one every time', async () => {
  const ids = await Promise.all(
    [1, 2, 3].map(async () => (await call('Echo', { Name: 'a' })).headers['x-amzn-requestid']),
  )
  assert.equal(new Set(ids).size, 3)
  assert.deepEqual(new Set(seen.slice(-3).map(({ requestId }) => requestId)), new Set(ids))
})

test("errors have their service's prefix, their own members and their status", async () => {
  const cases: readonly [string, number, unknown][] = [
    [
      'condition',
      400,
      {
        __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
        message: 'The conditional request failed',
        Item: { pk: { S: 'spliced é' } },
      },
    ],
    ['validation', 400, { __type: 'com.amazon.coral.validate#ValidationException', message: 'what is wrong' }],
    [
      'capital',
      400,
      {
        __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
        Message: 'cancelled',
        CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'spliced é' } } }],
      },
    ],
    ['status', 409, { __type: 'com.amazonaws.dynamodb.v20120810#ReplicatedWriteConflictException', message: 'later' }],
  ]
  for (const [how, status, body] of cases) {
    const answer = await call('Fail', { Name: 'a', How: how })
    assert.deepEqual([answer.status, checkedJson(answer)], [status, body])
  }
  const other = await call(
    'Fail',
    { Name: 'a', How: 'status' },
    { targetPrefix: 'Other', contentType: 'application/x-amz-json-1.1' },
  )
  assert.deepEqual(checkedJson(other), {
    __type: 'com.amazonaws.other#ReplicatedWriteConflictException',
    message: 'later',
  })
  assert.equal(other.headers['content-type'], 'application/x-amz-json-1.1')
})

test('defects and a failing store are 500 without a detail, and the log has the cause', async () => {
  for (const [how, message, detail] of [
    ['bug', 'a call ended by a defect or a damaged store', 'secret detail'],
    ['store', 'the store cannot take or give data', 'the disk is full'],
  ] as const) {
    const answer = await call('Fail', { Name: 'a', How: how })
    assert.deepEqual(
      [answer.status, checkedJson(answer)],
      [500, { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: 'Internal server error' }],
    )
    const line = house.logged.at(-1) as {
      message: string
      requestId: string
      operation: string
      error: { message: string }
    }
    assert.equal(line.message, message)
    assert.equal(line.requestId, answer.headers['x-amzn-requestid'])
    assert.equal(line.operation, 'Fail')
    assert.equal(line.error.message, detail)
  }
})

test('bad JSON is refused first, then an unknown operation, then the signature', async () => {
  const nonsense = ['{', '{"a":}', 'nonsense', '{"a":1}}', "{'a':1}"]
  for (const body of nonsense) {
    const answer = await plain('POST', '/', [jsonType, 'X-Amz-Target: DynamoDB_20120810.Nothing'], body)
    assert.deepEqual([answer.status, checkedJson(answer)], [400, coral('SerializationException')])
  }
  const targets = ['DynamoDB_20120810.Nothing', 'DynamoDB_20120810.echo', 'Echo', 'DynamoDB_20120810.Echo.x', 'x.Echo']
  for (const target of [...targets, 'DynamoDB_20120810.toString', '']) {
    const answer = await plain('POST', '/', [jsonType, `X-Amz-Target: ${target}`], '{}')
    assert.deepEqual([answer.status, checkedJson(answer)], [400, coral('UnknownOperationException')])
  }
  assert.deepEqual(checkedJson(await plain('POST', '/', [jsonType], '{}')), coral('UnknownOperationException'))
  assert.deepEqual(checkedJson(await plain('POST', '/', [jsonType, echoTarget], '{"Name":1}')), missingToken)
})

test('bytes that are no UTF-8 are no JSON', async () => {
  const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
  const answer = await exchange(house.port, signedRequest({ operation: 'Echo', body, ...key }))
  assert.deepEqual([answer.status, checkedJson(answer)], [400, coral('SerializationException')])
})

test('an empty body is looked at only after the signature', async () => {
  const unsigned = await plain('POST', '/', ['Content-Type: text/plain', echoTarget])
  assert.deepEqual([unsigned.status, checkedJson(unsigned)], [400, missingToken])
  const answer = await call('Echo', '')
  assert.deepEqual([answer.status, checkedJson(answer)], [400, coral('SerializationException')])
  for (const body of ['[]', '1', '"a"', 'null', 'true']) {
    const { __type } = checkedJson(await call('Echo', body)) as { __type: string }
    assert.equal(__type, 'com.amazon.coral.service#SerializationException', body)
  }
})

test('types come before constraints, constraints before permission, permission before work', async () => {
  steps.length = 0
  const type = (await call('Echo', { Name: 1, How: 'x' })).body.toString()
  assert.match(type, /SerializationException.*NUMBER_VALUE cannot be converted to String/)
  const constraint = checkedJson(await call('Echo', { Name: 'too long' }))
  assert.deepEqual(constraint, {
    __type: 'com.amazon.coral.validate#ValidationException',
    message:
      "1 validation error detected: Value 'too long' at 'name' failed to satisfy constraint: Member must have length less than or equal to 5",
  })
  assert.deepEqual(steps, [])
  await call('Echo', { Name: 'a' })
  assert.deepEqual(steps, ['access', 'run'])
})

test('every call of a known caller is recorded with its outcome, refused or not', async () => {
  outcomes.length = 0
  await call('Echo', { Name: 'a' })
  await call('Echo', { Name: 1 })
  await call('Fail', { Name: 'b', How: 'validation' })
  await call('Echo', { Name: 'a' }, { secretAccessKey: 'wrong' })
  assert.deepEqual(
    outcomes.map((outcome) => [outcome.input, 'error' in outcome ? (outcome.error as ServiceError).code : 'output']),
    [
      [{ Name: 'a' }, 'output'],
      [undefined, 'SerializationException'],
      [{ Name: 'b', How: 'validation' }, 'ValidationException'],
    ],
  )
})

test('content types: what is spoken is answered in kind, the rest is not found', async () => {
  const spoken = [
    ['application/json', 'application/json'],
    ['application/x-amz-json-1.0; charset=utf-8', 'application/x-amz-json-1.0'],
    ['Application/X-Amz-Json-1.0', 'application/x-amz-json-1.0'],
  ] as const
  for (const [sent, answered] of spoken) {
    const answer = await call('Echo', { Name: 'a' }, { contentType: sent })
    assert.deepEqual([answer.status, answer.headers['content-type']], [200, answered])
  }
  for (const contentType of ['text/plain', 'application/x-amz-json-1.1', 'application/x-www-form-urlencoded', '']) {
    const answer = await call('Echo', { Name: 'a' }, { contentType })
    assert.deepEqual([answer.status, checkedText(answer)], [404, '<UnknownOperationException/>\n'])
  }
})

test('other methods and paths are not found', async () => {
  const asked = ['PUT /', 'DELETE /', 'OPTIONS /', 'PATCH /', 'POST /x', 'GET /x', 'GET /health/', 'POST /health']
  for (const line of asked) {
    const [method = '', path = ''] = line.split(' ')
    const answer = await plain(method, path, [jsonType, echoTarget], method === 'GET' ? '' : '{}')
    assert.deepEqual([answer.status, checkedText(answer)], [404, '<UnknownOperationException/>\n'], line)
    assert.equal(answer.headers['x-amz-crc32'], '3552371480')
  }
})

test('is it alive, is it ready', async () => {
  const alive = await plain('GET', '/', [])
  assert.deepEqual([alive.status, checkedText(alive)], [200, 'healthy: dynamodb.us-east-1.amazonaws.com '])
  assert.equal(alive.headers['x-amz-crc32'], '3128867991')
  assert.equal((await plain('GET', '/health', [])).status, 200)
  assert.equal((await plain('GET', '/ready', [])).status, 200)
  const opening = await smallHouse({ operations, notOpen: true })
  try {
    const status = async (path: string) =>
      (await exchange(opening.port, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)).status
    assert.deepEqual([await status('/health'), await status('/ready')], [200, 503])
    const early = await exchange(opening.port, signedRequest({ operation: 'Echo', body: '{}', ...key }))
    assert.deepEqual(
      [early.status, (checkedJson(early) as { __type: string }).__type],
      [503, 'com.amazon.coral.service#ServiceUnavailable'],
    )
  } finally {
    await opening.close()
  }
})

test('a compressed body is unpacked, after its signature has been made over the packed bytes', async () => {
  const parts = { operation: 'Echo', ...key, headers: { 'content-encoding': 'gzip' } }
  const packed = gzipSync(JSON.stringify({ Name: 'zip' }))
  const answer = await exchange(house.port, signedRequest({ ...parts, body: packed }))
  assert.deepEqual([answer.status, (checkedJson(answer) as { Name: string }).Name], [200, 'zip'])
  for (const broken of [packed.subarray(0, -5), Buffer.from('{"Name":"zip"}')]) {
    const refused = await exchange(house.port, signedRequest({ ...parts, body: broken }))
    assert.deepEqual([refused.status, checkedJson(refused)], [400, coral('SerializationException')])
  }
})

test('a small body that unpacks to a huge one is refused', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, 0x20))
  assert.ok(bomb.length < 100_000)
  const headers = { 'content-encoding': 'gzip' }
  const before = process.memoryUsage().arrayBuffers
  const answer = await exchange(house.port, signedRequest({ operation: 'Echo', body: bomb, ...key, headers }))
  assert.equal(answer.status, 413)
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 2 ** 20)
})

test('a deep nest of brackets harms nobody', async () => {
  const deep = `{"Name":"a","How":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}}`
  const answer = await call('Echo', deep)
  assert.ok(answer.status === 400 || answer.status === 500)
  assert.equal((await call('Echo', { Name: 'a' })).status, 200)
})
