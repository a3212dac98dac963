/** What keeps the house standing (docs/architecture.md): imports go down, nothing goes round, nothing is forgotten. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string
  /** Without comments. */
  readonly code: string
  readonly imports: readonly string[]
}

/** Rooms by folder, and on which floor they are. The longest matching folder counts. */
const floors: Readonly<Record<string, number>> = {
  'src/foundation/': 1,
  'src/storage/': 2,
  'src/policy/': 2,
  'src/data-folder/': 2,
  'src/settings/': 2,
  'src/engine/': 3,
  'src/contract/': 4,
  'src/services/': 5,
  'src/pipeline/': 6,
  'src/protocol/': 7,
  'src/listener/': 8,
  'src/': 9,
  'cli/': 10,
}

/** Beyond the floors: who may see only a part of a room, or nothing of it. */
const closedDoors: readonly { readonly from: RegExp; readonly to: RegExp; readonly but?: RegExp }[] = [
  { from: /^src\/(engine|pipeline|protocol)\//, to: /^src\/storage\//, but: /^src\/storage\/trees\.ts$/ },
  { from: /^src\/(services|contract)\//, to: /^src\/storage\// },
  { from: /^src\/(pipeline|protocol|listener)\//, to: /^src\/services\// },
  { from: /^src\/(engine|contract|services|pipeline|protocol|listener)\//, to: /^src\/(data-folder|settings)\// },
]

const banned: readonly { readonly what: RegExp; readonly instead: string; readonly but: RegExp }[] = [
  { what: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, instead: 'a Clock', but: /^src\/foundation\// },
  { what: /\bset(Timeout|Interval)\((?!silence)/, instead: 'clock.sleep', but: /^src\/foundation\// },
  { what: /\bMath\.random\(|\brandomBytes\b/, instead: 'a Random', but: /^src\/(foundation|storage)\// },
  { what: /\bprocess\.env\b/, instead: 'Settings', but: /^cli\// },
  { what: /\bconsole\./, instead: 'a Log', but: /^$/ },
  {
    what: /from 'node:fs/,
    instead: 'foundation/durable-files.ts',
    but: /^(src\/(foundation|settings|storage\/sqlite)|cli)\//,
  },
  { what: /^export default\b|^export \*/m, instead: 'a named export', but: /^$/ },
  { what: /\bTODO\b|\bFIXME\b/, instead: 'the work itself', but: /^$/ },
]

const files = ['src', 'cli'].flatMap(sourceFiles)
const production = files.filter(({ path }) => !path.endsWith('.test.ts'))

test('there is a house to look at', () => {
  assert.ok(production.length > 50)
  assert.ok(production.some(({ imports }) => imports.length > 5))
})

test('imports go down, never sideways and never up', () => {
  const wrong = production.flatMap(({ path, imports }) =>
    imports.filter((imported) => !mayImport(path, imported)).map((imported) => `${path} imports ${imported}`),
  )
  assert.deepEqual(wrong, [])
})

test('an import that climbs is found', () => {
  assert.equal(mayImport('src/engine/engine.ts', 'src/protocol/answer.ts'), false)
  assert.equal(mayImport('src/engine/engine.ts', 'src/storage/page-store.ts'), false)
  assert.equal(mayImport('src/engine/engine.ts', 'src/storage/trees.ts'), true)
  assert.equal(mayImport('src/services/kms/service.ts', 'src/services/dynamodb/service.ts'), false)
  assert.equal(mayImport('src/storage/page-store.ts', 'src/policy/decide.ts'), false)
})

test('no import goes round in a circle', () => {
  assert.deepEqual(circles(production), [])
})

test('a circle is found', () => {
  const file = (path: string, ...imports: string[]) => ({ path, code: '', imports })
  assert.deepEqual(circles([file('a', 'b'), file('b', 'c'), file('c', 'b')]), ['b → c → b'])
})

test('every file is imported, or is where Node starts', () => {
  const imported = new Set(files.flatMap(({ imports }) => imports))
  const forgotten = production.map(({ path }) => path).filter((path) => !imported.has(path) && path !== 'cli/coffer.ts')
  assert.deepEqual(forgotten, [])
})

test('nothing banned is used', () => {
  const found = production.flatMap(({ path, code }) =>
    banned
      .filter(({ what, but }) => what.test(code) && !but.test(path))
      .map(({ what, instead }) => `${path}: ${what.exec(code)?.[0]}: use ${instead}`),
  )
  assert.deepEqual(found, [])
})

test('every room has a README of at most 60 lines', () => {
  const rooms = Object.keys(floors).filter(
    (folder) => folder !== 'src/' && production.some(({ path }) => path.startsWith(folder)),
  )
  const services = new Set(
    production.map(({ path }) => /^src\/services\/[^/]+\//.exec(path)?.[0]).filter((room) => room !== undefined),
  )
  for (const room of [...rooms, ...services]) {
    const lines = readFileSync(join(root, room, 'README.md'), 'utf8').split('\n')
    assert.ok(lines.length <= 61, `${room}README.md has ${lines.length} lines`)
  }
})

function mayImport(path: string, imported: string): boolean {
  if (imported.endsWith('.test.ts')) return false
  for (const { from, to, but } of closedDoors) {
    if (from.test(path) && to.test(imported) && !(but?.test(imported) ?? false)) return false
  }
  const [room, floor] = roomOf(path)
  const [otherRoom, otherFloor] = roomOf(imported)
  return room === otherRoom || otherFloor < floor
}

/** Each service is a room of its own. */
function roomOf(path: string): readonly [room: string, floor: number] {
  const folder = Object.keys(floors)
    .filter((candidate) => path.startsWith(candidate))
    .sort((a, b) => b.length - a.length)[0]
  assert.ok(folder !== undefined, `${path} is in a folder that the ladder does not know`)
  const service = folder === 'src/services/' ? (path.slice(folder.length).split('/')[0] ?? '') : ''
  return [`${folder}${service}`, floors[folder] ?? 0]
}

function circles(graph: readonly SourceFile[]): readonly string[] {
  const importsOf = new Map(graph.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const found: string[] = []
  const walk = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path)
    if (start !== -1) found.push([...trail.slice(start), path].join(' → '))
    if (start !== -1 || done.has(path)) return
    for (const imported of importsOf.get(path) ?? []) walk(imported, [...trail, path])
    done.add(path)
  }
  for (const { path } of graph) walk(path, [])
  return found
}

function sourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .map(readSource)
}

function readSource(path: string): SourceFile {
  const code = readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const specifiers = [...code.matchAll(/(?:from|import) '(\.[^']+)'/g), ...code.matchAll(/import\('(\.[^']+)'\)/g)].map(
    ([, specifier]) => specifier ?? '',
  )
  const workers = [...code.matchAll(/workerEntry\(import\.meta\.url, '([^']+)'\)/g)].map(([, name]) => `./${name}.ts`)
  const imports = [...specifiers, ...workers].map((specifier) =>
    relative(root, join(root, dirname(path), specifier)).replaceAll('\\', '/'),
  )
  return { path, code, imports }
}
