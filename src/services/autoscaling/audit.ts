/** What the audit records of CloudTrail keep: all calls are management events, kept whole. */
import type { AuditShape } from '../../contract/operation.ts'
import { lowerFirst } from '../../contract/shape.ts'

export function managementEvent<Input extends object, Output extends object>(
  readOnly: boolean,
): AuditShape<Input, Output> {
  return {
    category: 'Management',
    readOnly,
    requestParameters: (input) => lowered(input) as Readonly<Record<string, unknown>>,
    responseElements: (output) => {
      const kept = Object.keys(output).length > 0 && !readOnly
      return kept ? (lowered(output) as Readonly<Record<string, unknown>>) : null
    },
    resources: () => [],
  }
}

/** Member names with a lower first letter, all the way down, as CloudTrail writes them. */
function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [lowerFirst(name), lowered(inner)]))
}
