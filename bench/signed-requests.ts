/**
 * Whole HTTP/1.1 requests as bytes, signed with AWS Signature Version 4 before the clock starts, so that the load
 * process spends its time on sending and receiving alone. A signature is good for 15 minutes.
 */
import { createHmac, hash } from 'node:crypto'

export interface Target {
  readonly host: string
  readonly port: number
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface Signer {
  /** The bytes of one request: request line, headers, body. An operation of another service comes with its prefix. */
  request(operation: string, body: string): Buffer
}

export function signer(target: Target, nowMs: number): Signer {
  const timestamp = `${new Date(nowMs).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`
  const date = timestamp.slice(0, 8)
  const scope = `${date}/${target.region}/dynamodb/aws4_request`
  const key = [date, target.region, 'dynamodb', 'aws4_request'].reduce<Buffer>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    Buffer.from(`AWS4${target.secretAccessKey}`),
  )
  const host = `${target.host}:${target.port}`
  const signedHeaders = 'content-type;host;x-amz-date;x-amz-target'
  return {
    request(operation, body) {
      const amzTarget = operation.includes('.') ? operation : `DynamoDB_20120810.${operation}`
      const canonical = [
        'POST',
        '/',
        '',
        'content-type:application/x-amz-json-1.0',
        `host:${host}`,
        `x-amz-date:${timestamp}`,
        `x-amz-target:${amzTarget}`,
        '',
        signedHeaders,
        hash('sha256', body),
      ].join('\n')
      const toSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash('sha256', canonical)}`
      const signature = createHmac('sha256', key).update(toSign).digest('hex')
      const head = [
        'POST / HTTP/1.1',
        `Host: ${host}`,
        'Content-Type: application/x-amz-json-1.0',
        `X-Amz-Date: ${timestamp}`,
        `X-Amz-Target: ${amzTarget}`,
        `Authorization: AWS4-HMAC-SHA256 Credential=${target.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
        `Content-Length: ${Buffer.byteLength(body)}`,
      ].join('\r\n')
      return Buffer.from(`${head}\r\n\r\n${body}`)
    },
  }
}
