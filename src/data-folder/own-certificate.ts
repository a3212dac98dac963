/** A certificate that the operator brings, instead of the local authority's. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readIfThere, readSecret } from '../foundation/durable-files.ts'
import { OperatorError } from '../foundation/operator-error.ts'
import type { ServerCertificate } from './local-certificates.ts'

/** PEM files; the first certificate is the server's, the rest its chain. OperatorError when they do not fit. */
export async function ownCertificate(certificateFile: string, keyFile: string): Promise<ServerCertificate> {
  const certificate = await readIfThere(certificateFile)
  if (certificate === undefined) throw new OperatorError(`there is no certificate ${certificateFile}`)
  const key = await readSecret(keyFile)
  if (key === undefined) throw new OperatorError(`there is no key ${keyFile}`)
  if (!belongTogether(certificate, key)) {
    throw new OperatorError(`${certificateFile} and ${keyFile} are not a PEM certificate and its unencrypted PEM key`)
  }
  return { certificate, key, authorityFile: undefined }
}

function belongTogether(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
  } catch {
    // Not PEM, or a key that needs a passphrase; the caller's error says both.
    return false
  }
}
