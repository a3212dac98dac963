/** Query requests as bytes, signed with Signature Version 4 by code that shares nothing with the server's. */
import { createHmac, hash } from 'node:crypto'
import { exchange } from './wire.ts'

export interface QueryParts {
  /** The form as it goes out, or the query string of a GET. */
  readonly form: string
  readonly service: string
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
  readonly region?: string
  readonly method?: 'POST' | 'GET'
  readonly contentType?: string
  readonly atMs?: number
}

/** Unsigned when there is no key. */
export function queryRequest(parts: QueryParts): Buffer {
  const { form, method = 'POST', contentType = 'application/x-www-form-urlencoded' } = parts
  const body = method === 'POST' ? form : ''
  const headers: Record<string, string> = {
    ...(method === 'POST' && { 'content-type': contentType }),
    host: 'localhost',
  }
  const authorization = parts.accessKeyId === undefined ? undefined : sign(parts, headers, body)
  const all = { ...headers, ...(authorization && { authorization }), 'content-length': String(Buffer.byteLength(body)) }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  const path = method === 'GET' ? `/?${form}` : '/'
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n${body}`)
}

function sign(parts: QueryParts, headers: Record<string, string>, body: string): string {
  const { service, region = 'us-east-1', method = 'POST', atMs = Date.now(), form } = parts
  const date = `${new Date(atMs).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`
  headers['x-amz-date'] = date
  if (parts.sessionToken !== undefined) headers['x-amz-security-token'] = parts.sessionToken
  const names = Object.keys(headers).sort()
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const query = method === 'GET' ? form.split('&').sort().join('&') : ''
  const canonical = `${method}\n/\n${query}\n${lines}\n${names.join(';')}\n${hash('sha256', body)}`
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical)}`
  const seed = Buffer.from(`AWS4${parts.secretAccessKey ?? ''}`)
  const key = scope.split('/').reduce((last, part) => createHmac('sha256', last).update(part).digest(), seed)
  const signature = createHmac('sha256', key).update(toSign).digest('hex')
  return `AWS4-HMAC-SHA256 Credential=${parts.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
}

/** A whole GET signed in its query string, as clusters prove themselves by it: the form with the signature's parameters. */
export function presignedForm(parts: QueryParts): string {
  const { service, region = 'us-east-1', atMs = Date.now(), form, accessKeyId = '', secretAccessKey = '' } = parts
  const date = `${new Date(atMs).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`
  const signing = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${accessKeyId}/${scope}`,
    'X-Amz-Date': date,
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host',
  }
  const query = [form, ...Object.entries(signing).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)]
    .join('&')
    .split('&')
    .sort()
    .join('&')
  const canonical = `GET\n/\n${query}\nhost:localhost\n\nhost\n${hash('sha256', '')}`
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical)}`
  const seed = Buffer.from(`AWS4${secretAccessKey}`)
  const key = scope.split('/').reduce((last, part) => createHmac('sha256', last).update(part).digest(), seed)
  return `${query}&X-Amz-Signature=${createHmac('sha256', key).update(toSign).digest('hex')}`
}

export interface QueryAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Of an error. */
  readonly code: string | undefined
  readonly message: string | undefined
}

export async function queryExchange(port: number, parts: QueryParts): Promise<QueryAnswer> {
  const { status, headers, body } = await exchange(port, queryRequest(parts))
  const text = body.toString('utf8')
  return { status, headers, text, code: element(text, 'Code'), message: element(text, 'Message') }
}

/** The text of the first element of that name, entities undone. */
export function element(text: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
  const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&', '#xD': '\r' }
  return found?.replace(/&(\w+|#xD);/g, (_, name: string) => characters[name] ?? '?')
}
