/** What the audit records of CloudTrail keep of these calls: requests as they stand, never a record that was read. */
import type { AuditShape } from '../../contract/operation.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import { lowerFirst } from '../../contract/shape.ts'

/** Reading records is a data event of the stream, describing streams a management event. */
export function readEvent<Input extends object>(
  category: AuditShape<Input, object>['category'],
  arn: (input: Input, ctx: RequestContext) => string | undefined,
): AuditShape<Input, object> {
  return {
    category,
    readOnly: true,
    requestParameters: (input) => lowered(input) as Readonly<Record<string, unknown>>,
    responseElements: () => null,
    resources: (input, ctx) => {
      const found = arn(input, ctx)
      return found === undefined ? [] : [{ type: 'AWS::DynamoDB::Stream', arn: found }]
    },
  }
}

/** Member names with a lower first letter, all the way down, as CloudTrail writes them. */
function lowered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [lowerFirst(name), lowered(inner)]))
}
