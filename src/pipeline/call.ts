/** What walks down the staircase: a request as it came in, and the call that it turned out to be. */
import type { IncomingHttpHeaders } from 'node:http'
import type { AnyOperation } from '../contract/operation.ts'
import type { PrivateSource } from '../contract/private-endpoints.ts'
import type { Service } from '../contract/service.ts'

/** What does not change while a connection lives. */
export interface Connection {
  /** Which listener it came through: `https`, `http`, or a VPC endpoint's id. */
  readonly door: string
  readonly secureTransport: boolean
  /** As OpenSSL names it: `TLSv1.3`. */
  readonly tlsVersion: string | undefined
  readonly cipherSuite: string | undefined
  readonly ipAddress: string
  /** Set when it came through a VPC endpoint. */
  readonly privateSource?: PrivateSource | undefined
  /** Verified; `principalArn` is who alone may sign requests that come this way. */
  readonly clientCertificate: { readonly subject: string; readonly principalArn: string | undefined } | undefined
}

export interface RawRequest {
  /** 52 characters, A-Z and 0-9. */
  readonly requestId: string
  readonly receivedAtMs: number
  readonly method: string
  /** As on the wire, percent-encoding kept. */
  readonly path: string
  /** After the question mark, as on the wire; empty when there is none. */
  readonly query: string
  /** By lower-case name; of repeated headers what Node makes of them. */
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came. Signatures are made over these. */
  readonly rawHeaders: readonly string[]
  /** As on the wire: still compressed, if it came so. */
  readonly body: Buffer
  readonly connection: Connection
}

/** An operation of a service, with what is known of it when the server starts. */
export interface Route {
  readonly service: Service
  readonly operation: AnyOperation
}

export interface Call extends Route {
  readonly raw: RawRequest
  /** Parsed, not yet checked; undefined when the request had no body. */
  readonly body: unknown
}
