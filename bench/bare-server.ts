/**
 * The ceiling: a `node:http` server that reads each body whole and answers the bytes that Coffer answered, and does
 * nothing else. Takes a JSON file `{ status, headers, body }` (body base64), prints its port.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

interface RecordedAnswer {
  readonly status: number
  /** Names and values in turn, without those that `node:http` writes itself. */
  readonly headers: readonly string[]
  readonly body: string
}

const recorded = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as RecordedAnswer
const headers = [...recorded.headers]
const body = Buffer.from(recorded.body, 'base64')

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    response.writeHead(recorded.status, headers)
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`)
})
