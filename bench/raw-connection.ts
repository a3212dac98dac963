/**
 * One keep-alive connection that sends ready bytes and reads just enough of each answer to know its status and its
 * end: far cheaper than an HTTP client, so that what is measured is the server.
 */
import { connect, type Socket } from 'node:net'

/** `bytes` is the whole answer, head and body, when the sender asked to keep it. */
export type AnswerListener = (status: number, bytes: Buffer | undefined) => void

export interface RawConnection {
  /** Only after the answer to the request before it. */
  send(request: Buffer, onAnswer: AnswerListener, keep: boolean): void
  close(): void
}

const receiveBytes = 256 * 1024
const headBytesMax = 16 * 1024

/** Opens a connection; `onBroken` hears of an end that was not asked for, or an answer that cannot be read. */
export function openRawConnection(
  host: string,
  port: number,
  onBroken: (error: Error) => void,
): Promise<RawConnection> {
  let listener: AnswerListener | undefined
  let keeping = false
  let kept: Buffer[] = []
  let head: Buffer | undefined
  let status = 0
  let bodyBytesLeft = -1
  let closed = false

  function received(chunk: Buffer): void {
    if (keeping) kept.push(Buffer.from(chunk))
    if (bodyBytesLeft >= 0) {
      bodyBytesLeft -= chunk.length
    } else {
      const soFar = head === undefined ? chunk : Buffer.concat([head, chunk])
      const headEnd = soFar.indexOf('\r\n\r\n')
      if (headEnd < 0) {
        head = Buffer.from(soFar)
        if (soFar.length > headBytesMax) fail(new Error('an answer whose head does not end'))
        return
      }
      const headText = soFar.toString('latin1', 0, headEnd + 2)
      head = undefined
      status = Number(headText.slice(9, 12))
      const length = contentLength(headText)
      if (length < 0) {
        fail(new Error(`an answer without Content-Length: ${headText}`))
        return
      }
      bodyBytesLeft = length - (soFar.length - headEnd - 4)
    }
    if (bodyBytesLeft > 0) return
    if (bodyBytesLeft < 0) {
      fail(new Error('more bytes than the answer announced'))
      return
    }
    bodyBytesLeft = -1
    const answered = listener
    listener = undefined
    const bytes = keeping ? Buffer.concat(kept) : undefined
    kept = []
    answered?.(status, bytes)
  }

  function fail(error: Error): void {
    if (closed) return
    closed = true
    socket.destroy()
    onBroken(error)
  }

  const buffer = Buffer.allocUnsafe(receiveBytes)
  const socket: Socket = connect({
    host,
    port,
    noDelay: true,
    onread: {
      buffer,
      callback: (bytes) => {
        received(buffer.subarray(0, bytes))
        return true
      },
    },
  })
  const connection: RawConnection = {
    send(request, onAnswer, keep) {
      listener = onAnswer
      keeping = keep
      socket.write(request)
    },
    close() {
      closed = true
      socket.destroy()
    },
  }
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(connection))
    socket.once('error', (error) => {
      reject(error)
      fail(error)
    })
    socket.once('close', () => fail(new Error('the server closed the connection')))
  })
}

function contentLength(head: string): number {
  let at = head.indexOf('Content-Length: ')
  if (at < 0) at = head.toLowerCase().indexOf('content-length: ')
  return at < 0 ? -1 : Number(head.slice(at + 16, head.indexOf('\r\n', at)))
}
