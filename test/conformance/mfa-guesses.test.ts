/** A stolen access key is not enough: the codes of its user's MFA device cannot be found by trying. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { codeAt, stepAt } from '../../src/services/iam/totp.ts'
import { element, type QueryParts } from '../server/signed-query.ts'
import { movingClock } from './moving-clock.ts'
import { callQuery, done, iamApi, stsApi } from './query.ts'
import { type ConformanceServer, startServer } from './server.ts'

const clock = movingClock()
let server: ConformanceServer
before(async () => {
  server = await startServer({ clock })
})
after(() => server?.stop())

interface Holder {
  readonly keys: Partial<QueryParts>
  readonly serialNumber: string
  readonly seed: string
}

async function userWithDevice(name: string): Promise<Holder> {
  await done(server, iamApi, 'CreateUser', { UserName: name })
  const made = await done(server, iamApi, 'CreateVirtualMFADevice', { VirtualMFADeviceName: name })
  const seed = Buffer.from(element(made.text, 'Base32StringSeed') ?? '', 'base64').toString('latin1')
  const serialNumber = element(made.text, 'SerialNumber') ?? ''
  const step = stepAt(clock.nowMs())
  await done(server, iamApi, 'EnableMFADevice', {
    UserName: name,
    SerialNumber: serialNumber,
    AuthenticationCode1: codeAt(seed, step - 1),
    AuthenticationCode2: codeAt(seed, step),
  })
  const { text } = await done(server, iamApi, 'CreateAccessKey', { UserName: name })
  const keys = {
    accessKeyId: element(text, 'AccessKeyId') ?? '',
    secretAccessKey: element(text, 'SecretAccessKey') ?? '',
  }
  return { keys, serialNumber, seed }
}

function session({ keys, serialNumber: SerialNumber }: Holder, TokenCode: string) {
  return callQuery(server, stsApi, 'GetSessionToken', { SerialNumber, TokenCode }, keys)
}

/** Right in the next step, which counts as well; codes of steps that were taken do not. */
function rightCode({ seed }: Holder): string {
  return codeAt(seed, stepAt(clock.nowMs()) + 1)
}

function wrongCodes({ seed }: Holder, count: number): readonly string[] {
  const step = stepAt(clock.nowMs())
  const right = new Set([-2, -1, 0, 1, 2].map((aside) => codeAt(seed, step + aside)))
  return Array.from({ length: count + right.size }, (_, at) => String(at).padStart(6, '0'))
    .filter((code) => !right.has(code))
    .slice(0, count)
}

test('after ten wrong codes, sent together, no code counts for a quarter of an hour, and only for that device', async () => {
  const victim = await userWithDevice('victim')
  const other = await userWithDevice('other')
  const guesses = await Promise.all(wrongCodes(victim, 30).map((code) => session(victim, code)))
  assert.deepEqual(new Set(guesses.map(({ code }) => code)), new Set(['AccessDenied']))
  assert.equal((await session(victim, rightCode(victim))).code, 'AccessDenied')
  assert.equal((await session(other, rightCode(other))).status, 200)
  clock.moveOn(14 * 60_000)
  assert.equal((await session(victim, rightCode(victim))).code, 'AccessDenied')
  clock.moveOn(2 * 60_000)
  assert.equal((await session(victim, rightCode(victim))).status, 200)
})

test('a code that was taken, shown again and again, is no guess', async () => {
  const hasty = await userWithDevice('hasty')
  const code = rightCode(hasty)
  assert.equal((await session(hasty, code)).status, 200)
  for (let round = 0; round < 12; round++) assert.equal((await session(hasty, code)).code, 'AccessDenied')
  clock.moveOn(60_000)
  assert.equal((await session(hasty, rightCode(hasty))).status, 200)
})
