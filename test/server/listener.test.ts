/** Sockets: bodies in every form, clients that are slow, greedy or gone, and the end of the server. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { operation } from '../../src/contract/operation.ts'
import { optional, required, structure } from '../../src/contract/shape.ts'
import { integer, string } from '../../src/contract/shape-scalars.ts'
import { type SignedRequestParts, signedRequest } from './signed-request.ts'
import { key, type SmallHouse, smallHouse } from './small-house.ts'
import { checkedJson, exchange, Wire } from './wire.ts'

const measure = operation({
  name: 'Measure',
  kind: 'data-read',
  input: structure({ Text: required(string()), WaitMs: optional(integer()) }),
  access: () => [],
  audit: { category: 'Data', readOnly: true, requestParameters: () => null, resources: () => [] },
  run: async ({ Text, WaitMs = 0 }) => {
    await sleep(WaitMs)
    return { Length: Text.length }
  },
})
const operations = [measure]
const MiB = 2 ** 20

let house: SmallHouse
before(async () => {
  house = await smallHouse({ operations })
})
after(() => house.close())

function request(input: { Text: string; WaitMs?: number }, parts: Partial<SignedRequestParts> = {}): Buffer {
  return signedRequest({ operation: 'Measure', body: JSON.stringify(input), ...key, ...parts })
}

const text = (length: number) => 'x'.repeat(length)

test('a body comes whole, in chunks, in single bytes, or split anywhere', async () => {
  assert.deepEqual(checkedJson(await exchange(house.port, request({ Text: text(1000) }))), { Length: 1000 })
  const chunked = request({ Text: text(1000) }, { chunkBytes: 7 })
  assert.deepEqual(checkedJson(await exchange(house.port, chunked)), { Length: 1000 })
  const wire = await Wire.open(house.port)
  wire.socket.setNoDelay(true)
  for (const byte of request({ Text: 'é' })) wire.send(Buffer.from([byte]))
  assert.deepEqual(checkedJson(await wire.answer()), { Length: 1 })
  const bytes = request({ Text: text(200_000) })
  for (let at = 0; at < bytes.length; at += 50_000) {
    wire.send(bytes.subarray(at, at + 50_000))
    await sleep(5)
  }
  assert.deepEqual(checkedJson(await wire.answer()), { Length: 200_000 })
  wire.close()
})

test('a connection serves many requests, also when they come before the answers', async () => {
  const wire = await Wire.open(house.port)
  const lengths = Array.from({ length: 20 }, (_, length) => length)
  wire.send(Buffer.concat(lengths.map((length) => request({ Text: text(length) }))))
  for (const length of lengths) {
    const answer = await wire.answer()
    assert.deepEqual(checkedJson(answer), { Length: length })
    assert.equal(answer.headers['connection'], 'keep-alive')
  }
  wire.close()
})

test('16 MB are taken, a byte more is not', async () => {
  const frame = JSON.stringify({ Text: '' }).length
  const most = request({ Text: text(16 * MiB - frame) })
  assert.deepEqual(checkedJson(await exchange(house.port, most)), { Length: 16 * MiB - frame })
  for (const chunkBytes of [undefined, 65_536]) {
    const more = request({ Text: text(16 * MiB - frame + 1) }, chunkBytes === undefined ? {} : { chunkBytes })
    const answer = await exchange(house.port, more)
    assert.deepEqual([answer.status, answer.headers['connection']], [413, 'close'])
  }
})

test('a body that says it is too large is refused before it comes', async () => {
  const wire = await Wire.open(house.port)
  wire.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 ** 40}\r\n\r\n`)
  assert.equal((await wire.answer()).status, 413)
  await wire.ended()
})

test('Expect: 100-continue is answered, but not for a body that would be refused', async () => {
  const bytes = request({ Text: 'abc' }, { unsigned: { expect: '100-continue' } })
  const bodyAt = bytes.indexOf('\r\n\r\n') + 4
  const wire = await Wire.open(house.port)
  wire.send(bytes.subarray(0, bodyAt))
  assert.equal((await wire.answer()).status, 100)
  wire.send(bytes.subarray(bodyAt))
  assert.deepEqual(checkedJson(await wire.answer()), { Length: 3 })
  wire.close()
  const greedy = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${17 * MiB}\r\nExpect: 100-continue\r\n\r\n`
  assert.equal((await exchange(house.port, greedy)).status, 413)
})

test('what is no HTTP is answered 400 and ended', async () => {
  for (const bytes of [
    'hello\r\n\r\n',
    'POST / HTTP/1.1\r\nno colon\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc',
  ]) {
    const wire = await Wire.open(house.port)
    wire.send(Buffer.from(bytes, 'latin1'))
    await wire.ended()
  }
  assert.equal((await exchange(house.port, 'GET / HTTP/1.1\r\n\r\n')).status, 400)
  const huge = `GET / HTTP/1.1\r\nHost: x\r\nA: ${text(100_000)}\r\n\r\n`
  assert.equal((await exchange(house.port, huge)).status, 431)
})

test('two lengths, or a length and chunks, are no request to guess about', async () => {
  const lines = ['Content-Length: 2\r\nContent-Length: 3', 'Content-Length: 2\r\nTransfer-Encoding: chunked']
  for (const line of lines) {
    assert.equal((await exchange(house.port, `POST / HTTP/1.1\r\nHost: x\r\n${line}\r\n\r\n{}`)).status, 400)
  }
})

test('clients that leave half-way leave nothing behind', async () => {
  const small = await smallHouse({ operations, bodyBytesMax: 3 * MiB, connectionsMax: 5 })
  try {
    const bytes = request({ Text: text(2 * MiB) })
    for (let round = 0; round < 5; round++) {
      const wire = await Wire.open(small.port)
      wire.send(bytes.subarray(0, MiB))
      await sleep(30)
      wire.close()
      await sleep(10)
    }
    assert.deepEqual(checkedJson(await exchange(small.port, bytes)), { Length: 2 * MiB })
  } finally {
    await small.close()
  }
})

test('bodies in memory are bounded over all connections', async () => {
  const small = await smallHouse({ operations, bodyBytesMax: 3 * MiB })
  try {
    const bytes = request({ Text: text(2 * MiB) })
    const holder = await Wire.open(small.port)
    holder.send(bytes.subarray(0, -1))
    await sleep(50)
    const refused = await exchange(small.port, bytes)
    assert.equal(refused.status, 503)
    assert.match(refused.body.toString(), /ServiceUnavailable/)
    holder.send(bytes.subarray(-1))
    assert.deepEqual(checkedJson(await holder.answer()), { Length: 2 * MiB })
    holder.close()
    assert.deepEqual(checkedJson(await exchange(small.port, bytes)), { Length: 2 * MiB })
  } finally {
    await small.close()
  }
})

test('connections are bounded, and one that ends makes room', async () => {
  const small = await smallHouse({ operations, connectionsMax: 2 })
  try {
    const first = await Wire.open(small.port)
    const second = await Wire.open(small.port)
    first.send(request({ Text: 'a' }))
    await first.answer()
    const third = await Wire.open(small.port)
    await third.ended()
    assert.ok(small.logged.some(({ message }) => message === 'a connection was refused: too many are open'))
    second.close()
    await sleep(20)
    assert.equal((await exchange(small.port, request({ Text: 'a' }))).status, 200)
    first.close()
  } finally {
    await small.close()
  }
})

test('headers that do not come to an end are waited for in vain only for a while', { timeout: 30_000 }, async () => {
  const wire = await Wire.open(house.port)
  const startedAt = performance.now()
  wire.send('POST / HTTP/1.1\r\nHost: x\r\n')
  assert.equal((await wire.answer()).status, 408)
  await wire.ended()
  const waitedMs = performance.now() - startedAt
  assert.ok(waitedMs > 9_000 && waitedMs < 15_000, `${waitedMs} ms`)
})

test('the end: calls under way are answered, clients told to go, nobody let in', async () => {
  const small = await smallHouse({ operations })
  const idle = await Wire.open(small.port)
  const busy = await Wire.open(small.port)
  idle.send(request({ Text: 'a' }))
  await idle.answer()
  busy.send(request({ Text: 'abc', WaitMs: 300 }))
  await sleep(50)
  small.drain()
  const closed = small.close()
  await idle.ended()
  await assert.rejects(Wire.open(small.port), { code: 'ECONNREFUSED' })
  const answer = await busy.answer()
  assert.deepEqual(checkedJson(answer), { Length: 3 })
  assert.equal(answer.headers['connection'], 'close')
  await busy.ended()
  await closed
})

test('a draining server says that it is not ready', async () => {
  const small = await smallHouse({ operations })
  const wire = await Wire.open(small.port)
  small.drain()
  wire.send('GET /ready HTTP/1.1\r\nHost: x\r\n\r\n')
  assert.equal((await wire.answer()).status, 503)
  await once(wire.socket, 'close')
  await small.close()
})
