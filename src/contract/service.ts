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
  /**
   * Before `#Code` in an error's `__type` for errors of the service's own model: `com.amazonaws.dynamodb.v20120810`.
   * Empty: its errors, of whatever model, bear their code alone, as is the custom of services on JSON 1.1.
   */
  readonly errorNamespace: string
  /** Where its own errors and those of its constraints carry their text, when that is not `message`. */
  readonly messageMember?: 'Message'
  readonly apiVersion: string
  readonly operations: readonly AnyOperation[]
}
