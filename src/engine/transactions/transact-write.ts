/** TransactWriteItems: every action is planned on the state as it was, then all are carried out, or none is. */
import type { TreeWriter } from '../../storage/trees.ts'
import { readUnits } from '../capacity/units.ts'
import { conditionFailed, idempotentParameterMismatch } from '../errors.ts'
import { type ChangeHouse, collectionKey } from '../items/change-item.ts'
import type { TransactAction, TransactWriteRequest, TransactWriteResult } from '../items/items.ts'
import { carryOut, type Plan, planWrite, type Target, targetOf, unitsOfLooking } from '../items/plan-write.ts'
import { fragmentOf, storedSize } from '../items/stored-item.ts'
import type { CompiledTable } from '../tables/compiled-table.ts'
import { ActionRefused, Cancellation } from './cancellation.ts'
import { findToken, keepToken, type SpentToken, sweepTokens } from './spent-tokens.ts'
import { TableUses } from './table-uses.ts'
import { actionBytes, refuseSharedItems, refuseTooMuch } from './transaction-limits.ts'
import { tablesOf } from './transaction-tables.ts'

/** An action with all that is needed to do it. */
interface Step {
  readonly target: Target
  readonly plan: Exclude<Plan, { readonly kind: 'refused' }>
}

export function transactWrite(
  trees: TreeWriter,
  house: ChangeHouse,
  request: TransactWriteRequest,
): TransactWriteResult {
  const { actions, scope, token } = request
  const cancellation = new Cancellation(actions.length)
  const tables = tablesOf(trees, house.catalog, scope, actions)
  const targets = actions.map((action, at) =>
    cancellation.attempt(at, () => targetOf(tables[at] as CompiledTable, action)),
  )
  refuseSharedItems(targets.map((target) => target && { tableId: target.table.record.id, key: target.key }))
  refuseTooMuch(targets.reduce((sum, target) => sum + (target ? actionBytes(target.action, target.putBytes) : 0), 0))
  const nowMs = house.clock.nowMs()
  const spent = token && findToken(trees, scope, token.value, nowMs)
  if (token !== undefined && spent !== undefined) return replayed(house, tables, token.requestDigest, spent)

  const steps = targets.map(
    (target, at) => target && cancellation.attempt(at, () => plan(trees, house, target, actions[at] as TransactAction)),
  )
  if (cancellation.needed) throw refused(trees, house, targets, cancellation)
  const uses = new TableUses()
  const readAgain = new TableUses()
  for (const [at, one] of (steps as readonly Step[]).entries()) {
    cancellation.attempt(at, () => write(trees, house, one, uses))
    readAgain.addTableUnits(one.target.table.record.name, 2 * readUnits(sizeBytes(one.plan), true))
  }
  if (cancellation.needed) throw cancellation.error()
  if (token !== undefined) {
    const units = readAgain.list().map(({ table, capacity }) => [table, capacity.table] as const)
    keepToken(trees, scope, token.value, {
      spentAtMs: nowMs,
      requestDigest: token.requestDigest,
      readUnits: units,
    })
    sweepTokens(trees, nowMs)
  }
  return { tables: uses.list(), replayed: false }
}

function plan(trees: TreeWriter, house: ChangeHouse, target: Target, action: TransactAction): Step {
  const planned = planWrite(trees, target, action.condition, 'item')
  if (planned.kind !== 'refused') {
    house.admission.admitWrite(target.table, target.key)
    return { target, plan: planned }
  }
  throw new ActionRefused({
    Code: action.failsAs?.code ?? 'ConditionalCheckFailed',
    ...(action.returnOldOnFailure && planned.before !== undefined && { Item: fragmentOf(planned.before) }),
    Message: action.failsAs?.message ?? conditionFailed(undefined).message,
  })
}

/** Twice the units of a plain write on the table itself; indexes are charged once (measured on AWS). */
function write(trees: TreeWriter, house: ChangeHouse, { target, plan }: Step, uses: TableUses): void {
  const { table, action } = target
  const { capacity, collectionBytes } = carryOut(trees, house, target, plan)
  capacity.table *= 2
  house.admission.spendWrite(table, capacity)
  uses.add(table.record.name, capacity)
  if (collectionBytes === undefined) return
  const keyed = action.kind === 'put' ? action.item : action.key
  uses.collection(table.record.name, collectionKey(table, keyed), collectionBytes)
}

/**
 * A transaction is charged half when it is prepared, half when it is committed: a cancelled one was only prepared. One that
 * was throttled is not charged, or its repetitions would keep the throughput from coming back.
 */
function refused(
  trees: TreeWriter,
  house: ChangeHouse,
  targets: readonly (Target | undefined)[],
  cancellation: Cancellation,
): Error {
  for (const target of cancellation.throttled ? [] : targets) {
    if (target === undefined) continue
    const before = trees.get(target.table.record.tree, target.key)
    house.admission.spendWrite(target.table, unitsOfLooking(target, before))
  }
  return cancellation.error()
}

/** The same token again: nothing is written, and reading the items is charged. */
function replayed(
  house: ChangeHouse,
  tables: readonly CompiledTable[],
  requestDigest: string,
  spent: SpentToken,
): TransactWriteResult {
  if (requestDigest !== spent.requestDigest) throw idempotentParameterMismatch()
  const uses = new TableUses()
  for (const [table, units] of spent.readUnits) uses.addTableUnits(table, units)
  const list = uses.list()
  for (const { table, capacity } of list) {
    const compiled = tables.find(({ record }) => record.name === table)
    if (compiled !== undefined) house.admission.spendRead(compiled, capacity)
  }
  return { tables: list, replayed: true }
}

/** The larger of the item as it was and as it will be. */
function sizeBytes(plan: Step['plan']): number {
  const before = plan.kind === 'change' ? plan.change.before : plan.before
  const after = plan.kind === 'change' ? (plan.change.after?.sizeBytes ?? 0) : 0
  return Math.max(before === undefined ? 0 : storedSize(before), after)
}
