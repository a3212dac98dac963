import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type IpRange, parseRange } from '../policy/ip-ranges.ts'
import { forwardedAddress } from './forwarded-for.ts'

const ranges = (...texts: string[]) => texts.map((text) => parseRange(text) as IpRange)
const proxies = ranges('10.0.0.0/8', '2001:db8::/32')

test('the right-most hop that is no trusted proxy is the client', () => {
  const cases: readonly [peer: string, header: string, client: string][] = [
    ['192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['10.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['10.0.0.1', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    ['10.0.0.1', '203.0.113.9, 198.51.100.7, 10.2.2.2', '198.51.100.7'],
    ['10.0.0.1', '10.1.1.1, 10.2.2.2', '10.1.1.1'],
    ['10.0.0.1', '198.51.100.7,10.2.2.2', '198.51.100.7'],
    ['10.0.0.1', '198.51.100.7:4711', '198.51.100.7'],
    ['10.0.0.1', '[2001:db9::7]:4711', '2001:db9::7'],
    ['2001:db8::1', '2001:db9::7, 2001:db8::2', '2001:db9::7'],
    ['10.0.0.1', 'unknown', '10.0.0.1'],
    ['10.0.0.1', '198.51.100.7, unknown, 10.2.2.2', '10.2.2.2'],
    ['10.0.0.1', '', '10.0.0.1'],
    ['10.0.0.1', ', 198.51.100.7', '198.51.100.7'],
    ['10.0.0.1', '198.51.100.7, ', '10.0.0.1'],
    ['10.0.0.1', ',,,', '10.0.0.1'],
    ['not an address', '198.51.100.7', 'not an address'],
  ]
  for (const [peer, header, client] of cases) {
    assert.equal(forwardedAddress(peer, header, proxies), client, `${peer} <- ${header}`)
  }
})

test('whatever a client writes to the left, it stays the client that its proxy saw', () =>
  fc.assert(
    fc.property(fc.string(), (lies) => {
      assert.equal(forwardedAddress('10.0.0.1', `${lies},198.51.100.7, 10.9.9.9`, proxies), '198.51.100.7')
    }),
  ))
