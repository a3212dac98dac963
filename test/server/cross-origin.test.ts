import assert from 'node:assert/strict'
import { test } from 'node:test'
import { smallHouse } from './small-house.ts'
import { exchange } from './wire.ts'

const preflight = (origin: string) =>
  [
    'OPTIONS / HTTP/1.1',
    'Host: x',
    `Origin: ${origin}`,
    'Access-Control-Request-Method: POST',
    'Access-Control-Request-Headers: authorization,x-amz-date,x-amz-target',
    '\r\n',
  ].join('\r\n')
const request = (origin: string) => `GET / HTTP/1.1\r\nHost: x\r\nOrigin: ${origin}\r\n\r\n`
const corsHeaders = (headers: object) => Object.keys(headers).filter((name) => name.startsWith('access-control-'))

test('browsers are told nothing unless their origin is named', async () => {
  for (const corsOrigins of [[], ['https://app.example']]) {
    const house = await smallHouse({ operations: [], corsOrigins })
    try {
      for (const bytes of [preflight('https://evil.example'), request('https://evil.example'), request('null')]) {
        assert.deepEqual(corsHeaders((await exchange(house.port, bytes)).headers), [])
      }
      assert.equal((await exchange(house.port, preflight('https://evil.example'))).status, 404)
    } finally {
      await house.close()
    }
  }
})

test('a named origin is let in, and no other learns of it', async () => {
  const house = await smallHouse({ operations: [], corsOrigins: ['https://app.example', 'http://localhost:3000'] })
  try {
    const { status, headers } = await exchange(house.port, preflight('https://app.example'))
    assert.equal(status, 200)
    assert.equal(headers['access-control-allow-origin'], 'https://app.example')
    assert.equal(headers['access-control-allow-methods'], 'POST')
    assert.equal(headers['access-control-allow-headers'], 'authorization,x-amz-date,x-amz-target')
    assert.equal(headers['access-control-max-age'], '172800')
    assert.equal(headers['vary'], 'Origin')
    const answered = await exchange(house.port, request('http://localhost:3000'))
    assert.equal(answered.headers['access-control-allow-origin'], 'http://localhost:3000')
    assert.match(answered.headers['access-control-expose-headers'] ?? '', /x-amzn-RequestId/)
  } finally {
    await house.close()
  }
})

test('a star lets everyone in', async () => {
  const house = await smallHouse({ operations: [], corsOrigins: ['*'] })
  try {
    const { headers } = await exchange(house.port, request('https://any.example'))
    assert.deepEqual([headers['access-control-allow-origin'], headers['vary']], ['*', undefined])
    const none = await exchange(house.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    assert.deepEqual(corsHeaders(none.headers), [])
  } finally {
    await house.close()
  }
})
