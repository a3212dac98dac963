/** The file that says where the keys of identity providers are, and for whom they stand. */
import { z } from 'zod'
import { readIfThere } from '../foundation/durable-files.ts'
import { OperatorError } from '../foundation/operator-error.ts'

export interface ConfiguredIssuer {
  readonly issuer: string
  readonly jwksFile?: string | undefined
  readonly jwksUri?: string | undefined
  /** PEM text. */
  readonly authority?: string | undefined
  readonly standsFor?: string | undefined
  readonly clientIds?: readonly string[] | undefined
}

const httpsUrl = z.string().regex(/^https:\/\/[^\s?#]+$/)
const entry = z.strictObject({
  /** A JWKS file, an https address of one, or absent: where the discovery document says. */
  jwks: z.string().min(1).optional(),
  /** PEM file of the authorities behind the provider's certificate. */
  ca: z.string().min(1).optional(),
  /** A provider of AWS's that its tokens stand for. */
  as: z.enum(['www.amazon.com']).optional(),
  /** Audiences, where it stands for another; providers in IAM have theirs there. */
  'client-ids': z.array(z.string().min(1)).optional(),
})
const file = z.record(httpsUrl, entry)

/** OperatorError for a file that is missing or says something else. */
export async function readIdentityProviders(path: string): Promise<readonly ConfiguredIssuer[]> {
  const text = await readIfThere(path)
  if (text === undefined) throw new OperatorError(`there is no file ${path}`)
  const entries = Object.entries(await parsed(path, text))
  return Promise.all(
    entries.map(async ([issuer, { jwks, ca, as: standsFor, 'client-ids': clientIds }]) => {
      const authority = ca === undefined ? undefined : await readIfThere(ca)
      if (ca !== undefined && authority === undefined) throw new OperatorError(`${path}: there is no file ${ca}`)
      const keys = jwks === undefined ? {} : jwks.startsWith('https://') ? { jwksUri: jwks } : { jwksFile: jwks }
      return { issuer, ...keys, authority, standsFor, clientIds }
    }),
  )
}

async function parsed(path: string, text: string): Promise<z.infer<typeof file>> {
  // Loaded only for who has such a file.
  const { parse } = await import('yaml')
  let document: unknown
  try {
    document = parse(text)
  } catch (error) {
    throw new OperatorError(`${path} is not YAML`, { cause: error })
  }
  const checked = file.safeParse(document ?? {})
  if (checked.success) return checked.data
  const where = checked.error.issues[0]?.path.join(' ') ?? ''
  throw new OperatorError(
    `${path}: ${where === '' ? 'it' : where} must be issuers (https://…), each with jwks, ca, as or client-ids`,
  )
}
