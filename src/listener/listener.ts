/** One listening socket: HTTP/1.1 in plain on loopback or over TLS. It knows sockets and bounds, and no API. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { PrivateSource } from '../contract/private-endpoints.ts'
import type { Clock } from '../foundation/clock.ts'
import type { Log } from '../foundation/log.ts'
import { OperatorError, systemReason } from '../foundation/operator-error.ts'
import type { Connection, RawRequest } from '../pipeline/call.ts'
import { type IpRange, isInRange, parseAddress } from '../policy/ip-ranges.ts'
import { answer, type Site } from '../protocol/answer.ts'
import { noRoom, tooLarge } from '../protocol/plain-answers.ts'
import type { RawResponse } from '../protocol/raw-response.ts'
import { wholeBody } from '../protocol/raw-response.ts'
import { requestBytesMax } from '../protocol/request-body.ts'
import type { Budget } from './budget.ts'
import { connectionFacts } from './connection-facts.ts'
import { forwardedAddress } from './forwarded-for.ts'
import {
  drainMsMax,
  handshakeMsMax,
  headersMsMax,
  keepAliveMsMax,
  lingerMsMax,
  requestMsMax,
  silenceMsMax,
  timeCheckMs,
} from './limits.ts'
import type { Outbox } from './outbox.ts'
import { receiveBody } from './receive-body.ts'
import { refuseBadCertificates, secureOptions, type TlsPolicy } from './tls-policy.ts'
import type { Turns } from './turns.ts'

/** PEM texts. */
export interface TlsIdentity {
  readonly certificate: string
  readonly key: string
}

export interface ListenerOptions {
  /** Names the listener in request contexts: `http`, `https`, a VPC endpoint's id. */
  readonly door: string
  /** Of a VPC endpoint: only clients in these ranges are let in. */
  readonly private?: { readonly source: PrivateSource; readonly clients: readonly IpRange[] } | undefined
  /** Whose X-Forwarded-For is believed; nobody's at a VPC endpoint. */
  readonly trustedProxies?: readonly IpRange[]
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Undefined: plain HTTP. */
  readonly tls: TlsIdentity | undefined
  readonly tlsPolicy: TlsPolicy
  /** The server as it stands when a request comes. */
  readonly site: () => Site
  readonly nextRequestId: () => string
  readonly clock: Clock
  readonly log: Log
  /** Connections, shared by all listeners. */
  readonly connections: Budget
  /** Bytes of request bodies, shared by all listeners. */
  readonly bodyBytes: Budget
  /** When requests are begun and answers leave, shared by all listeners. */
  readonly turns: Turns
  readonly outbox: Outbox
}

export interface Listener {
  readonly port: number
  /** For connections made from now on. */
  useCertificate(tls: TlsIdentity): void
  /** Takes no more connections, lets calls under way end within the bound, then cuts what is left. */
  close(): Promise<void>
}

