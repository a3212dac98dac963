/**
 * Policies on keys and attributes, changed back and forth while sessions read: from the answer of a change on, no request
 * is decided by what was before, though decisions are remembered by the values that they were asked about.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Client } from '../conformance/client.ts'
import { done, iamApi } from '../conformance/query.ts'
import { element } from '../server/signed-query.ts'
import { type Bank, documentOf, me, openBank, you } from './bank.ts'
import { traderStatement } from './trader-policy.ts'

let bank: Bank
const clients: Client[] = []
before(async () => {
  bank = await openBank()
  await bank.role('desk', [own])
  await bank.role('other', [own])
  for (const user of [me, me, you]) clients.push(bank.client(await bank.session('desk', user)))
})
after(() => bank?.stop())

const own = { ...traderStatement, Sid: undefined, Action: 'dynamodb:GetItem' }
const keyed = (value: string, attributes: readonly string[]) => ({
  ...own,
  Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [value], 'dynamodb:Attributes': attributes } },
})
const keys = ['TraderId', 'TradeId']

/** Policies in turn, and which of the requests below each allows, by the user whose session asks. */
const policies: readonly { readonly document: string; readonly allows: (user: string, asked: Asked) => boolean }[] = [
  { document: documentOf([own]), allows: (user, { trader }) => trader === user },
  {
    document: documentOf([keyed(you, [...keys, 'Stock'])]),
    allows: (_, asked) => asked.trader === you && asked.attribute === 'Stock',
  },
  {
    document: documentOf([keyed(me, [...keys, 'Price'])]),
    allows: (_, asked) => asked.trader === me && asked.attribute === 'Price',
  },
  {
    document: documentOf([
      keyed(me, [...keys, 'Stock', 'Price']),
      { ...own, Effect: 'Deny', Condition: { StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' } } },
    ]),
    allows: () => false,
  },
  { document: documentOf([{ ...own, Condition: {} }]), allows: () => true },
]

interface Asked {
  readonly trader: string
  readonly attribute: 'Stock' | 'Price'
}
const requests: readonly Asked[] = [me, you].flatMap((trader) =>
  (['Stock', 'Price'] as const).map((attribute) => ({ trader, attribute })),
)

test('a changed policy counts at once, for every session of the role', async () => {
  let standing = -1
  let changing = false
  let change = 0
  let stopped = false
  let decided = 0
  const wrong: string[] = []

  async function load(client: Client, user: string, first: number): Promise<void> {
    for (let turn = first; !stopped; turn++) {
      const asked = requests[turn % requests.length] as Asked
      const begunAt = change
      const isSettled = !changing && standing >= 0
      const { code } = await client.call('GetItem', {
        TableName: 'Trades',
        Key: { TraderId: { S: asked.trader }, TradeId: { S: 't1' } },
        ProjectionExpression: `TradeId, ${asked.attribute}`,
      })
      // What a change overtook may go either way.
      if (!isSettled || changing || change !== begunAt) continue
      decided++
      const expected = policies[standing]?.allows(user, asked) ?? false
      if ((code === undefined) !== expected) wrong.push(`policy ${standing}: ${user} ${JSON.stringify(asked)}: ${code}`)
    }
  }
  const loads = [0, 1, 2, 3].flatMap((first) => clients.map((client, at) => load(client, at < 2 ? me : you, first)))
  try {
    for (let round = 0; round < 6; round++) {
      for (const [at, { document }] of policies.entries()) {
        changing = true
        await done(bank.server, iamApi, 'PutRolePolicy', {
          RoleName: 'desk',
          PolicyName: 'own',
          PolicyDocument: document,
        })
        standing = at
        change++
        changing = false
        const seen = decided
        for (let turn = 0; turn < 20_000 && decided < seen + 30; turn++) await new Promise(setImmediate)
      }
    }
  } finally {
    stopped = true
    await Promise.all(loads)
  }
  assert.deepEqual(wrong.slice(0, 10), [])
  assert.ok(decided >= 6 * policies.length, `${decided} requests were decided between changes`)
})

test('a managed policy taken away and given back counts at once, and its versions do', async () => {
  const { server } = bank
  const { text } = await done(server, iamApi, 'CreatePolicy', {
    PolicyName: 'trades',
    PolicyDocument: documentOf([own]),
  })
  const PolicyArn = element(text, 'Arn') ?? ''
  await done(server, iamApi, 'CreatePolicyVersion', {
    PolicyArn,
    PolicyDocument: documentOf([keyed(you, [...keys, 'Stock'])]),
  })
  await done(server, iamApi, 'DeleteRolePolicy', { RoleName: 'other', PolicyName: 'own' })
  const client = bank.client(await bank.session('other', me))
  const read = async (trader: string): Promise<boolean> => {
    const Key = { TraderId: { S: trader }, TradeId: { S: 't1' } }
    const { code } = await client.call('GetItem', { TableName: 'Trades', Key, ProjectionExpression: 'Stock' })
    return code === undefined
  }
  const both = async () => [await read(me), await read(you)]
  for (let round = 0; round < 10; round++) {
    assert.deepEqual(await both(), [false, false])
    await done(server, iamApi, 'AttachRolePolicy', { RoleName: 'other', PolicyArn })
    assert.deepEqual(await both(), [true, false])
    await done(server, iamApi, 'SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v2' })
    assert.deepEqual(await both(), [false, true])
    await done(server, iamApi, 'SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v1' })
    assert.deepEqual(await both(), [true, false])
    await done(server, iamApi, 'DetachRolePolicy', { RoleName: 'other', PolicyArn })
  }
})
