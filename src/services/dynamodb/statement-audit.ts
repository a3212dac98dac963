/** What audit records keep of statements: their text without its values, never their parameters. */
import type { AuditShape } from '../../contract/operation.ts'
import { redactedStatement } from '../../engine/partiql/redact.ts'
import { tableResource } from './audit.ts'
import { boundStatement, type StatementInput } from './statements.ts'

/** CloudTrail calls no PartiQL call read-only, whatever it does. */
export function statementEvent<Input>(options: {
  readonly statements: (input: Input) => readonly StatementInput[]
  readonly parameters: (input: Input) => Readonly<Record<string, unknown>>
}): AuditShape<Input, object> {
  return {
    category: 'Data',
    readOnly: false,
    requestParameters: options.parameters,
    responseElements: () => null,
    resources: (input, ctx) => {
      const tables = options.statements(input).flatMap((statement) => tableNamed(statement) ?? [])
      return [...new Set(tables)].map((table) => tableResource(table, ctx))
    },
  }
}

/** A statement that cannot be read names no table. */
function tableNamed(statement: StatementInput): string | undefined {
  try {
    return boundStatement(statement).table
  } catch {
    return undefined
  }
}

export function recordedStatement({ Statement }: StatementInput): { readonly statement: string } {
  return { statement: redactedStatement(Statement) }
}
