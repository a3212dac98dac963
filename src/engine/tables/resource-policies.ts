/** What the services may ask of resource-based policies: texts attached to tables and streams, by ARN. */
import type { Scope } from '../scope.ts'
import type { TableRecord } from './table.ts'

export interface ResourcePolicyRecord {
  /** The text as the service wants it kept; absent once it was deleted, which leaves the time of the change. */
  readonly document?: string
  /** Strictly growing from change to change of one resource. */
  readonly changedAtMs: number
}

/** The record to keep from now on, made from the one that stands; the same one: nothing changes. It may throw, and run again. */
export type ResourcePolicyChange = (
  table: TableRecord,
  present: ResourcePolicyRecord | undefined,
) => ResourcePolicyRecord | undefined

export interface ResourcePolicies {
  /** The policy that bears on a table, an index or a stream now; asked at every call, so it looks at memory alone. */
  inForce(arn: string): ResourcePolicyRecord | undefined
  /** Undefined when the table is not there. */
  find(
    scope: Scope,
    table: string,
    arn: string,
  ): Promise<{ readonly policy: ResourcePolicyRecord | undefined } | undefined>
  /** The record that stood before. ResourceNotFoundException when the table is not there. */
  change(
    scope: Scope,
    table: string,
    arn: string,
    change: ResourcePolicyChange,
  ): Promise<{ readonly before: ResourcePolicyRecord | undefined; readonly after: ResourcePolicyRecord | undefined }>
}
