/** Expression trees: what every form of condition, update, projection and filter becomes before it runs. Plain data. */
import type { AttributeType, AttributeValue } from '../items/attribute-value.ts'

/** A document path with names resolved: `a.b[3]` is ['a', 'b', 3]. The first element is always a name. */
export type Path = readonly (string | number)[]

/** One column of a PartiQL select list: the value at the path, under a name of its own. */
export interface Column {
  readonly name: string
  readonly path: Path
}

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'size'; readonly of: Operand }
  /** A condition as a BOOL, as PartiQL has it: `attribute_exists(a) = true`. */
  | { readonly kind: 'condition'; readonly condition: Condition }

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>='

export type Condition =
  | { readonly kind: 'and'; readonly all: readonly Condition[] }
  | { readonly kind: 'or'; readonly any: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly list: readonly Operand[] }
  | { readonly kind: 'exists'; readonly path: Path }
  | { readonly kind: 'not-exists'; readonly path: Path }
  | { readonly kind: 'type'; readonly operand: Operand; readonly type: AttributeType }
  | { readonly kind: 'begins-with'; readonly operand: Operand; readonly prefix: Operand }
  | { readonly kind: 'contains'; readonly operand: Operand; readonly value: Operand }

export type UpdateValue =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'if-not-exists'; readonly path: Path; readonly otherwise: UpdateValue }
  | { readonly kind: 'list-append'; readonly first: UpdateValue; readonly second: UpdateValue }
  | { readonly kind: 'plus' | 'minus'; readonly left: UpdateValue; readonly right: UpdateValue }

export type UpdateAction =
  | { readonly kind: 'set'; readonly path: Path; readonly value: UpdateValue }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add'; readonly path: Path; readonly value: AttributeValue }
  | { readonly kind: 'delete'; readonly path: Path; readonly value: AttributeValue }

export interface Update {
  readonly actions: readonly UpdateAction[]
  /** Made from AttributeUpdates: some errors have other texts, and ADD takes lists. */
  readonly legacy?: true
}

/** How one range key attribute is bound in a query. */
export type RangeBound =
  | { readonly kind: 'compare'; readonly comparator: '=' | '<' | '<=' | '>' | '>='; readonly value: AttributeValue }
  | { readonly kind: 'between'; readonly low: AttributeValue; readonly high: AttributeValue }
  | { readonly kind: 'begins-with'; readonly prefix: AttributeValue }

/** A query's keys, in schema order: every hash attribute by equality, then range attributes, only the last by inequality. */
export interface KeyCondition {
  readonly hash: readonly AttributeValue[]
  readonly range: readonly RangeBound[]
}
