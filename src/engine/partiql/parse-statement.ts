/** Statement texts to trees. What PartiQL can read and DynamoDB cannot do is refused later, when it is bound. */
import { RecentTexts } from '../expressions/recent-texts.ts'
import { TermParser } from './parse-term.ts'
import { malformed } from './problem.ts'
import type {
  ForeignClause,
  OrderKey,
  Returning,
  SelectStatement,
  Source,
  Statement,
  StatementTree,
  Term,
  UpdateClause,
} from './statement-tree.ts'
import { TokenReader } from './token-reader.ts'

const textsKept = 1_000
const trees = new RecentTexts<StatementTree>(textsKept)

/** The tree of a statement, kept by its text. Throws ValidationException `Statement wasn't well formed …`. */
export function parseStatement(text: string): StatementTree {
  return trees.get(text, () => new StatementParser(text).whole())
}

class StatementParser {
  readonly #reader: TokenReader
  readonly #terms: TermParser

  constructor(text: string) {
    this.#reader = new TokenReader(text)
    this.#terms = new TermParser(this.#reader, () => this.#select())
  }

  whole(): StatementTree {
    const statement = this.#statement()
    this.#reader.takesSign(';')
    if (this.#reader.peek().kind !== 'end') throw malformed('Unexpected token after expression')
    return { statement, parameters: this.#reader.parameters }
  }

  #statement(): Statement {
    const { kind, text } = this.#reader.peek()
    if (kind === 'word') {
      switch (text) {
        case 'select':
          return this.#select()
        case 'insert':
          return this.#insert()
        case 'update':
          return this.#update()
        case 'delete':
          return this.#delete()
        case 'from':
          return this.#fromFirst()
        case 'set':
        case 'remove':
          throw malformed('Expected data manipulation')
      }
    }
    return { kind: 'term', term: this.#terms.term() }
  }

  #select(): SelectStatement {
    this.#reader.next()
    let foreign = this.#foreignWord(['distinct', 'value'])
    this.#reader.takesWord('all')
    const columns = this.#columns()
    if (!this.#reader.takesWord('from')) throw malformed('Expected FROM after SELECT list')
    const sources = this.#terms.listOf(() => this.#source(this.#terms.term()))
    const where = this.#where()
    foreign ??= this.#foreignClause('group', () => {
      this.#reader.takesWord('by')
      this.#terms.listOf(() => this.#terms.term())
    })
    foreign ??= this.#foreignClause('having', () => this.#terms.term())
    const orderBy = this.#orderBy()
    foreign ??= this.#foreignClause('limit', () => this.#terms.term())
    foreign ??= this.#foreignClause('offset', () => this.#terms.term())
    return { kind: 'select', columns, sources, where, orderBy, foreign }
  }

  #columns(): SelectStatement['columns'] {
    if (this.#reader.isSign('*')) {
      this.#reader.next()
      if (!this.#reader.isSign(',')) return undefined
      throw malformed("Other expressions may not be present in the select list when '*' is used without dot notation.")
    }
    return this.#terms.listOf(() => {
      if (this.#reader.isSign('*')) {
        throw malformed(
          "Other expressions may not be present in the select list when '*' is used without dot notation.",
        )
      }
      const term = this.#terms.term()
      return { term, hasAlias: this.#alias() }
    })
  }

  #orderBy(): readonly OrderKey[] {
    if (!this.#reader.takesWord('order')) return []
    this.#reader.expectWord('by')
    return this.#terms.listOf(() => {
      const term = this.#terms.term()
      if (this.#reader.takesWord('desc')) return { term, descending: true }
      this.#reader.takesWord('asc')
      return { term, descending: false }
    })
  }

  #insert(): Statement {
    this.#reader.next()
    this.#reader.expectWord('into')
    const target = this.#terms.simplePath()
    const isSingle = this.#reader.takesWord('value')
    const value = this.#terms.term()
    return { kind: 'insert', target, value, isSingle, returning: this.#returning() }
  }

  #update(): Statement {
    this.#reader.next()
    const source = this.#source(this.#terms.simplePath())
    const clauses = this.#clauses()
    const where = this.#where()
    return { kind: 'update', source, clauses, where, returning: this.#returning() }
  }

  #delete(): Statement {
    this.#reader.next()
    if (!this.#reader.takesWord('from')) throw malformed('Expected FROM after DELETE')
    const source = this.#source(this.#terms.simplePath())
    const where = this.#where()
    return { kind: 'delete', source, where, returning: this.#returning() }
  }

  /** `FROM table WHERE … SET …`: an update that names its table first. */
  #fromFirst(): Statement {
    this.#reader.next()
    const source = this.#source(this.#terms.term())
    const where = this.#where()
    const clauses = this.#clauses()
    return { kind: 'update', source, clauses, where, returning: this.#returning() }
  }

  #clauses(): readonly UpdateClause[] {
    const clauses: UpdateClause[] = []
    for (;;) {
      if (this.#reader.takesWord('set')) clauses.push(...this.#terms.listOf(() => this.#assignment()))
      else if (this.#reader.takesWord('remove')) {
        clauses.push(...this.#terms.listOf((): UpdateClause => ({ kind: 'remove', path: this.#terms.simplePath() })))
      } else if (clauses.length > 0) return clauses
      else throw malformed('Expected data manipulation')
    }
  }

  #assignment(): UpdateClause {
    const path = this.#terms.simplePath()
    if (!this.#reader.takesSign('=')) throw malformed("Expected '='")
    return { kind: 'set', path, value: this.#terms.term() }
  }

  #source(term: Term): Source {
    return { term, hasAlias: this.#alias() }
  }

  /** `AS name`, `AT name`, `BY name`, or a name alone. */
  #alias(): boolean {
    let found = false
    for (;;) {
      const isNamed = this.#reader.isWord('as') || this.#reader.isWord('at') || this.#reader.isWord('by')
      if (isNamed) {
        this.#reader.next()
        if (!this.#reader.isName()) throw malformed('Expected identifier for alias')
      } else if (found || !this.#reader.isName()) return found
      this.#reader.next()
      found = true
    }
  }

  #where(): Term | undefined {
    return this.#reader.takesWord('where') ? this.#terms.term() : undefined
  }

  #returning(): Returning | undefined {
    if (!this.#reader.takesWord('returning')) return undefined
    const which = this.#reader.next()
    const when = this.#reader.next()
    if ((which.text !== 'all' && which.text !== 'modified') || (when.text !== 'old' && when.text !== 'new')) {
      throw malformed('Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.')
    }
    if (!this.#reader.takesSign('*')) throw malformed('Unsupported syntax in RETURNING columns.')
    return { which: which.text === 'all' ? 'ALL' : 'MODIFIED', when: when.text === 'old' ? 'OLD' : 'NEW' }
  }

  #foreignWord(words: readonly string[]): ForeignClause | undefined {
    const { at } = this.#reader.peek()
    const word = words.find((each) => this.#reader.takesWord(each))
    return word === undefined ? undefined : { name: word.toUpperCase(), at }
  }

  /** The clause is named with the place of what it says. */
  #foreignClause(word: string, content: () => unknown): ForeignClause | undefined {
    if (!this.#reader.takesWord(word)) return undefined
    const { at } = this.#reader.peek()
    content()
    return { name: word === 'group' ? 'GROUP BY' : word.toUpperCase(), at }
  }
}
