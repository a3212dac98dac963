/** Outputs to JSON bytes, splicing in what is JSON already. */
import { JsonFragment } from '../foundation/json-fragment.ts'
import type { Body } from './raw-response.ts'

/** Beyond this, copying the parts together costs more than sending them one by one. */
const onePieceBytesMax = 32 * 1024

/** UTF-8 JSON of plain data; a JsonFragment may stand wherever a value may. Undefined members are left out. */
export function encodeJson(value: unknown): Body {
  if (!holdsFragment(value)) return Buffer.from(JSON.stringify(value))
  const writer = new SplicingWriter()
  writer.write(value)
  return writer.finish()
}

/** Stops at the first; plain data is then left to JSON.stringify, which is faster than any walk of ours. */
function holdsFragment(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof JsonFragment) return true
  if (Array.isArray(value)) {
    for (const element of value) if (holdsFragment(element)) return true
    return false
  }
  for (const name in value) if (holdsFragment((value as Readonly<Record<string, unknown>>)[name])) return true
  return false
}

class SplicingWriter {
  readonly #parts: (string | Uint8Array)[] = []
  #bytes = 0
  /** JSON text since the last fragment. */
  #text = ''

  write(value: unknown): void {
    if (value instanceof JsonFragment) for (const piece of value.pieces) this.#splice(piece)
    else if (!holdsFragment(value)) this.#text += JSON.stringify(value) ?? 'null'
    else if (Array.isArray(value)) this.#writeArray(value)
    else this.#writeObject(value as Readonly<Record<string, unknown>>)
  }

  finish(): Body {
    this.#flushText()
    if (this.#bytes > onePieceBytesMax) {
      return this.#parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))
    }
    const bytes = Buffer.allocUnsafe(this.#bytes)
    let position = 0
    for (const part of this.#parts) {
      if (typeof part === 'string') {
        position += bytes.write(part, position)
      } else {
        bytes.set(part, position)
        position += part.length
      }
    }
    return bytes
  }

  #writeArray(elements: readonly unknown[]): void {
    this.#text += '['
    let first = true
    for (const element of elements) {
      if (!first) this.#text += ','
      first = false
      this.write(element)
    }
    this.#text += ']'
  }

  #writeObject(members: Readonly<Record<string, unknown>>): void {
    this.#text += '{'
    let first = true
    for (const name in members) {
      const value = members[name]
      if (value === undefined) continue
      this.#text += first ? `${JSON.stringify(name)}:` : `,${JSON.stringify(name)}:`
      first = false
      this.write(value)
    }
    this.#text += '}'
  }

  #splice(bytes: Uint8Array): void {
    this.#flushText()
    this.#parts.push(bytes)
    this.#bytes += bytes.length
  }

  #flushText(): void {
    if (this.#text === '') return
    this.#parts.push(this.#text)
    this.#bytes += Buffer.byteLength(this.#text)
    this.#text = ''
  }
}
