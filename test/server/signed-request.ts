/** HTTP/1.1 requests as bytes, signed with Signature Version 4 by code that shares nothing with the server's. */
import { createHmac, hash } from 'node:crypto'

export interface SignedRequestParts {
  readonly operation: string
  readonly body: string | Buffer
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly targetPrefix?: string
  readonly region?: string
  readonly host?: string
  readonly contentType?: string
  /** Sent and signed. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent, not signed. */
  readonly unsigned?: Readonly<Record<string, string>>
  readonly atMs?: number
  /** Sends the body in chunks of this many bytes. */
  readonly chunkBytes?: number
}

export function signedRequest(parts: SignedRequestParts): Buffer {
  const { region = 'us-east-1', host = 'localhost', targetPrefix = 'DynamoDB_20120810', atMs = Date.now() } = parts
  const body = Buffer.from(parts.body as string)
  const date = `${new Date(atMs).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`
  const headers: Record<string, string> = {
    'content-type': parts.contentType ?? 'application/x-amz-json-1.0',
    host,
    'x-amz-date': date,
    'x-amz-target': `${targetPrefix}.${parts.operation}`,
    ...parts.headers,
  }
  const names = Object.keys(headers).sort()
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const signedNames = names.join(';')
  const canonical = `POST\n/\n\n${lines}\n${signedNames}\n${hash('sha256', body)}`
  const scope = `${date.slice(0, 8)}/${region}/dynamodb/aws4_request`
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical)}`
  const seed = Buffer.from(`AWS4${parts.secretAccessKey}`)
  const key = scope.split('/').reduce((last, part) => createHmac('sha256', last).update(part).digest(), seed)
  const signature = createHmac('sha256', key).update(toSign).digest('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${parts.accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`
  const length: Record<string, string> =
    parts.chunkBytes === undefined ? { 'content-length': String(body.length) } : { 'transfer-encoding': 'chunked' }
  const all = { ...headers, authorization, ...length, ...parts.unsigned }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  const sent = parts.chunkBytes === undefined ? body : chunked(body, parts.chunkBytes)
  return Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\n${head.join('')}\r\n`), sent])
}

function chunked(body: Buffer, chunkBytes: number): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < body.length; at += chunkBytes) {
    const piece = body.subarray(at, at + chunkBytes)
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')])
}
