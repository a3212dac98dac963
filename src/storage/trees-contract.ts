/** What every `Trees` promises, as a test suite: each engine calls it once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { KeyRange, TreeId, TreeReader, Trees } from './trees.ts'

type Action =
  | { readonly kind: 'set'; readonly key: Buffer; readonly value: Buffer }
  | { readonly kind: 'remove'; readonly key: Buffer }
  | { readonly kind: 'get'; readonly key: Buffer }
  | {
      readonly kind: 'scan'
      readonly from: Buffer | undefined
      readonly to: Buffer | undefined
      readonly reverse: boolean
      readonly limit: number
    }
  | { readonly kind: 'refused'; readonly key: Buffer }
  | { readonly kind: 'reopen' }

const shortKey = fc.integer({ min: 0, max: 400 }).map((n) => Buffer.from(`key-${String(n).padStart(4, '0')}`))
const longKey = fc
  .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 30, max: 900 }))
  .map(([n, length]) => Buffer.concat([Buffer.from(`key-0${n}`), Buffer.alloc(length, n)]))
const anyKey = fc.oneof(
  { weight: 12, arbitrary: shortKey },
  { weight: 1, arbitrary: longKey },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((b) => Buffer.from(b)) },
)
const value = fc
  .oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 90 }) },
    { weight: 2, arbitrary: fc.integer({ min: 91, max: 3000 }) },
  )
  .chain((length) => fc.integer({ min: 0, max: 255 }).map((fill) => Buffer.alloc(length, fill)))

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('set' as const), key: anyKey, value }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('remove' as const), key: anyKey }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('get' as const), key: anyKey }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('scan' as const),
      from: fc.option(anyKey, { nil: undefined }),
      to: fc.option(anyKey, { nil: undefined }),
      reverse: fc.boolean(),
      limit: fc.integer({ min: 1, max: 80 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refused' as const), key: anyKey }) },
)

/** A sorted map that is obviously right. */
class SortedMapModel {
  readonly entries = new Map<string, Buffer>()
  set(key: Buffer, to: Buffer): void {
    this.entries.set(key.toString('hex'), to)
  }
  remove(key: Buffer): void {
    this.entries.delete(key.toString('hex'))
  }
  get(key: Buffer): Buffer | undefined {
    return this.entries.get(key.toString('hex'))
  }
  scan(from: Buffer | undefined, to: Buffer | undefined, reverse: boolean, limit: number): string[] {
    const keys = [...this.entries.keys()]
      .map((hex) => Buffer.from(hex, 'hex'))
      .sort(Buffer.compare)
      .filter((key) => (from === undefined || key.compare(from) >= 0) && (to === undefined || key.compare(to) < 0))
    if (reverse) keys.reverse()
    return keys.slice(0, limit).map((key) => `${key.toString('hex')}=${this.get(key)?.toString('hex')}`)
  }
}

export interface OpenTrees {
  readonly trees: Trees
  readonly close: () => Promise<void>
  /** Opens the same store again. */
  readonly reopen: () => Promise<OpenTrees>
  /** Walks everything; answers the faults found. */
  readonly faults: () => Promise<readonly string[]>
}

export interface ContractOptions {
  readonly runs: number
  readonly actionsMax: number
}

