/** Statements as written. A tree depends on its text alone: parameters are put in when it is bound. */
import type { Place } from './problem.ts'

export type PathStep =
  | { readonly kind: 'member'; readonly name: string; readonly at: Place }
  /** `[index]`, whatever was written there. */
  | { readonly kind: 'element'; readonly index: Term; readonly at: Place }
  /** `.*` or `[*]`. */
  | { readonly kind: 'every'; readonly at: Place }

export interface PathTerm {
  readonly kind: 'path'
  /** The attribute, or the table. */
  readonly name: string
  readonly steps: readonly PathStep[]
  readonly at: Place
}

export interface CallTerm {
  readonly kind: 'call'
  /** In lower case. */
  readonly name: string
  readonly operands: readonly Term[]
  readonly at: Place
}

export interface SelectTerm {
  readonly kind: 'select'
  readonly select: SelectStatement
  readonly at: Place
}

export type BinaryOperator =
  | 'and'
  | 'or'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | 'like'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '||'

export type Term =
  | PathTerm
  | CallTerm
  | SelectTerm
  /** `text` is a string's content, a number with its sign, or the word of the rest. */
  | {
      readonly kind: 'literal'
      readonly type: 'string' | 'number' | 'boolean' | 'null' | 'missing'
      readonly text: string
      readonly at: Place
    }
  /** `position` counts from 0. */
  | { readonly kind: 'parameter'; readonly position: number; readonly at: Place }
  | { readonly kind: 'list' | 'bag'; readonly elements: readonly Term[]; readonly at: Place }
  | {
      readonly kind: 'struct'
      readonly members: readonly { readonly name: Term; readonly value: Term }[]
      readonly at: Place
    }
  | { readonly kind: 'unary'; readonly operator: 'not' | '+' | '-'; readonly operand: Term; readonly at: Place }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Term
      readonly right: Term
      readonly at: Place
    }
  | {
      readonly kind: 'between'
      readonly operand: Term
      readonly low: Term
      readonly high: Term
      readonly at: Place
    }
  /** `type` is the type's name in lower case. */
  | { readonly kind: 'is'; readonly operand: Term; readonly type: string; readonly at: Place }

/** What is not DynamoDB's but PartiQL's: read, so that it can be refused by its name. */
export interface ForeignClause {
  readonly name: string
  readonly at: Place
}

/** A table, or `"table"."index"`. */
export interface Source {
  readonly term: Term
  /** AS, AT or BY names it. */
  readonly hasAlias: boolean
}

export interface OrderKey {
  readonly term: Term
  readonly descending: boolean
}

export interface SelectStatement {
  readonly kind: 'select'
  /** Undefined: `*`. */
  readonly columns: readonly { readonly term: Term; readonly hasAlias: boolean }[] | undefined
  readonly sources: readonly Source[]
  readonly where: Term | undefined
  readonly orderBy: readonly OrderKey[]
  readonly foreign: ForeignClause | undefined
}

export interface Returning {
  readonly which: 'ALL' | 'MODIFIED'
  readonly when: 'OLD' | 'NEW'
}

export interface InsertStatement {
  readonly kind: 'insert'
  readonly target: Term
  readonly value: Term
  /** False: `INSERT INTO table <<…>>`, which DynamoDB does not know. */
  readonly isSingle: boolean
  readonly returning: Returning | undefined
}

export type UpdateClause =
  | { readonly kind: 'set'; readonly path: PathTerm; readonly value: Term }
  | { readonly kind: 'remove'; readonly path: PathTerm }

export interface UpdateStatement {
  readonly kind: 'update'
  readonly source: Source
  readonly clauses: readonly UpdateClause[]
  readonly where: Term | undefined
  readonly returning: Returning | undefined
}

export interface DeleteStatement {
  readonly kind: 'delete'
  readonly source: Source
  readonly where: Term | undefined
  readonly returning: Returning | undefined
}

/** Any other expression, among them `EXISTS(SELECT …)`. */
export interface TermStatement {
  readonly kind: 'term'
  readonly term: Term
}

export type Statement = SelectStatement | InsertStatement | UpdateStatement | DeleteStatement | TermStatement

export interface StatementTree {
  readonly statement: Statement
  /** How many `?` it has. */
  readonly parameters: number
}
