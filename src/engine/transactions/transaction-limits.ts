/** What a transaction as a whole is held to. */
import { requestFault } from '../errors.ts'
import type { Update, UpdateValue } from '../expressions/syntax.ts'
import { itemSize, valueSize } from '../items/item-size.ts'
import type { WriteAction } from '../items/plan-write.ts'

/** AWS quota: the data of all items together. */
export const transactionBytesMax = 4 * 2 ** 20

/** `keys` are table ids and tree keys; undefined where an action's key is not sound. */
export function refuseSharedItems(
  items: readonly ({ readonly tableId: string; readonly key: Buffer } | undefined)[],
): void {
  const seen = new Set<string>()
  for (const item of items) {
    if (item === undefined) continue
    const id = `${item.tableId}/${item.key.toString('latin1')}`
    if (seen.has(id)) throw requestFault('Transaction request cannot include multiple operations on one item')
    seen.add(id)
  }
}

export function refuseTooMuch(bytes: number): void {
  if (bytes <= transactionBytesMax) return
  throw requestFault(
    'Collection size of items exceeded, the aggregate size of the items in the transaction cannot exceed 4MB limit',
  )
}

/** The data that an action brings: the item put, or the key and the values written. */
export function actionBytes(action: WriteAction, putBytes: number): number {
  if (action.kind === 'put') return putBytes
  return itemSize(action.key) + (action.kind === 'update' && action.update ? updateBytes(action.update) : 0)
}

function updateBytes({ actions }: Update): number {
  let total = 0
  for (const action of actions) {
    if (action.kind === 'set') total += literalBytes(action.value)
    else if (action.kind !== 'remove') total += valueSize(action.value)
  }
  return total
}

function literalBytes(value: UpdateValue): number {
  switch (value.kind) {
    case 'value':
      return valueSize(value.value)
    case 'path':
      return 0
    case 'if-not-exists':
      return literalBytes(value.otherwise)
    case 'list-append':
      return literalBytes(value.first) + literalBytes(value.second)
    case 'plus':
    case 'minus':
      return literalBytes(value.left) + literalBytes(value.right)
  }
}
