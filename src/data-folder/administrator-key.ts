/** The administrator's access key: `credentials`, in the form that AWS SDKs and the AWS CLI read. */
import { join } from 'node:path'
import { readSecret, secretFileMode, writeDurably } from '../foundation/durable-files.ts'
import { OperatorError } from '../foundation/operator-error.ts'
import type { Random } from '../foundation/random.ts'

export interface AdministratorKey {
  /** AKIA and 16 characters A-Z, 2-7. */
  readonly accessKeyId: string
  /** 40 characters. */
  readonly secretAccessKey: string
}

const keyIdAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const secretBytes = 30

export function credentialsFile(folder: string): string {
  return join(folder, 'credentials')
}

/** Reads the profile `default`, or makes a key and writes it, once and for ever. */
export async function administratorKey(folder: string, random: Random): Promise<AdministratorKey> {
  const path = credentialsFile(folder)
  const kept = await readSecret(path)
  if (kept !== undefined) return parseCredentials(path, kept)
  const key = {
    accessKeyId: `AKIA${Array.from(random.bytes(16), (byte) => keyIdAlphabet[byte % 32]).join('')}`,
    secretAccessKey: random.bytes(secretBytes).toString('base64'),
  }
  const lines = [
    '# The administrator of this Coffer. Keep it secret.',
    '[default]',
    `aws_access_key_id = ${key.accessKeyId}`,
    `aws_secret_access_key = ${key.secretAccessKey}`,
    '',
  ]
  await writeDurably(path, lines.join('\n'), secretFileMode)
  return key
}

/** The file's text is never part of a message: it holds the secret. */
function parseCredentials(path: string, text: string): AdministratorKey {
  const [, profile = ''] = /^\s*\[default\]\s*$([^[]*)/m.exec(text) ?? []
  const value = (name: string) => new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)\\s*$`, 'm').exec(profile)?.[1]
  const accessKeyId = value('aws_access_key_id')
  const secretAccessKey = value('aws_secret_access_key')
  if (accessKeyId === undefined || !/^\w{16,128}$/.test(accessKeyId) || secretAccessKey === undefined) {
    throw new OperatorError(
      `${path} has no profile [default] with aws_access_key_id and aws_secret_access_key; mend it, or remove it to have a new key made`,
    )
  }
  return { accessKeyId, secretAccessKey }
}
