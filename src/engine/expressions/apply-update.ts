/** Updates on items. Every action reads the item as it was; what they write comes together in a new item. */
import { type ServiceError, validationError } from '../../foundation/service-error.ts'
import { addNumbers, compareNumbers, subtractNumbers } from '../encoding/numbers.ts'
import { type AttributeValue, attributeOf, emptyItem, type Item, typeOf } from '../items/attribute-value.ts'
import { compareBinaries, compareTexts } from '../items/compare-values.ts'
import { valueAt } from './documents.ts'
import { projectItem } from './project.ts'
import type { Path, Update, UpdateAction, UpdateValue } from './syntax.ts'

/**
 * The item after the update; the input stays as it is. For an update that creates its item, pass the key alone.
 * Throws the ValidationExceptions that depend on the item: wrong types first, then, from the last kind of action to
 * the first, paths that lead nowhere and attributes that a SET reads in vain.
 */
export function applyUpdate(update: Update, item: Item): Item {
  const { actions } = update
  for (const { path } of actions) if (isWrongContainer(path, item)) throw invalidPath()
  const outcomes = actions.map((action) => outcomeOf(action, item, update.legacy === true))
  for (const kind of [...new Set(actions.map((action) => action.kind))].reverse()) {
    for (const action of actions) if (action.kind === kind && !isReachable(action.path, item)) throw invalidPath()
    for (const outcome of outcomes) if (outcome.kind === kind && outcome.value === missing) throw missingAttribute()
  }
  const root: Edits = new Map()
  for (const [position, { path }] of actions.entries()) {
    const value = outcomes[position]?.value
    if (value !== undefined && value !== missing) addEdit(root, path, value)
  }
  return editedMap(item, root)
}

/** The attributes at the paths that the update writes, as ReturnValues UPDATED_OLD and UPDATED_NEW show an item. */
export function updatedPart(update: Update, item: Item): Item {
  return projectItem(
    update.actions.map(({ path }) => path),
    item,
  )
}

/** A SET reads an attribute that is not there; reported only after problems of other kinds. */
const missing = Symbol('missing')
/** What lies at the path is to go. */
const removed = Symbol('removed')

interface Outcome {
  readonly kind: UpdateAction['kind']
  /** Undefined: nothing changes. */
  readonly value: AttributeValue | typeof missing | typeof removed | undefined
}

function outcomeOf(action: UpdateAction, item: Item, isLegacy: boolean): Outcome {
  const { kind, path } = action
  switch (kind) {
    case 'set':
      return { kind, value: computed(action.value, item) }
    case 'remove':
      return { kind, value: removed }
    case 'add': {
      const present = valueAt(item, path)
      return { kind, value: present === undefined ? action.value : sum(present, action.value, isLegacy) }
    }
    case 'delete': {
      const present = valueAt(item, path)
      return { kind, value: present === undefined ? undefined : difference(present, action.value, isLegacy) }
    }
  }
}

function computed(value: UpdateValue, item: Item): AttributeValue | typeof missing {
  switch (value.kind) {
    case 'value':
      return value.value
    case 'path':
      return valueAt(item, value.path) ?? missing
    case 'if-not-exists':
      return valueAt(item, value.path) ?? computed(value.otherwise, item)
    case 'list-append': {
      const first = ofType('L', computed(value.first, item))
      const second = ofType('L', computed(value.second, item))
      return first === missing || second === missing ? missing : { L: [...first.L, ...second.L] }
    }
    case 'plus':
    case 'minus': {
      const left = ofType('N', computed(value.left, item))
      const right = ofType('N', computed(value.right, item))
      if (left === missing || right === missing) return missing
      return { N: value.kind === 'plus' ? addNumbers(left.N, right.N) : subtractNumbers(left.N, right.N) }
    }
  }
}

type Typed<Type extends 'L' | 'N'> = Extract<AttributeValue, Readonly<Record<Type, unknown>>>

function ofType<Type extends 'L' | 'N'>(
  type: Type,
  value: AttributeValue | typeof missing,
): Typed<Type> | typeof missing {
  if (value === missing) return missing
  if (typeOf(value) !== type) throw incorrectType(false)
  return value as Typed<Type>
}

