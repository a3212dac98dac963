/** What the audit records keep of STS's calls: never a secret key, a token or a code. */
import type { AuditShape } from '../../contract/operation.ts'
import { lowerFirst } from '../../contract/shape.ts'

const neverRecorded: ReadonlySet<string> = new Set([
  'TokenCode',
  'WebIdentityToken',
  'SecretAccessKey',
  'SessionToken',
  'EncodedMessage',
  'DecodedMessage',
])

export function managementEvent<Input extends object, Output extends object>(
  resources: (input: Input) => readonly { readonly type: string; readonly arn: string }[] = () => [],
): AuditShape<Input, Output> {
  return {
    category: 'Management',
    readOnly: true,
    requestParameters: (input) => recorded(input),
    responseElements: (output) => recorded(output),
    resources,
  }
}

function recorded(value: object): Readonly<Record<string, unknown>> {
  const kept = Object.entries(value).filter(([name]) => !neverRecorded.has(name))
  return Object.fromEntries(kept.map(([name, inner]) => [lowerFirst(name), recordedValue(inner)]))
}

function recordedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(recordedValue)
  return typeof value === 'object' && value !== null && !(value instanceof Date) ? recorded(value) : value
}