/** OperatorError when the address cannot be had. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const server = makeServer(options)
  server.on('request', (request, response) => receive(request, response, options))
  server.on('checkContinue', (request, response) => {
    // A body that would be refused is not even asked for.
    if (Number(request.headers['content-length'] ?? 0) <= requestBytesMax) response.writeContinue()
    receive(request, response, options)
  })
  boundConnections(server, options)
  await listen(server, options)
  return {
    port: (server.address() as AddressInfo).port,
    useCertificate({ certificate, key }) {
      if (server instanceof TlsServer) {
        server.setSecureContext({ ...secureOptions(options.tlsPolicy), cert: certificate, key })
      }
    },
    close: () => closeGently(server, options.clock),
  }
}

function makeServer({ tls, tlsPolicy }: ListenerOptions): Server {
  const bounds = {
    headersTimeout: headersMsMax,
    requestTimeout: requestMsMax,
    keepAliveTimeout: keepAliveMsMax,
    connectionsCheckingInterval: timeCheckMs,
    keepAlive: true,
  }
  const server =
    tls === undefined
      ? createServer(bounds)
      : createTlsServer({
          ...bounds,
          ...secureOptions(tlsPolicy),
          cert: tls.certificate,
          key: tls.key,
          handshakeTimeout: handshakeMsMax,
        })
  server.setTimeout(silenceMsMax)
  return server
}

function boundConnections(server: Server, { connections, door, log, private: endpoint }: ListenerOptions): void {
  server.on('connection', (socket) => {
    if (endpoint !== undefined && !isAmong(endpoint.clients, socket.remoteAddress)) {
      log.warn('a connection was refused: the client is not in the network of the endpoint', {
        door,
        ipAddress: socket.remoteAddress,
      })
      socket.destroy()
      return
    }
    if (!connections.take(1)) {
      log.warn('a connection was refused: too many are open', { door })
      socket.destroy()
      return
    }
    socket.once('close', () => connections.give(1))
  })
  if (server instanceof TlsServer) {
    refuseBadCertificates(server, (reason) => log.warn('a client certificate was refused', { door, reason }))
  }
  server.on('tlsClientError', (error) => log.debug('a TLS handshake failed', { door, error }))
}

function isAmong(ranges: readonly IpRange[], text: string | undefined): boolean {
  const address = parseAddress(text ?? '')
  return address !== undefined && ranges.some((range) => isInRange(address, range))
}

function listen(server: Server, { host, port, door, private: endpoint }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      const advice = endpoint === undefined ? `; choose another with --${door}-port` : ''
      reject(new OperatorError(`cannot listen on ${host}:${port}: ${systemReason(error)}${advice}`, { cause: error }))
    }
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      resolve()
    })
  })
}

function receive(request: IncomingMessage, response: ServerResponse, options: ListenerOptions): void {
  // Nobody waits for the answer, and whoever was refused at the door has asked for nothing.
  if (request.socket.destroyed) return
  const receivedAtMs = options.clock.nowMs()
  const bounds = { bytesMax: requestBytesMax, budget: options.bodyBytes }
  const release = receiveBody(request, bounds, (outcome) => {
    switch (outcome.kind) {
      case 'whole':
        return options.turns.run(() => {
          answer(rawRequest(request, outcome.body, receivedAtMs, options), options.site()).then((raw) => {
            if (options.site().draining) raw.headers.push('Connection', 'close')
            options.outbox.send(response, raw)
          })
        })
      case 'too-large':
        return refuseBody(request, response, tooLarge(options.nextRequestId()), options.clock)
      case 'no-room':
        return refuseBody(request, response, noRoom(options.nextRequestId()), options.clock)
    }
  })
  // Comes after the answer has left, and also when the client leaves before.
  response.once('close', release)
}

function rawRequest(
  request: IncomingMessage,
  body: Buffer,
  receivedAtMs: number,
  options: ListenerOptions,
): RawRequest {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  return {
    requestId: options.nextRequestId(),
    receivedAtMs,
    method: request.method ?? '',
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body,
    connection: connectionOf(request, options),
  }
}

/** As the connection is, but for the client's address where a proxy that is trusted tells another. */
function connectionOf({ socket, headers }: IncomingMessage, options: ListenerOptions): Connection {
  const facts = connectionFacts(socket, options.door, options.tlsPolicy, options.private?.source)
  const forwarded = headers['x-forwarded-for']
  const { trustedProxies = [] } = options
  if (forwarded === undefined || trustedProxies.length === 0 || facts.privateSource !== undefined) return facts
  const ipAddress = forwardedAddress(facts.ipAddress, String(forwarded), trustedProxies)
  return ipAddress === facts.ipAddress ? facts : { ...facts, ipAddress }
}

/** Answers before the body is read, then reads and drops for a while: a reset would take the answer from the client. */
function refuseBody(request: IncomingMessage, response: ServerResponse, refusal: RawResponse, clock: Clock): void {
  refusal.headers.push('Connection', 'close')
  response.writeHead(refusal.status, refusal.headers)
  response.flushHeaders()
  response.write(wholeBody(refusal.body))
  request.resume()
  const given = new AbortController()
  request.once('close', () => given.abort())
  request.once('end', () => given.abort())
  clock.sleep(lingerMsMax, given.signal).then(() => response.end())
}

async function closeGently(server: Server, clock: Clock): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const drained = new AbortController()
  const cut = clock.sleep(drainMsMax, drained.signal).then(() => server.closeAllConnections())
  await closed
  drained.abort()
  await cut
}