/** ADD: numbers add up, sets unite; in AttributeUpdates lists append too. */
function sum(present: AttributeValue, added: AttributeValue, isLegacy: boolean): AttributeValue {
  if ('N' in present && 'N' in added) return { N: addNumbers(present.N, added.N) }
  if ('SS' in present && 'SS' in added) return { SS: union(present.SS, added.SS, compareTexts) }
  if ('NS' in present && 'NS' in added) return { NS: union(present.NS, added.NS, compareNumbers) }
  if ('BS' in present && 'BS' in added) return { BS: union(present.BS, added.BS, compareBinaries) }
  if (isLegacy && 'L' in present && 'L' in added) return { L: [...present.L, ...added.L] }
  throw incorrectType(isLegacy)
}

/** DELETE: a set without some members; a set without members goes. */
function difference(
  present: AttributeValue,
  deleted: AttributeValue,
  isLegacy: boolean,
): AttributeValue | typeof removed {
  if ('SS' in present && 'SS' in deleted) {
    const SS = without(present.SS, deleted.SS)
    return SS.length === 0 ? removed : { SS }
  }
  if ('NS' in present && 'NS' in deleted) {
    const NS = without(present.NS, deleted.NS)
    return NS.length === 0 ? removed : { NS }
  }
  if ('BS' in present && 'BS' in deleted) {
    const BS = without(present.BS, deleted.BS)
    return BS.length === 0 ? removed : { BS }
  }
  throw incorrectType(isLegacy)
}

function union(
  present: readonly string[],
  added: readonly string[],
  compare: (a: string, b: string) => number,
): readonly string[] {
  const members = new Set(present)
  for (const member of added) members.add(member)
  return members.size === present.length ? present : [...members].sort(compare)
}

function without(present: readonly string[], deleted: readonly string[]): readonly string[] {
  const gone = new Set(deleted)
  return present.filter((member) => !gone.has(member))
}

/** The parent is there but is no list for an index, or no map for a name. */
function isWrongContainer(path: Path, item: Item): boolean {
  if (path.length === 1) return false
  const parent = valueAt(item, path.slice(0, -1))
  return parent !== undefined && !(typeof path.at(-1) === 'number' ? 'L' in parent : 'M' in parent)
}

function isReachable(path: Path, item: Item): boolean {
  return path.length === 1 || valueAt(item, path.slice(0, -1)) !== undefined
}

/** New values by step; a map where the change lies deeper. Paths never meet, so no step has both. */
type Edits = Map<string | number, Edit>
type Edit = AttributeValue | typeof removed | Edits

function addEdit(root: Edits, path: Path, value: AttributeValue | typeof removed): void {
  let edits = root
  for (const step of path.slice(0, -1)) {
    let deeper = edits.get(step)
    if (!(deeper instanceof Map)) {
      deeper = new Map()
      edits.set(step, deeper)
    }
    edits = deeper
  }
  edits.set(path.at(-1) as string | number, value)
}

function editedMap(members: Item, edits: Edits): Item {
  const edited = emptyItem()
  for (const name in members) {
    const present = members[name] as AttributeValue
    const edit = edits.get(name)
    const value = edit === undefined ? present : editedValue(present, edit)
    if (value !== removed) edited[name] = value
  }
  for (const [name, edit] of edits) {
    if (edit === removed || edit instanceof Map || attributeOf(members, name as string) !== undefined) continue
    edited[name as string] = edit
  }
  return edited
}

/** Indexes are those of the old list; what is set beyond its end is appended in the order of the indexes. */
function editedList(elements: readonly AttributeValue[], edits: Edits): readonly AttributeValue[] {
  const edited: AttributeValue[] = []
  for (const [index, present] of elements.entries()) {
    const edit = edits.get(index)
    const value = edit === undefined ? present : editedValue(present, edit)
    if (value !== removed) edited.push(value)
  }
  const beyond = [...edits].filter(([index]) => (index as number) >= elements.length)
  beyond.sort(([a], [b]) => (a as number) - (b as number))
  for (const [, edit] of beyond) if (edit !== removed && !(edit instanceof Map)) edited.push(edit)
  return edited
}

function editedValue(present: AttributeValue, edit: Edit): AttributeValue | typeof removed {
  if (!(edit instanceof Map)) return edit
  if ('L' in present) return { L: editedList(present.L, edit) }
  return { M: editedMap('M' in present ? present.M : emptyItem(), edit) }
}

function invalidPath(): ServiceError {
  return validationError('The document path provided in the update expression is invalid for update')
}

function missingAttribute(): ServiceError {
  return validationError('The provided expression refers to an attribute that does not exist in the item')
}

function incorrectType(isLegacy: boolean): ServiceError {
  return validationError(
    isLegacy
      ? 'Type mismatch for attribute to update'
      : 'An operand in the update expression has an incorrect data type',
  )
}
