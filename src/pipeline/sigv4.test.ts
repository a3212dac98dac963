import assert from 'node:assert/strict'
import { createHmac, hash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Identities, Identity } from '../contract/ports.ts'
import { ServiceError } from '../foundation/service-error.ts'
import { authenticate } from './authenticate.ts'
import type { RawRequest } from './call.ts'
import { parseQuery } from './query-string.ts'
import { SigningKeys } from './signing-keys.ts'

const nowMs = Date.UTC(2026, 0, 31, 12, 0, 0)
const now = '20260131T120000Z'
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const body = '{"TableName":"Trades"}'

interface RequestParts {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
}

function request({
  method = 'POST',
  path = '/',
  query = '',
  headers = [],
  body: text = body,
}: RequestParts): RawRequest {
  const byName: Record<string, string> = {}
  for (const [name, value] of headers) byName[name.toLowerCase()] ??= value
  return {
    requestId: 'R',
    receivedAtMs: nowMs,
    method,
    path,
    query,
    headers: byName,
    rawHeaders: headers.flat(),
    body: Buffer.from(text),
    connection: {
      door: 'http',
      secureTransport: false,
      tlsVersion: undefined,
      cipherSuite: undefined,
      ipAddress: '',
      clientCertificate: undefined,
    },
  }
}

const holders: Readonly<Record<string, Identity>> = {
  AKIDEXAMPLE: identity('AKIDEXAMPLE'),
  ASIAEXAMPLE: { ...identity('ASIAEXAMPLE'), session: { token: 'a-token', expiresAtMs: nowMs + 1000 } },
  ASIAOLD: { ...identity('ASIAOLD'), session: { token: 'a-token', expiresAtMs: nowMs } },
}

function identity(accessKeyId: string): Identity {
  const arn = 'arn:aws:iam::000000000000:root'
  const principal = { type: 'Root', accountId: '000000000000', arn, userId: '000000000000', accessKeyId } as const
  return { principal, secretAccessKey: secret }
}

function check(raw: RawRequest, { service = 'dynamodb', region = 'us-east-1', atMs = nowMs } = {}) {
  const identities: Identities = { find: (id) => holders[id], noteUse() {} }
  const clock = { nowMs: () => atMs, monotonicMs: () => atMs, sleep: async () => {} }
  const room = {
    name: service,
    signingName: service,
    protocol: 'json-1.0',
    targetPrefix: '',
    errorNamespace: '',
  } as const
  const house = { region, clock, identities, signingKeys: new SigningKeys() }
  return authenticate({ raw, service: { ...room, apiVersion: '', operations: [] } }, house)
}

function refused(raw: RawRequest, code: string, message: string | RegExp, options = {}) {
  assert.throws(
    () => check(raw, options),
    (error: unknown) => {
      assert.ok(error instanceof ServiceError, String(error))
      assert.equal(error.code, code)
      if (typeof message === 'string') assert.equal(error.message, message)
      else assert.match(error.message, message)
      assert.deepEqual([error.status, error.namespace, error.messageMember], [400, 'coral', 'message'])
      return true
    },
  )
}

/** Written from AWS's description of the scheme and from nothing in the code under test. */
function signature(canonical: string, date: string, scope: string, secretKey = secret): string {
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (previous, part) => createHmac('sha256', previous).update(part).digest(),
      `AWS4${secretKey}`,
    )
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', Buffer.from(canonical, 'latin1'))}`
  return createHmac('sha256', key as Buffer)
    .update(toSign)
    .digest('hex')
}

const signed = 'host;x-amz-date;x-amz-target'
const headersToSign = [
  ['Host', 'localhost:8000'],
  ['X-Amz-Date', now],
  ['X-Amz-Target', 'DynamoDB_20120810.GetItem'],
] as const

interface Signing {
  readonly keyId?: string
  readonly scope?: string
  readonly date?: string
  readonly secretKey?: string
  readonly text?: string
  readonly more?: readonly (readonly [string, string])[]
}

function signedRequest(signing: Signing = {}): RawRequest {
  const { keyId = 'AKIDEXAMPLE', date = now, text = body, more = [] } = signing
  const scope = signing.scope ?? `${date.slice(0, 8)}/us-east-1/dynamodb/aws4_request`
  const headers = headersToSign.map(([name, value]) => [name, name === 'X-Amz-Date' ? date : value] as const)
  const lines = headers.map(([name, value]) => `${name.toLowerCase()}:${value}\n`).join('')
  const canonical = `POST\n/\n\n${lines}\n${signed}\n${hash('sha256', text)}`
  const authorization = `AWS4-HMAC-SHA256 Credential=${keyId}/${scope}, SignedHeaders=${signed}, Signature=${signature(canonical, date, scope, signing.secretKey)}`
  return request({ headers: [...headers, ['Authorization', authorization], ...more], body: text })
}

