/** How TLS is spoken at a door, whatever the certificate: versions, ciphers, and what is asked of clients. */
import type { X509Certificate } from 'node:crypto'
import type { TLSSocket, TlsOptions, Server as TlsServer } from 'node:tls'

export interface TlsPolicy {
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  /** In OpenSSL's words; undefined: Node's own choice. */
  readonly ciphers: string | undefined
  /** Undefined: clients are asked for no certificate. */
  readonly clients: ClientCertificates | undefined
}

export interface ClientCertificates {
  /** PEM: who may sign them. */
  readonly authorities: string
  /** False: a client may come without one. */
  readonly required: boolean
  /** ARNs of principals by the certificate's common name. */
  readonly principals: ReadonlyMap<string, string>
}

/** What a verified client certificate says. */
export interface ClientCertificate {
  /** As OpenSSL writes it, parts in one line: `O=Bank, CN=payments`. */
  readonly subject: string
  /** The principal that alone may sign requests on the connection; undefined: any. */
  readonly principalArn: string | undefined
}

export const defaultTlsPolicy: TlsPolicy = { minVersion: 'TLSv1.2', ciphers: undefined, clients: undefined }

/** For a server and for each change of its certificate. */
export function secureOptions({ minVersion, ciphers, clients }: TlsPolicy): TlsOptions {
  return {
    minVersion,
    ...(ciphers !== undefined && { ciphers }),
    ...(clients !== undefined && { ca: clients.authorities, requestCert: true, rejectUnauthorized: clients.required }),
  }
}

/** Where certificates are optional Node lets a bad one pass as none; here it ends the connection. */
export function refuseBadCertificates(server: TlsServer, refused: (reason: string) => void): void {
  // Before the HTTP server's own listener, so that nothing of what the client sent is read.
  server.prependListener('secureConnection', (socket) => {
    if (socket.authorized || socket.getPeerX509Certificate() === undefined) return
    refused(String(socket.authorizationError))
    socket.destroy()
  })
}

/** Undefined when the client came without a certificate. */
export function clientCertificate(
  socket: TLSSocket,
  { principals }: ClientCertificates,
): ClientCertificate | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined
  if (certificate === undefined) return undefined
  const subject = certificate.subject?.split('\n').join(', ') ?? ''
  return { subject, principalArn: principalOf(certificate, principals) }
}

/** The certificate itself names its principal by a URI among its alternative names; else its common name is looked up. */
function principalOf(certificate: X509Certificate, principals: ReadonlyMap<string, string>): string | undefined {
  const named = /(?:^|, )URI:(arn:aws[a-z-]*:(?:iam|sts)::\d{12}:[^,"]+)(?:,|$)/.exec(certificate.subjectAltName ?? '')
  if (named !== null) return named[1]
  // The subject's text escapes characters such as commas; a name that is not found binds to nobody.
  const { CN: commonNames = [] } = certificate.toLegacyObject().subject as { readonly CN?: string | readonly string[] }
  for (const name of [commonNames].flat()) {
    const principal = principals.get(name)
    if (principal !== undefined) return principal
  }
  return undefined
}
