/** The authorities whose client certificates are believed, and which principals the certificates stand for. */
import { X509Certificate } from 'node:crypto'
import { readIfThere } from './foundation/durable-files.ts'
import { OperatorError } from './foundation/operator-error.ts'
import type { ClientCertificates } from './listener/tls-policy.ts'
import { readSettingsFile } from './settings/settings-file.ts'

export interface ClientAuthoritiesOptions {
  /** PEM, one certificate or more. */
  readonly authoritiesFile: string
  readonly required: boolean
  /** YAML: common names and ARNs. */
  readonly principalsFile: string | undefined
}

const principalArn = /^arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|(user|role|assumed-role|federated-user)\/\S+)$/
const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** OperatorError for files that are missing or hold something else. */
export async function clientAuthorities(options: ClientAuthoritiesOptions): Promise<ClientCertificates> {
  const { authoritiesFile, required, principalsFile } = options
  const authorities = await readIfThere(authoritiesFile)
  if (authorities === undefined) throw new OperatorError(`there is no file ${authoritiesFile}`)
  const certificates = authorities.match(pemCertificate) ?? []
  if (certificates.length === 0 || !certificates.every(isAuthority)) {
    throw new OperatorError(`${authoritiesFile} must hold PEM certificates of authorities, and nothing else`)
  }
  return { authorities, required, principals: await principalsOf(principalsFile) }
}

function isAuthority(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca
  } catch {
    // Not a certificate, whatever its first line says.
    return false
  }
}

async function principalsOf(file: string | undefined): Promise<ReadonlyMap<string, string>> {
  const lines = file === undefined ? [] : await readSettingsFile(file)
  for (const { text, where } of lines) {
    if (!principalArn.test(text)) {
      throw new OperatorError(
        `${where}: "${text}" is no principal's ARN, such as arn:aws:iam::000000000000:user/payments`,
      )
    }
  }
  return new Map(lines.map(({ name, text }) => [name, text]))
}
