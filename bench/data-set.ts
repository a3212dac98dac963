/** The tables and items that every peer is loaded with: the same bytes for the same seed. */

export interface TableDefinition {
  readonly TableName: string
  readonly BillingMode: 'PAY_PER_REQUEST'
  readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: 'S' }[]
  readonly KeySchema: readonly { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[]
}

/** 1 KB items, 20 to a partition key. */
export const orders = tableDefinition('Orders')
/** 100-byte items, 12,000 to a partition key: a Query of one key fills the 1 MB page. */
export const ticks = tableDefinition('Ticks')

export const orderBytes = 1024
export const tickBytes = 100
export const ordersPerPartition = 20
export const ticksPerPartition = 12_000
export const tickPartitions = 4

/** A small generator with a seed (xorshift32), so that two peers see the same keys in the same order. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1
  return (below) => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % below
  }
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const fillerSource = (() => {
  const random = seededRandom(20_120_810)
  let text = ''
  while (text.length < 65_536) text += letters[random(letters.length)]
  return text
})()

/** The key of the numbered order; consecutive numbers share a partition key in groups of 20. */
export function orderKey(number: number, prefix = 'customer'): string {
  const partition = Math.floor(number / ordersPerPartition)
  const sort = number % ordersPerPartition
  return `"pk":{"S":"${prefix}-${pad(partition, 8)}"},"sk":{"S":"order-${pad(sort, 4)}"}`
}

/** The JSON of an item of exactly 1,024 bytes by DynamoDB's size rules. */
export function orderItem(number: number, prefix = 'customer'): string {
  // Sizes: "pk" + key, "sk" + key, "amount" + N (1 byte per two digits + 1), "note" + text.
  const spent = 2 + prefix.length + 9 + 2 + 10 + 6 + 2 + 4
  const note = filler(number, orderBytes - spent)
  return `{${orderKey(number, prefix)},"amount":{"N":"7"},"note":{"S":"${note}"}}`
}

export function tickPartitionKey(partition: number): string {
  return `exchange-${pad(partition, 2)}`
}

/** The JSON of an item of exactly 100 bytes by DynamoDB's size rules. */
export function tickItem(partition: number, number: number): string {
  const spent = 2 + 11 + 2 + 11 + 4
  return `{"pk":{"S":"${tickPartitionKey(partition)}"},"sk":{"S":"tick-${pad(number, 6)}"},"note":{"S":"${filler(number, tickBytes - spent)}"}}`
}

function filler(number: number, length: number): string {
  const at = (number * 7919) % (fillerSource.length - length)
  return fillerSource.slice(at, at + length)
}

function pad(number: number, width: number): string {
  return String(number).padStart(width, '0')
}

function tableDefinition(name: string): TableDefinition {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  }
}
