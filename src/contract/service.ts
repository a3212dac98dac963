import type { AnyOperation } from './operation.ts'

/** The door of a service's room. */
export type Service = JsonService | QueryService

interface ServiceDoor {
  /** IAM's prefix and CloudTrail's source: `dynamodb`. */
  readonly name: string
  /** What SigV4 credentials must be scoped to: `dynamodb`. */
  readonly signingName: string
  /**
   * AWS has one endpoint of it for all regions, which signs for us-east-1. The server's own region is taken too, since
   * a client with an endpoint of its own signs for its own region.
   */
  readonly global?: true
  readonly apiVersion: string
  readonly operations: readonly AnyOperation[]
}

export interface JsonService extends ServiceDoor {
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
}

/** Form-encoded requests that name their Action and Version, answered in XML. */
export interface QueryService extends ServiceDoor {
  readonly protocol: 'query' | 'ec2-query'
  /** Of answers: `https://iam.amazonaws.com/doc/2010-05-08/`. */
  readonly xmlNamespace: string
}
