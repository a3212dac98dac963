/** The state in memory against the store: what is refused or lost leaves nothing, and changes take turns. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import type { Principal } from '../../contract/request-context.ts'
import type { Collections, RecordWrite } from '../../engine/collections/collections.ts'
import { engineCollections } from '../../engine/collections/engine-collections.ts'
import { collectionsTree } from '../../engine/storage-map.ts'
import { memoryPageStore } from '../../storage/memory/memory-page-store.ts'
import { SealedTrees } from '../../storage/sealed-trees/sealed-trees.ts'
import { awsManagedPolicies } from './aws-managed-policies.ts'
import { checkDocument } from './policy-documents.ts'
import { IamPolicySource } from './principal-policies.ts'
import type { GroupRecord, UserRecord } from './records.ts'
import { openState } from './state.ts'
import { stateFaults } from './state-faults.ts'
import { UserKeys } from './user-keys.ts'

const accountId = '000000000000'

async function newStore(): Promise<Collections> {
  const rootKey = createSecretKey(Buffer.alloc(32, 3))
  const trees = await SealedTrees.open({ store: memoryPageStore(), rootKey, cacheBytes: 1 << 20, pageBytes: 1024 })
  const key = await trees.newTableKey({ 'coffer:system': 'test' })
  await trees.atomically((writer) => writer.createTree(collectionsTree, key))
  return engineCollections(trees)
}

function user(name: string, more: Partial<UserRecord> = {}): UserRecord {
  const id = `AIDA${name}`
  const common = { path: '/', createdAtMs: 0, inline: [], attached: [], tags: [], groups: [], keys: [] }
  return { id, name, ...common, ...more }
}

test('what was changed is there when it is opened again, and what was refused is not', async () => {
  const store = await newStore()
  const state = await openState(store, accountId)
  await state.change((changes) => changes.put('users', user('ann')))
  await assert.rejects(
    state.change((changes) => {
      changes.put('users', user('ben'))
      throw new Error('refused')
    }),
    /refused/,
  )
  const version = state.version
  await state.change((changes) => changes.put('users', user('Cat', { tags: [{ key: 'k', value: 'v' }] })))
  assert.ok(state.version > version)
  assert.ok(state.users.isTaken('cAT'))
  assert.equal(state.users.named('cat'), undefined)
  const again = await openState(store, accountId)
  assert.deepEqual(again.users.all(), state.users.all())
  assert.deepEqual(
    again.users.all().map(({ name }) => name),
    ['Cat', 'ann'],
  )
  await again.change((changes) => changes.remove('users', 'AIDACat'))
  assert.equal((await openState(store, accountId)).users.size, 1)
})

test('a commit that fails leaves memory as it was', async () => {
  const store = await newStore()
  let fails = false
  const failing: Collections = {
    ...store,
    write: (scope, writes: readonly RecordWrite[]) =>
      fails ? Promise.reject(new Error('the disk is full')) : store.write(scope, writes),
  }
  const state = await openState(failing, accountId)
  await state.change((changes) => changes.put('users', user('ann')))
  fails = true
  await assert.rejects(
    state.change((changes) => changes.put('users', user('ben'))),
    /disk is full/,
  )
  assert.equal(state.users.size, 1)
  fails = false
  await state.change((changes) => changes.put('users', user('ben')))
  assert.equal(state.users.size, 2)
})

test('changes take turns: of two that want one name, one is refused', async () => {
  const state = await openState(await newStore(), accountId)
  const take = (id: string) =>
    state.change((changes) => {
      if (state.users.isTaken('ann')) throw new Error('taken')
      changes.put('users', { ...user('ann'), id })
    })
  const outcomes = await Promise.allSettled([take('AIDA1'), take('AIDA2'), take('AIDA3')])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected'],
  )
})

test('keys are known while they are active, under the name that their user has now', async () => {
  const state = await openState(await newStore(), accountId)
  const keys = new UserKeys(state)
  const key = { id: 'AKIA1', secret: 's', active: true, createdAtMs: 0 }
  const ann = user('ann', { keys: [key] })
  await state.change((changes) => changes.put('users', ann))
  assert.equal(keys.find('AKIA1')?.principal.arn, `arn:aws:iam::${accountId}:user/ann`)
  await state.change((changes) => changes.put('users', { ...ann, name: 'anna', path: '/x/' }))
  assert.equal(keys.find('AKIA1')?.principal.arn, `arn:aws:iam::${accountId}:user/x/anna`)
  await state.change((changes) => changes.put('users', { ...ann, keys: [{ ...key, active: false }] }))
  assert.equal(keys.find('AKIA1'), undefined)
  await state.change((changes) => changes.put('users', ann))
  await state.change((changes) => changes.remove('users', ann.id))
  assert.equal(keys.find('AKIA1'), undefined)
  const reopened = new UserKeys(state)
  assert.equal(reopened.find('AKIA1'), undefined)
})

test("a principal's policies are kept until anything changes, and follow groups, boundaries and versions", async () => {
  const state = await openState(await newStore(), accountId)
  const source = new IamPolicySource(state)
  const document = (action: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] })
  const group: GroupRecord = {
    id: 'AGPA1',
    name: 'readers',
    path: '/',
    createdAtMs: 0,
    inline: [{ name: 'own', document: document('dynamodb:Scan') }],
    attached: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  }
  const ann = user('ann', { groups: ['AGPA1'], tags: [{ key: 'desk', value: 'fx' }] })
  const principal: Principal = {
    type: 'User',
    accountId,
    arn: `arn:aws:iam::${accountId}:user/ann`,
    userId: ann.id,
    userName: 'ann',
    accessKeyId: 'AKIA1',
  }
  assert.deepEqual(source.policiesOf(principal).identity, [])
  await state.change((changes) => {
    changes.put('users', ann)
    changes.put('groups', group)
  })
  const first = source.policiesOf(principal)
  assert.deepEqual(
    first.identity.map(({ id }) => id),
    ['readers/own', 'arn:aws:iam::aws:policy/AdministratorAccess'],
  )
  assert.deepEqual(first.tags, { desk: 'fx' })
  assert.equal(source.policiesOf(principal), first)
  await state.change((changes) => changes.put('users', { ...ann, boundary: `arn:aws:iam::${accountId}:policy/gone` }))
  const second = source.policiesOf(principal)
  assert.notEqual(second, first)
  // A boundary that is not there bounds to nothing.
  assert.deepEqual(second.boundary?.statements, [])
  assert.equal(second.identity[0], first.identity[0], 'what did not change is not compiled again')
  await state.change((changes) => changes.remove('users', ann.id))
  assert.deepEqual(source.policiesOf(principal).identity, [])
})

test("AWS's own policies are such as AWS takes", () => {
  for (const [arn, policy] of awsManagedPolicies()) {
    assert.equal(arn, `arn:aws:iam::aws:policy/${policy.name}`)
    for (const { document } of policy.versions) checkDocument(document, 'managed')
  }
})

test('a check finds what refers to nothing', async () => {
  const state = await openState(await newStore(), accountId)
  const key = { id: 'AKIA1', secret: 's', active: true, createdAtMs: 0 }
  await state.change((changes) => changes.put('users', user('ann', { keys: [key] })))
  assert.deepEqual(stateFaults(state), [])
  await state.change((changes) => {
    changes.put(
      'users',
      user('ben', {
        groups: ['AGPA9'],
        keys: [key],
        attached: ['arn:aws:iam::aws:policy/None'],
        boundary: `arn:aws:iam::${accountId}:policy/none`,
        inline: [{ name: 'p', document: '{' }],
      }),
    )
    changes.put('mfaDevices', {
      id: 'd',
      name: 'd',
      seed: '',
      tags: [],
      createdAtMs: 0,
      owner: { userId: 'AIDA9', enabledAtMs: 0 },
    })
  })
  assert.deepEqual(stateFaults(state), [
    'user ben has policy arn:aws:iam::aws:policy/None, which is not there',
    `user ben is bounded by arn:aws:iam::${accountId}:policy/none, which is not there`,
    'policy p of user ben cannot be read: Syntax errors in policy.',
    'user ben is in group AGPA9, which is not there',
    'access key AKIA1 is held twice',
    'MFA device d belongs to user AIDA9, who is not there',
  ])
})
