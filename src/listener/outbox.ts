/**
 * Answers leave together at the end of a turn of the event loop. A client that waits is woken by its first answer and
 * finds the others behind it; sent one by one, each would wake it anew, which on one machine costs more than the answer.
 */
import type { ServerResponse } from 'node:http'
import type { RawResponse } from '../protocol/raw-response.ts'

/** Up to here a body goes out in one write with its headers, as one string of bytes; copying more costs more than a write. */
const oneWriteBytesMax = 16 * 1024

export class Outbox {
  #waiting: { readonly response: ServerResponse; readonly answer: RawResponse }[] = []

  send(response: ServerResponse, answer: RawResponse): void {
    this.#waiting.push({ response, answer })
    if (this.#waiting.length === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    const leaving = this.#waiting
    this.#waiting = []
    for (const { response, answer } of leaving) {
      response.writeHead(answer.status, answer.headers)
      if (answer.body.length <= oneWriteBytesMax) response.end(answer.body.toString('latin1'), 'latin1')
      else response.end(answer.body)
    }
  }
}
