/** Reads the tables of cases; README.md says what their fields mean. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const folder = fileURLToPath(new URL('.', import.meta.url))

const statements = z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))])
const names = z.union([z.string(), z.array(z.string())])

const authorizationCase = z.strictObject({
  name: z.string(),
  caller: z.union([z.string(), z.record(z.string(), z.unknown())]).default('user'),
  action: z.string().default('dynamodb:GetItem'),
  resource: z.string().default('arn:aws:dynamodb:us-east-1:111111111111:table/Orders'),
  owner: z.string().default('111111111111'),
  context: z.record(z.string(), names).default({}),
  condition: z.record(z.string(), z.unknown()).optional(),
  allow: names.optional(),
  deny: names.optional(),
  identity: statements.optional(),
  boundary: statements.optional(),
  session: statements.optional(),
  scp: z.array(statements).default([]),
  rcp: z.array(statements).default([]),
  resourcePolicy: statements.optional(),
  trust: z.boolean().default(false),
  mustAllow: z.boolean().default(false),
  endpoint: statements.optional(),
  version: z.string().default('2012-10-17'),
  expect: z.string().regex(/^(allowed|refused|(allowed|denied|not allowed) by [a-z-]+)$/),
  missing: z.array(z.string()).optional(),
  message: z.string().optional(),
})
export type AuthorizationCase = z.infer<typeof authorizationCase>

const documentCase = z.strictObject({
  name: z.string(),
  kind: z
    .enum(['managed', 'inline', 'session', 'trust', 'resource', 'vpc-endpoint', 'service-control', 'resource-control'])
    .optional(),
  /** The document, or its text where it is no JSON or its spelling matters. */
  document: z.unknown(),
  /** The text of the refusal, or `valid`. */
  expect: z.string(),
})
export type DocumentCase = z.infer<typeof documentCase> & {
  readonly kind: NonNullable<z.infer<typeof documentCase>['kind']>
}

export interface Topic<Case> {
  readonly file: string
  readonly topic: string
  readonly cases: readonly Case[]
}

export function authorizationTopics(): readonly Topic<AuthorizationCase>[] {
  const form = z.strictObject({ topic: z.string(), source: z.string(), cases: z.array(authorizationCase).min(1) })
  return readTables('', (text) => form.parse(text))
}

export function documentTopics(): readonly Topic<DocumentCase>[] {
  const kind = documentCase.shape.kind.unwrap()
  const form = z.strictObject({ topic: z.string(), source: z.string(), kind, cases: z.array(documentCase).min(1) })
  return readTables('documents/', (text) => {
    const table = form.parse(text)
    return { ...table, cases: table.cases.map((each) => ({ ...each, kind: each.kind ?? table.kind })) }
  })
}

function readTables<Case>(
  subfolder: string,
  parse: (json: unknown) => Omit<Topic<Case>, 'file'>,
): readonly Topic<Case>[] {
  return readdirSync(folder + subfolder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, ...parse(JSON.parse(readFileSync(folder + subfolder + file, 'utf8'))) }))
}
