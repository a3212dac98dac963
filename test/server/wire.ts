/** Bytes to a socket and HTTP answers back, read without an HTTP library so that nothing is mended on the way. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { crc32 } from 'node:zlib'

export interface WireAnswer {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export class Wire {
  readonly socket: Socket
  #received = Buffer.alloc(0)
  #ended = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk])
      socket.emit('more')
    })
    socket.on('close', () => {
      this.#ended = true
      socket.emit('more')
    })
    socket.on('error', () => {})
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Wire(socket)
  }

  send(bytes: Buffer | string): void {
    this.socket.write(bytes)
  }

  /** The next whole answer; fails when the connection ends before it. */
  async answer(): Promise<WireAnswer> {
    const headEnd = await this.#until(() => this.#received.indexOf('\r\n\r\n'))
    const [statusLine = '', ...lines] = this.#received.subarray(0, headEnd).toString('latin1').split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    const status = Number(statusLine.split(' ')[1])
    const end = headEnd + 4 + (status === 100 ? 0 : Number(headers['content-length'] ?? 0))
    await this.#until(() => (this.#received.length >= end ? end : -1))
    const body = this.#received.subarray(headEnd + 4, end)
    this.#received = this.#received.subarray(end)
    return { status, headers, body }
  }

  /** Waits until the other side has closed. */
  async ended(): Promise<void> {
    while (!this.#ended) await once(this.socket, 'more')
  }

  close(): void {
    this.socket.destroy()
  }

  async #until(position: () => number): Promise<number> {
    for (;;) {
      const found = position()
      if (found !== -1) return found
      if (this.#ended) throw new Error(`the connection ended after ${this.#received.length} bytes of an answer`)
      await once(this.socket, 'more')
    }
  }
}

/** One request on a connection of its own. */
export async function exchange(port: number, bytes: Buffer | string): Promise<WireAnswer> {
  const wire = await Wire.open(port)
  try {
    wire.send(bytes)
    return await wire.answer()
  } finally {
    wire.close()
  }
}

/** What every answer of the API has; answers the body as text. */
export function checkedText(answer: WireAnswer): string {
  assert.match(answer.headers['x-amzn-requestid'] ?? '', /^[0-9A-Z]{52}$/)
  assert.equal(answer.headers['x-amz-crc32'], String(crc32(answer.body)))
  assert.equal(answer.headers['content-length'], String(answer.body.length))
  assert.equal(answer.headers['server'], 'Server')
  assert.ok(Math.abs(Date.parse(answer.headers['date'] ?? '') - Date.now()) < 60_000)
  return answer.body.toString('utf8')
}

export function checkedJson(answer: WireAnswer): unknown {
  return JSON.parse(checkedText(answer))
}
