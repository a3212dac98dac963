/**
 * What expressions may do with key attributes, of the table and of its indexes: they hold scalars, so no path leads
 * into them, and an update that puts a value of another type there is refused before the item is looked at.
 */
import { validationError } from '../../foundation/service-error.ts'
import { invalidValues } from '../errors.ts'
import { eachPathOfCondition, eachPathOfValue } from '../expressions/attributes-named.ts'
import type { Condition, Path, Update, UpdateAction } from '../expressions/syntax.ts'
import { type CompiledTable, namesOf } from '../tables/compiled-table.ts'
import { type AttributeType, typeOf } from './attribute-value.ts'

/** ValidationException for a path into a key attribute; the table's keys are named before those of indexes. */
export function checkKeysAreScalars(table: CompiledTable, paths: readonly Path[]): void {
  const entered = paths.filter((path) => path.length > 1).map((path) => path[0])
  if (entered.length === 0) return
  for (const name of table.keyNames) if (entered.includes(name)) throw notScalar('Key', name)
  for (const { record } of table.indexes) {
    for (const name of namesOf(record.keySchema)) if (entered.includes(name)) throw notScalar('IndexKey', name)
  }
}

function notScalar(what: 'Key' | 'IndexKey', name: string): Error {
  return validationError(
    `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${what}: ${name}`,
  )
}

export function pathsOfCondition(condition: Condition | undefined): readonly Path[] {
  const paths: Path[] = []
  if (condition !== undefined) eachPathOfCondition(condition, (path) => paths.push(path))
  return paths
}

/** What an update is held to by the key schemas alone, before its condition is tested. */
export function checkUpdateOfKeys(table: CompiledTable, update: Update): void {
  for (const name of table.keyNames) {
    if (update.actions.some(({ path }) => path[0] === name)) {
      throw invalidValues(`Cannot update attribute ${name}. This attribute is part of the key`)
    }
  }
  if (table.indexes.length > 0) checkIndexKeyTypes(table, update)
  checkKeysAreScalars(table, pathsOfUpdate(update))
}

function checkIndexKeyTypes(table: CompiledTable, update: Update): void {
  for (const { record } of table.indexes) {
    for (const { name, type } of [...record.keySchema.hash, ...record.keySchema.range]) {
      const action = update.actions.find(({ path }) => path.length === 1 && path[0] === name)
      const actual = action === undefined ? undefined : typeWritten(action)
      if (actual !== undefined && actual !== type) {
        throw invalidValues(
          `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${actual} IndexName: ${record.name}`,
        )
      }
    }
  }
}

/** The type that an action leaves behind, where the request alone tells. */
function typeWritten(action: UpdateAction): AttributeType | undefined {
  if (action.kind === 'remove') return undefined
  if (action.kind !== 'set') return typeOf(action.value)
  switch (action.value.kind) {
    case 'value':
      return typeOf(action.value.value)
    case 'plus':
    case 'minus':
      return 'N'
    case 'list-append':
      return 'L'
    default:
      return undefined
  }
}

function pathsOfUpdate({ actions }: Update): readonly Path[] {
  const paths: Path[] = []
  for (const action of actions) {
    paths.push(action.path)
    if (action.kind === 'set') eachPathOfValue(action.value, (path) => paths.push(path))
  }
  return paths
}
