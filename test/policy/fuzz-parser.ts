/**
 * Throws broken policies at the parser: nothing may crash it, nothing cut short may be accepted, and what it accepts
 * must be JSON to the platform's own parser as well, mean the same when written anew, and be fit to decide with.
 *
 *     npm run fuzz:policy -- --seconds 300 --seed 1
 */
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { compilePolicy } from '../../src/policy/compiled-policy.ts'
import { decide } from '../../src/policy/decide.ts'
import { contextOf } from '../../src/policy/decision-record.ts'
import { MalformedPolicy, type PolicyKind } from '../../src/policy/document.ts'
import { parsePolicy } from '../../src/policy/parse-policy.ts'
import { PolicySet } from '../../src/policy/policy-set.ts'
import { documentTopics } from '../authorization-cases/read-cases.ts'

interface Seed {
  readonly kind: PolicyKind
  readonly text: string
}

/** Every document of the tables, good or bad. */
function seeds(): readonly Seed[] {
  return documentTopics().flatMap(({ cases }) =>
    cases.map(({ kind, document }) => ({
      kind,
      text: typeof document === 'string' ? document : JSON.stringify(document),
    })),
  )
}

/** Rounds tried, and how many of them were accepted. */
export interface FuzzReport {
  readonly rounds: number
  readonly accepted: number
}

export function fuzzParser(seed: number, goOn: (rounds: number) => boolean): FuzzReport {
  const chance = randomNumbers(seed)
  const all = seeds()
  const pick = <T>(items: readonly T[]): T => items[Math.floor(chance() * items.length)] as T
  let rounds = 0
  let accepted = 0
  while (goOn(rounds)) {
    rounds++
    const { kind, text } = pick(all)
    const broken = spoil(text, chance, pick, all)
    try {
      if (check(broken, chance() < 0.1 ? pick(kinds) : kind)) accepted++
      const whole = text.trimEnd()
      const cut = whole.slice(0, Math.floor(chance() * whole.length))
      if (whole.endsWith('}')) assert.ok(parsePolicy(cut, kind) instanceof MalformedPolicy, 'cut short it is refused')
    } catch (error) {
      throw new Error(`seed ${seed}, round ${rounds}, ${kind}: ${JSON.stringify(broken)}`, { cause: error })
    }
  }
  return { rounds, accepted }
}

const kinds: readonly PolicyKind[] = [
  'managed',
  'inline',
  'session',
  'trust',
  'resource',
  'vpc-endpoint',
  'service-control',
  'resource-control',
]

const snippets = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u0000',
  '\\ud800',
  'null',
  '1e999',
  '-',
  '*',
  '?',
  '${',
  '}',
  "'",
  '\u0000',
  '\ufeff',
  '::',
  '__proto__',
  '"Effect":"Allow",',
  '"Principal":"*",',
  'é',
  '€',
]

function spoil(text: string, chance: () => number, pick: <T>(items: readonly T[]) => T, all: readonly Seed[]): string {
  let spoilt = text
  for (let times = 1 + Math.floor(chance() * 4); times > 0; times--) {
    const at = Math.floor(chance() * (spoilt.length + 1))
    const until = at + Math.floor(chance() * 12)
    switch (Math.floor(chance() * 6)) {
      case 0:
        spoilt = spoilt.slice(0, at) + pick(snippets) + spoilt.slice(at)
        break
      case 1:
        spoilt = spoilt.slice(0, at) + spoilt.slice(until)
        break
      case 2:
        spoilt = spoilt.slice(0, at) + spoilt.slice(at, until).repeat(2) + spoilt.slice(until)
        break
      case 3:
        spoilt = spoilt.slice(0, at) + String.fromCharCode(Math.floor(chance() * 0x180)) + spoilt.slice(at + 1)
        break
      case 4: {
        const other = pick(all).text
        const from = Math.floor(chance() * other.length)
        spoilt = spoilt.slice(0, at) + other.slice(from, from + Math.floor(chance() * 40)) + spoilt.slice(at)
        break
      }
      default:
        spoilt = spoilt.slice(0, at) + pick(snippets).repeat(Math.floor(chance() * 60)) + spoilt.slice(at)
    }
  }
  return spoilt
}

/** Whether the text was accepted. */
function check(text: string, kind: PolicyKind): boolean {
  const parsed = parsePolicy(text, kind)
  if (parsed instanceof MalformedPolicy) {
    assert.ok(parsed.message.length > 0)
    return false
  }
  // Numbers are kept as the text that they were: a double would write them in another way.
  const value = parseJson(text, (_, part, { source }) => (typeof part === 'number' ? source : part))
  const again = parsePolicy(withEscapes(JSON.stringify(value)), kind)
  assert.ok(!(again instanceof MalformedPolicy), 'written anew it is accepted too')
  const withoutPlace = ({ statements }: typeof parsed) => statements.map(({ span: _, ...rest }) => rest)
  assert.deepEqual(withoutPlace(again), withoutPlace(parsed))
  for (const statement of parsed.statements) {
    assert.ok(statement.action.names.length > 0)
    assert.equal(statement.principal !== undefined, named.has(kind))
    assert.equal(statement.resource !== undefined, kind !== 'trust')
  }
  const policy = compilePolicy('fuzzed', parsed)
  const caller = { type: 'User', accountId: '111111111111', arn: 'arn:aws:iam::111111111111:user/alice' } as const
  const resource = { accountId: '111111111111', ...(named.has(kind) ? { policy } : {}) }
  const set = new PolicySet({ caller, identity: named.has(kind) ? [] : [policy], resource })
  const context = contextOf({
    'aws:username': 'alice',
    'aws:currenttime': '2026-06-01',
    'dynamodb:leadingkeys': ['x#1'],
  })
  decide({ action: 'dynamodb:GetItem', resource: 'arn:aws:dynamodb:us-east-1:111111111111:table/T', context }, set)
  return true
}

/** TypeScript's library does not know of the reviver's third argument yet. */
const parseJson = JSON.parse as (
  text: string,
  reviver: (name: string, part: unknown, context: { readonly source: string }) => unknown,
) => unknown

/** Characters beyond Latin 1 may come as escapes only. */
function withEscapes(json: string): string {
  return json.replace(
    /[^\t\n\r -\u00ff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const named: ReadonlySet<PolicyKind> = new Set(['trust', 'resource', 'vpc-endpoint', 'resource-control'])

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '300' }, seed: { type: 'string', default: String(Date.now()) } },
  })
  const end = Date.now() + Number(values.seconds) * 1000
  console.log(`fuzzing the policy parser for ${values.seconds} s, seed ${values.seed}`)
  const { rounds, accepted } = fuzzParser(Number(values.seed), () => Date.now() < end)
  console.log(`${rounds} documents, ${accepted} of them accepted, none crashed it`)
}
