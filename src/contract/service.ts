import type { AnyOperation } from './operation.ts'

/** The door of a service's room. */
export interface Service {
  /** IAM's prefix and CloudTrail's source: `dynamodb`. */
  readonly name: string
  /** What SigV4 credentials must be scoped to: `dynamodb`. */
  readonly signingName: string
  readonly protocol: 'json-1.0' | 'json-1.1'
  /** Before the dot in X-Amz-Target: `DynamoDB_20120810`. */
  readonly targetPrefix: string
  /** Before `#Code` in an error's `__type` for errors of the service's own model: `com.amazonaws.dynamodb.v20120810`. */
  readonly errorNamespace: string
  readonly apiVersion: string
  readonly operations: readonly AnyOperation[]
}
