/**
 * Small answers leave together at the end of a turn of the event loop. A client that waits is woken by its first answer
 * and finds the others behind it; sent one by one, each would wake it anew, which on one machine costs more than the
 * answer. Large ones leave at once: their clients have enough to do, and nobody else should wait for them in memory.
 */
import type { ServerResponse } from 'node:http'
import type { RawResponse } from '../protocol/raw-response.ts'

/** Up to here a body goes out in one write with its headers, as one string of bytes; copying more costs more than a write. */
const smallBodyBytesMax = 16 * 1024

interface Small {
  readonly response: ServerResponse
  readonly status: number
  readonly headers: string[]
  readonly body: Uint8Array
}

export class Outbox {
  #waiting: Small[] = []

  send(response: ServerResponse, { status, headers, body }: RawResponse): void {
    if (body instanceof Uint8Array && body.length <= smallBodyBytesMax) {
      this.#waiting.push({ response, status, headers, body })
      if (this.#waiting.length === 1) setImmediate(() => this.#flush())
      return
    }
    response.writeHead(status, headers)
    for (const part of body instanceof Uint8Array ? [body] : body) response.write(part)
    response.end()
  }

  #flush(): void {
    const leaving = this.#waiting
    this.#waiting = []
    for (const { response, status, headers, body } of leaving) {
      response.writeHead(status, headers)
      const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
      response.end(bytes.toString('latin1'), 'latin1')
    }
  }
}
