/**
 * A signed-request client with no SDK between the test and the wire: a request's JSON goes out as written, however
 * wrong it is, and the answer comes back as status, error type, message and body.
 */
import { createHash, createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials. */
  readonly sessionToken?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** What follows `#` in `__type`; undefined when the call succeeded. */
  readonly code: string | undefined
  /** Before `#`. */
  readonly namespace: string | undefined
  /** `message`, or `Message` where the service spells it so. */
  readonly message: string | undefined
  readonly body: Body
}
/** Parsed JSON whose members tests look into. */
export interface Body {
  readonly [member: string]: unknown
}

export interface Client {
  /** `GetItem` of DynamoDB, or with the target's prefix: `DynamoDBStreams_20120810.GetRecords`. */
  call(operation: string, input: unknown): Promise<Answer>
  /** As `call`, with the body's text as it goes out. */
  send(operation: string, body: string): Promise<Answer>
  close(): void
}

export interface Endpoint {
  readonly port: number
  readonly region: string
  readonly credentials: Credentials
  /** The Host header; the loopback address unless told. */
  readonly host?: string
  /** When requests are signed. */
  readonly now: () => Date
  /** Connections at once; 8 unless told. */
  readonly socketsMax?: number
  /** DynamoDB unless told. */
  readonly service?: ServiceSpoken
}

export interface ServiceSpoken {
  readonly signingName: string
  readonly targetPrefix: string
  readonly contentType: string
}

const dynamodb: ServiceSpoken = {
  signingName: 'dynamodb',
  targetPrefix: 'DynamoDB_20120810',
  contentType: 'application/x-amz-json-1.0',
}

export function connect(endpoint: Endpoint): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: endpoint.socketsMax ?? 8 })
  return {
    call: (operation, input) => send(endpoint, agent, operation, JSON.stringify(input)),
    send: (operation, body) => send(endpoint, agent, operation, body),
    close: () => agent.destroy(),
  }
}

function send(endpoint: Endpoint, agent: Agent, operation: string, body: string): Promise<Answer> {
  const headers = signedHeaders(endpoint, operation, body)
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent, host: '127.0.0.1', port: endpoint.port, method: 'POST', path: '/', headers },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve(answerOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString())),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

function answerOf(status: number, headers: Answer['headers'], text: string): Answer {
  const body = JSON.parse(text === '' ? '{}' : text) as Body
  const type = typeof body['__type'] === 'string' ? body['__type'] : undefined
  const [code, namespace] = type?.split('#').reverse() ?? []
  const message = body['message'] ?? body['Message']
  return { status, headers, code, namespace, message: typeof message === 'string' ? message : undefined, body }
}

/** SigV4 over the four headers that every AWS SDK signs. */
function signedHeaders(endpoint: Endpoint, operation: string, body: string): Record<string, string> {
  const time = endpoint
    .now()
    .toISOString()
    .replace(/[-:]|\.\d{3}/g, '')
  const service = endpoint.service ?? dynamodb
  const scope = `${time.slice(0, 8)}/${endpoint.region}/${service.signingName}/aws4_request`
  const headers: Record<string, string> = {
    'content-type': service.contentType,
    host: endpoint.host ?? `127.0.0.1:${endpoint.port}`,
    'x-amz-date': time,
    ...(endpoint.credentials.sessionToken !== undefined && {
      'x-amz-security-token': endpoint.credentials.sessionToken,
    }),
    'x-amz-target': operation.includes('.') ? operation : `${service.targetPrefix}.${operation}`,
  }
  const names = Object.keys(headers).join(';')
  const canonicalHeaders = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
  const canonical = ['POST', '/', '', canonicalHeaders.join(''), names, sha256(body)].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
  const signature = hmac(signingKey(endpoint, time.slice(0, 8), service.signingName), toSign).toString('hex')
  const credential = `${endpoint.credentials.accessKeyId}/${scope}`
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

function signingKey(endpoint: Endpoint, date: string, signingName: string): Buffer {
  const steps = [date, endpoint.region, signingName, 'aws4_request']
  return steps.reduce<Buffer>(hmac, Buffer.from(`AWS4${endpoint.credentials.secretAccessKey}`))
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
