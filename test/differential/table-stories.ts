/** Random tables: every key type, with and without range keys, indexes of every projection. */
import type { Chance } from './chance.ts'

export interface KeyPart {
  readonly name: string
  readonly type: 'S' | 'N' | 'B'
}

export interface IndexStory {
  readonly name: string
  readonly kind: 'local' | 'global'
  readonly hash: KeyPart
  readonly range: KeyPart | undefined
  readonly projection: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'
}

export interface TableStory {
  readonly name: string
  readonly hash: KeyPart
  readonly range: KeyPart | undefined
  readonly indexes: readonly IndexStory[]
  /** Attributes that are keys of indexes only. */
  readonly indexParts: readonly KeyPart[]
  readonly provisioned: boolean
}

const types = ['S', 'S', 'N', 'B'] as const

export function tableStory(chance: Chance, name: string): TableStory {
  const part = (attribute: string): KeyPart => ({ name: attribute, type: chance.one(types) })
  const hash = part('h')
  const range = chance.happens(0.7) ? part('r') : undefined
  const parts = [part('i'), part('j'), part('k')]
  const indexes: IndexStory[] = []
  const projection = (): IndexStory['projection'] => chance.one(['ALL', 'KEYS_ONLY', 'INCLUDE'] as const)
  if (range !== undefined) {
    for (const position of chance.some([1, 2])) {
      indexes.push({
        name: `local${position}`,
        kind: 'local',
        hash,
        range: chance.one([...parts, range]),
        projection: projection(),
      })
    }
  }
  for (const position of chance.some([1, 2])) {
    const indexHash = chance.one([...parts, hash, ...(range === undefined ? [] : [range])])
    const others = [...parts, hash, ...(range === undefined ? [] : [range])].filter((one) => one !== indexHash)
    indexes.push({
      name: `global${position}`,
      kind: 'global',
      hash: indexHash,
      range: chance.happens(0.6) ? chance.one(others) : undefined,
      projection: projection(),
    })
  }
  const used = indexes.flatMap((index) => [index.hash, ...(index.range === undefined ? [] : [index.range])])
  const indexParts = parts.filter((one) => used.includes(one))
  return { name, hash, range, indexes, indexParts, provisioned: chance.happens(0.5) }
}

const throughput = { ReadCapacityUnits: 1000, WriteCapacityUnits: 1000 }

export function createTableInput(table: TableStory): Record<string, unknown> {
  const definitions = [table.hash, ...(table.range === undefined ? [] : [table.range]), ...table.indexParts]
  const indexesOf = (kind: IndexStory['kind']): Record<string, unknown>[] =>
    table.indexes
      .filter((index) => index.kind === kind)
      .map((index) => ({
        IndexName: index.name,
        KeySchema: keySchema(index),
        Projection: {
          ProjectionType: index.projection,
          ...(index.projection === 'INCLUDE' && { NonKeyAttributes: ['a', 'b'] }),
        },
        ...(kind === 'global' && table.provisioned && { ProvisionedThroughput: throughput }),
      }))
  const local = indexesOf('local')
  const global = indexesOf('global')
  return {
    TableName: table.name,
    AttributeDefinitions: definitions.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: keySchema(table),
    ...(table.provisioned ? { ProvisionedThroughput: throughput } : { BillingMode: 'PAY_PER_REQUEST' }),
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
  }
}

function keySchema({ hash, range }: { readonly hash: KeyPart; readonly range: KeyPart | undefined }): object[] {
  return [
    { AttributeName: hash.name, KeyType: 'HASH' },
    ...(range === undefined ? [] : [{ AttributeName: range.name, KeyType: 'RANGE' }]),
  ]
}