export function treesContract(name: string, open: () => Promise<OpenTrees>, options: ContractOptions): void {
  const tree: TreeId = 16

  test(`${name}: trees agree with a sorted map, also after being opened again`, async () => {
    const actions = fc.array(action, { minLength: options.actionsMax >> 1, maxLength: options.actionsMax, size: 'max' })
    await fc.assert(
      fc.asyncProperty(actions, fc.integer({ min: 1, max: 25 }), async (story, perBody) => {
        let opened = await open()
        await makeTree(opened.trees, tree)
        const model = new SortedMapModel()
        for (let at = 0; at < story.length; at += perBody) {
          await play(opened.trees, tree, model, story.slice(at, at + perBody))
          if (at > 0 && at % 500 < perBody) opened = await opened.reopen()
        }
        assert.deepEqual(await opened.faults(), [])
        opened = await opened.reopen()
        assert.deepEqual(
          await scanned(opened.trees, tree, {}, false, Number.MAX_SAFE_INTEGER),
          model.scan(undefined, undefined, false, Number.MAX_SAFE_INTEGER),
        )
        await opened.close()
      }),
      { numRuns: options.runs },
    )
  })

  test(`${name}: a body that throws leaves nothing behind`, async () => {
    const opened = await open()
    await makeTree(opened.trees, tree)
    await assert.rejects(
      opened.trees.atomically((trees) => {
        trees.set(tree, Buffer.from('a'), Buffer.from('1'))
        throw new RangeError('refused')
      }),
      RangeError,
    )
    assert.equal(await opened.trees.view((trees) => trees.get(tree, Buffer.from('a'))), undefined)
    await opened.close()
  })

  test(`${name}: a body sees its own writes`, async () => {
    const opened = await open()
    await makeTree(opened.trees, tree)
    const seen = await opened.trees.atomically((trees) => {
      const key = Buffer.from('k')
      trees.set(tree, key, Buffer.from('1'))
      const first = trees.get(tree, key)?.toString()
      trees.remove(tree, key)
      const second = trees.get(tree, key)
      trees.set(tree, key, Buffer.from('3'))
      return [first, second, trees.get(tree, key)?.toString()]
    })
    assert.deepEqual(seen, ['1', undefined, '3'])
    await opened.close()
  })

  test(`${name}: trees are apart, and a dropped tree takes its pages with it`, async () => {
    const opened = await open()
    await makeTree(opened.trees, tree)
    await opened.trees.atomically((trees) => trees.createTree(17, { sharedWith: tree }))
    for (let n = 0; n < 300; n++) {
      await opened.trees.atomically((trees) => {
        trees.set(tree, Buffer.from(`k${n}`), Buffer.from('first'))
        trees.set(17, Buffer.from(`k${n}`), Buffer.alloc(n * 10, 1))
      })
    }
    await opened.trees.dropTree(17)
    assert.equal((await scanned(opened.trees, tree, {}, false, 1000)).length, 300)
    assert.deepEqual(await opened.faults(), [])
    await opened.close()
  })
}

export async function makeTree(trees: Trees, tree: TreeId): Promise<void> {
  const key = await trees.newTableKey({ table: `t${tree}` })
  await trees.atomically((writer) => writer.createTree(tree, key))
}

async function play(trees: Trees, tree: TreeId, model: SortedMapModel, story: readonly Action[]): Promise<void> {
  const reads = story.filter((step) => step.kind === 'get' || step.kind === 'scan')
  const writes = story.filter((step) => step.kind === 'set' || step.kind === 'remove')
  await trees.atomically((writer) => {
    for (const step of writes) {
      if (step.kind === 'set') writer.set(tree, step.key, step.value)
      else writer.remove(tree, step.key)
    }
  })
  for (const step of writes) step.kind === 'set' ? model.set(step.key, step.value) : model.remove(step.key)
  for (const step of story) {
    if (step.kind !== 'refused') continue
    const refused = trees.atomically((writer) => {
      writer.set(tree, step.key, Buffer.from('never'))
      throw new RangeError('refused')
    })
    await assert.rejects(refused, RangeError)
  }
  for (const step of reads) {
    if (step.kind === 'get') {
      const got = await trees.view((reader) => reader.get(tree, step.key)?.toString('hex'))
      assert.equal(got, model.get(step.key)?.toString('hex'))
    } else if (step.kind === 'scan') {
      const range = { ...(step.from && { from: step.from }), ...(step.to && { to: step.to }) }
      assert.deepEqual(
        await scanned(trees, tree, range, step.reverse, step.limit),
        model.scan(step.from, step.to, step.reverse, step.limit),
      )
    }
  }
}

export function scanned(
  trees: Trees,
  tree: TreeId,
  range: KeyRange,
  reverse: boolean,
  limit: number,
): Promise<string[]> {
  return trees.view((reader: TreeReader) => {
    const found: string[] = []
    reader.scan(tree, range, reverse, (entry) => {
      const key = entry.keyBytes.toString('hex', entry.keyStart, entry.keyEnd)
      found.push(`${key}=${entry.valueBytes.toString('hex', entry.valueStart, entry.valueEnd)}`)
      return found.length < limit
    })
    return found
  })
}
