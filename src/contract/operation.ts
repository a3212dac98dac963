import type { ServiceError } from '../foundation/service-error.ts'
import type { CompiledPolicy } from '../policy/compiled-policy.ts'
import type { RequestContext } from './request-context.ts'
import type { Shape } from './shape.ts'

/** Audit selectors, rate limits and metrics read this. */
export type OperationKind = 'control-read' | 'control-write' | 'data-read' | 'data-write'

/** Each condition key's value or values; LeadingKeys takes a look at the table's key schema, so it may wait. */
export type ConditionValues = Readonly<Record<string, string | readonly string[]>>

/** One permission that a call needs: every one of them must be allowed. */
export interface AccessRequest {
  /** Such as `dynamodb:GetItem`. */
  readonly action: string
  /** The ARN that it touches, or `*` for actions without a resource. */
  readonly resource: string
  /** Values of the service's condition keys (`dynamodb:LeadingKeys` …); computed only when a policy asks. */
  readonly conditions?: () => ConditionValues | Promise<ConditionValues>
  /** The policy of the resource itself, where it has one. */
  readonly resourcePolicy?: ResourcePolicy
  /** What a refused caller reads instead of IAM's own words. */
  readonly refusal?: string
  /**
   * A refusal of this does not end the call: the operation is told, and answers for the part of its work that it is.
   */
  readonly onRefused?: (error: ServiceError) => void
}

export interface ResourcePolicy {
  readonly policy: CompiledPolicy
  /** How it is called when it refuses. */
  readonly type: 'resource' | 'role-trust'
  /** Nothing happens that it does not allow, whatever the caller's own policies say: roles and KMS keys. */
  readonly mustAllow?: boolean
}

/** Which parts of a call the audit record keeps: CloudTrail's requestParameters and responseElements. */
export interface AuditShape<Input, Output> {
  readonly category: 'Management' | 'Data'
  readonly readOnly: boolean
  /** Never an item's values beyond what CloudTrail shows; null when CloudTrail records none. */
  readonly requestParameters: (input: Input) => Readonly<Record<string, unknown>> | null
  readonly responseElements?: (output: Output) => Readonly<Record<string, unknown>> | null
  /** ARNs of the resources named in the record. */
  readonly resources: (input: Input, ctx: RequestContext) => readonly { readonly type: string; readonly arn: string }[]
}

/** Everything about one API operation; the pipeline is driven by these and spells no operation's name. */
export interface Operation<Input, Output> {
  readonly name: string
  readonly kind: OperationKind
  readonly input: Shape<Input>
  readonly access: (input: Input, ctx: RequestContext) => readonly AccessRequest[]
  readonly audit: AuditShape<Input, Output>
  /** Callers prove themselves by what the input holds (a token of theirs), not by a signature. */
  readonly unsigned?: true
  /**
   * In Query services the answer is plain data that prints itself: members in their order, arrays as lists, a Map as a
   * map, a Date as a timestamp; undefined when AWS's model has no output.
   */
  readonly run: (input: Input, ctx: RequestContext) => Promise<Output> | Output
}

/** Declares an operation; what the pipeline holds has its types erased once, here. */
export type AnyOperation = Operation<unknown, unknown>

export function operation<Input, Output extends object | undefined>(declared: Operation<Input, Output>): AnyOperation {
  return declared as unknown as AnyOperation
}