function withAuthorization(authorization: string, headers: readonly (readonly [string, string])[] = headersToSign) {
  return request({ headers: [...headers, ['Authorization', authorization]] })
}

const zeros = '0'.repeat(64)
const wholeScope = '20260131/us-east-1/dynamodb/aws4_request'

test("AWS's published signatures stand", () => {
  const date = '20150830T123600Z'
  const options = { service: 'service', atMs: Date.UTC(2015, 7, 30, 12, 36) }
  const cases: readonly (RequestParts & { readonly signedHeaders: string; readonly signature: string })[] = [
    {
      method: 'GET',
      signedHeaders: 'host;x-amz-date',
      signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    },
    {
      method: 'POST',
      signedHeaders: 'host;x-amz-date',
      signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    },
    {
      method: 'GET',
      query: 'Param2=value2&Param1=value1',
      signedHeaders: 'host;x-amz-date',
      signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    },
    {
      method: 'GET',
      headers: [
        ['My-Header1', ' value1'],
        ['My-Header2', ' "a   b   c"'],
      ],
      signedHeaders: 'host;my-header1;my-header2;x-amz-date',
      signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    },
    {
      method: 'GET',
      headers: [
        ['My-Header1', 'value2'],
        ['My-Header1', 'value2'],
        ['My-Header1', 'value1'],
      ],
      signedHeaders: 'host;my-header1;x-amz-date',
      signature: 'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
    },
  ]
  for (const { headers = [], signedHeaders, signature: expected, ...parts } of cases) {
    const credential = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request'
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${expected}`
    const all = [['Host', 'example.amazonaws.com'], ...headers, ['X-Amz-Date', date], ['Authorization', authorization]]
    const raw = request({ ...parts, body: '', headers: all as [string, string][] })
    assert.equal(check(raw, options).accessKeyId, 'AKIDEXAMPLE')
  }
})

test('a signed request is its holder', () => {
  assert.equal(check(signedRequest()).arn, 'arn:aws:iam::000000000000:root')
  assert.equal(check(signedRequest({ text: '' })).accessKeyId, 'AKIDEXAMPLE')
})

test('a change of any signed part breaks the signature', () => {
  const mismatch =
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
  const good = signedRequest()
  const change = (name: string, value: string) => ({
    ...good,
    rawHeaders: good.rawHeaders.map((text, at) => (at % 2 === 1 && good.rawHeaders[at - 1] === name ? value : text)),
  })
  const changed: readonly RawRequest[] = [
    { ...good, method: 'PUT' },
    { ...good, path: '/other' },
    { ...good, query: 'a=b' },
    { ...good, body: Buffer.from(`${body} `) },
    change('Host', 'elsewhere'),
    change('X-Amz-Target', 'DynamoDB_20120810.DeleteTable'),
    { ...good, rawHeaders: [...good.rawHeaders, 'x-amz-target', 'DynamoDB_20120810.DeleteTable'] },
    signedRequest({ secretKey: 'another' }),
  ]
  for (const raw of changed) refused(raw, 'InvalidSignatureException', mismatch)
  const given = good.headers.authorization ?? ''
  for (const bad of [given.slice(0, -1), `${given}0`, `${given.slice(0, -64)}${'z'.repeat(64)}`]) {
    refused({ ...good, headers: { ...good.headers, authorization: bad } }, 'InvalidSignatureException', mismatch)
  }
})

test('any flipped bit of the signature is refused', () => {
  const good = signedRequest()
  const authorization = good.headers.authorization ?? ''
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), (bit) => {
      const bytes = Buffer.from(authorization.slice(-64), 'hex')
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const headers = { ...good.headers, authorization: authorization.slice(0, -64) + bytes.toString('hex') }
      assert.throws(() => check({ ...good, headers }))
    }),
  )
})

test('row 3: by header and by query at once', () => {
  const both = { ...signedRequest(), query: 'X-Amz-Algorithm=AWS4-HMAC-SHA256' }
  const message = "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
  refused(both, 'InvalidSignatureException', message)
})

test('row 4: not signed at all', () => {
  const message = 'Request is missing Authentication Token'
  refused(request({ headers: headersToSign }), 'MissingAuthenticationTokenException', message)
  for (const authorization of ['', 'Basic eDp5', 'AWS3 x', 'aws4-hmac-sha256 Credential=x']) {
    refused(withAuthorization(authorization), 'MissingAuthenticationTokenException', message)
  }
})

test('row 5: parts of the header are missing', () => {
  const credential = "Authorization header requires 'Credential' parameter. "
  const given = "Authorization header requires 'Signature' parameter. "
  const names = "Authorization header requires 'SignedHeaders' parameter. "
  const date = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
  const code = 'IncompleteSignatureException'
  refused(withAuthorization('AWS4-', []), code, `${credential}${given}${names}${date}Authorization=AWS4-`)
  refused(withAuthorization('AWS4-X Credential=a'), code, `${given}${names}Authorization=AWS4-X Credential=a`)
  const last = 'AWS4-X Signature=b,SignedHeaders=c'
  refused(withAuthorization(last), code, `${credential}Authorization=${last}`)
})

test('row 5: parts of the query are missing', () => {
  const must = (name: string) => `AWS query-string parameters must include '${name}'. `
  const code = 'IncompleteSignatureException'
  const tail = 'Re-examine the query-string parameters.'
  const names = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']
  refused(request({ query: 'X-Amz-Algorithm' }), code, `${names.map(must).join('')}${tail}`)
  const query = 'X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-SignedHeaders=d'
  refused(request({ query }), code, `${must('X-Amz-Date')}${tail}`)
})

test('row 6: the date is none', () => {
  for (const date of ['2026', '2026-01-31T12:00:00Z', 'Sat, 31 Jan 2026 12:00:00 GMT', '20261331T120000Z']) {
    const raw = withAuthorization(`AWS4-X Credential=a, SignedHeaders=b, Signature=c`, [['X-Amz-Date', date]])
    const message = `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`
    refused(raw, 'IncompleteSignatureException', message)
  }
})

test('row 7: signed too long ago, or too far ahead', () => {
  assert.ok(check(signedRequest({ date: '20260131T114500Z' })))
  assert.ok(check(signedRequest({ date: '20260131T121500Z' })))
  refused(
    signedRequest({ date: '20260131T114459Z' }),
    'InvalidSignatureException',
    'Signature expired: 20260131T114459Z is now earlier than 20260131T114500Z (20260131T120000Z - 15 min.)',
  )
  refused(
    signedRequest({ date: '20260131T121501Z' }),
    'InvalidSignatureException',
    'Signature not yet current: 20260131T121501Z is still later than 20260131T121500Z (20260131T120000Z + 15 min.)',
  )
})

test('row 8: the host is not signed, or what to do is not', () => {
  const code = 'InvalidSignatureException'
  refused(
    withAuthorization(`AWS4-X Credential=a, SignedHeaders=x-amz-date;x-amz-target, Signature=c`),
    code,
    "'Host' must be a 'SignedHeader' in the AWS Authorization.",
  )
  refused(
    withAuthorization(`AWS4-X Credential=a, SignedHeaders=host;x-amz-date, Signature=c`),
    code,
    "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
  )
})

test('row 9: another algorithm', () => {
  refused(
    withAuthorization(`AWS4-HMAC-SHA25 Credential=a, SignedHeaders=${signed}, Signature=c`),
    'IncompleteSignatureException',
    "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). ",
  )
})

test('row 10: the credential has not five parts', () => {
  for (const credential of ['a/b/c/d', 'a/b/c/d/e/f', 'a']) {
    refused(
      withAuthorization(`AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=c`),
      'IncompleteSignatureException',
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    )
  }
})

test('row 11: the credential is scoped to something else', () => {
  refused(
    withAuthorization(`AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=${signed}, Signature=c`),
    'InvalidSignatureException',
    "Credential should be scoped to a valid region, not 'c'. Credential should be scoped to correct service: 'dynamodb'. Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: 'b' != '20260131', from '20260131T120000Z'.",
  )
  refused(
    signedRequest({ scope: '20260131/eu-west-1/dynamodb/aws4_request' }),
    'InvalidSignatureException',
    "Credential should be scoped to a valid region, not 'eu-west-1'. ",
  )
})

test('row 12: nobody holds the key', () => {
  const raw = withAuthorization(
    `AWS4-HMAC-SHA256 Credential=AKIANOBODY/${wholeScope}, SignedHeaders=${signed}, Signature=${zeros}`,
  )
  refused(raw, 'UnrecognizedClientException', 'The security token included in the request is invalid.')
})

test('rows 14 and 15: tokens go with temporary keys, and end', () => {
  const code = 'UnrecognizedClientException'
  const message = 'The security token included in the request is invalid'
  const token = (value: string) => ({ more: [['X-Amz-Security-Token', value]] as const })
  refused(signedRequest(token('anything')), code, message)
  refused(signedRequest({ keyId: 'ASIAEXAMPLE' }), code, message)
  refused(signedRequest({ keyId: 'ASIAEXAMPLE', ...token('b-token') }), code, message)
  refused(signedRequest({ keyId: 'ASIAEXAMPLE', ...token('a-token2') }), code, message)
  assert.equal(check(signedRequest({ keyId: 'ASIAEXAMPLE', ...token('a-token') })).accessKeyId, 'ASIAEXAMPLE')
  refused(
    signedRequest({ keyId: 'ASIAOLD', ...token('a-token') }),
    'ExpiredTokenException',
    'The security token included in the request is expired',
  )
})

function presigned(parameters: Readonly<Record<string, string>> = {}, atMs = nowMs): () => unknown {
  const all: Record<string, string> = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `AKIDEXAMPLE/${wholeScope}`,
    'X-Amz-Date': now,
    'X-Amz-SignedHeaders': 'host',
    ...parameters,
  }
  const query = Object.keys(all)
    .sort()
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(all[name] ?? '')}`)
    .join('&')
  const canonical = `POST\n/\n${query}\nhost:localhost\n\nhost\n${hash('sha256', body)}`
  const given = signature(canonical, now, wholeScope)
  const raw = request({ query: `X-Amz-Signature=${given}&${query}`, headers: [['Host', 'localhost']] })
  return () => check(raw, { atMs })
}

test('a presigned request stands as long as it says', () => {
  assert.ok(presigned()())
  assert.ok(presigned({ 'X-Amz-Expires': '3600' }, nowMs + 3_600_000)())
  assert.throws(presigned({ 'X-Amz-Expires': '3600' }, nowMs + 3_601_000), {
    code: 'InvalidSignatureException',
    message: 'Signature expired: 20260131T120000Z is now earlier than 20260131T120001Z (20260131T130001Z - 60 min.)',
  })
  assert.throws(presigned({}, nowMs + 901_000), { code: 'InvalidSignatureException' })
  for (const expires of ['0', '604801', '-1', '1e3', '']) {
    assert.throws(presigned({ 'X-Amz-Expires': expires }), { code: 'IncompleteSignatureException' })
  }
  assert.ok(presigned({ 'X-Amz-Expires': '604800' })())
  assert.throws(presigned({ 'X-Amz-Security-Token': 'x' }), { code: 'UnrecognizedClientException' })
})

test('who is handed a presigned request cannot make another operation of it', () => {
  const target = (name: string) => ['X-Amz-Target', `DynamoDB_20120810.${name}`] as const
  const presignedWith = (signedHeaders: string, signedTarget: string, sentTarget: string) => {
    const query = [
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      `X-Amz-Credential=${encodeURIComponent(`AKIDEXAMPLE/${wholeScope}`)}`,
      `X-Amz-Date=${now}`,
      `X-Amz-SignedHeaders=${encodeURIComponent(signedHeaders)}`,
    ].join('&')
    const lines = signedHeaders.split(';').map((name) => `${name}:${name === 'host' ? 'localhost' : signedTarget}\n`)
    const canonical = `POST\n/\n${query}\n${lines.join('')}\n${signedHeaders}\n${hash('sha256', body)}`
    const headers = [['Host', 'localhost'], target(sentTarget)] as const
    return request({ query: `${query}&X-Amz-Signature=${signature(canonical, now, wholeScope)}`, headers })
  }
  const describe = target('DescribeTable')[1]
  assert.ok(check(presignedWith('host;x-amz-target', describe, 'DescribeTable')))
  refused(presignedWith('host;x-amz-target', describe, 'DeleteTable'), 'InvalidSignatureException', /does not match/)
  for (const sent of ['DescribeTable', 'DeleteTable']) {
    refused(
      presignedWith('host', describe, sent),
      'InvalidSignatureException',
      "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
    )
  }
})

test('a presigned query may hold anything that percent-encoding can', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const value = text.toWellFormed()
      if (/[!'()*]/.test(value)) return
      assert.ok(presigned({ 'X-More': value })())
    }),
  )
})

test('a query that is no percent-encoding stands for itself', () => {
  assert.deepEqual(parseQuery('a=%zz&b&=c&&d=1=2'), [
    { name: 'a', value: '%zz' },
    { name: 'b', value: '' },
    { name: '', value: 'c' },
    { name: 'd', value: '1=2' },
  ])
})
