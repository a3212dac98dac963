/**
 * The file that says in which organisation the account is and which policies bind it: levels from the root down to the
 * account, each with policies by name, by file, or written out. What the policies themselves say is not looked at here.
 */
import { dirname, resolve } from 'node:path'
import type { Document, LineCounter } from 'yaml'
import { z } from 'zod'
import { readIfThere } from '../foundation/durable-files.ts'
import { OperatorError } from '../foundation/operator-error.ts'

export interface ConfiguredOrganization {
  readonly id: string
  /** Of the root, the units and the account, from the top down. */
  readonly levels: readonly ConfiguredLevel[]
  readonly isManagementAccount: boolean
}

export interface ConfiguredLevel {
  readonly id: string
  /** Undefined where the file says nothing. */
  readonly serviceControl: readonly ConfiguredPolicy[] | undefined
  readonly resourceControl: readonly ConfiguredPolicy[] | undefined
}

export interface ConfiguredPolicy {
  readonly name: string
  /** Undefined for one that AWS has under this name. */
  readonly text: string | undefined
  /** `guardrails.yaml:12`, or the path of its own file. */
  readonly where: string
}

/** AWS's own, which allow everything; levels that name no policies have these. */
export const managedNames = { serviceControl: 'FullAWSAccess', resourceControl: 'RCPFullAWSAccess' } as const

const written = z.strictObject({ name: z.string().min(1), document: z.record(z.string(), z.unknown()) })
const policies = z.array(z.union([z.string().min(1), written])).min(1)
const level = z.strictObject({
  id: z.string().regex(/^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|\d{12})$/),
  'service-control-policies': policies.optional(),
  'resource-control-policies': policies.optional(),
})
const file = z.strictObject({
  organization: z.string().regex(/^o-[a-z0-9]{10,32}$/),
  'management-account': z.boolean().optional(),
  levels: z.array(level).min(2),
})
type File = z.infer<typeof file>

const allowed: Readonly<Record<string, string>> = {
  organization: 'an id such as o-a1b2c3d4e5',
  'management-account': 'true or false',
  levels: 'the root, units and the account, each with its id',
  id: 'the id of a root (r-ab12), of a unit (ou-ab12-12345678) or of the account, in quotes',
  'service-control-policies': 'names, files, or policies with name and document; not none at all',
  'resource-control-policies': 'names, files, or policies with name and document; not none at all',
}

/** OperatorError with the line of what is wrong, for a file that is missing or says something else. */
export async function readOrganization(path: string, accountId: string): Promise<ConfiguredOrganization> {
  const text = await readIfThere(path)
  if (text === undefined) throw new OperatorError(`there is no file ${path}`)
  const { content, where } = await parsed(path, text)
  checkLevels(content, accountId, where)
  return {
    id: content.organization,
    isManagementAccount: content['management-account'] === true,
    levels: await Promise.all(
      content.levels.map(async (each, at) => ({
        id: each.id,
        serviceControl: await policiesOf(path, each, ['levels', at, 'service-control-policies'], where),
        resourceControl: await policiesOf(path, each, ['levels', at, 'resource-control-policies'], where),
      })),
    ),
  }
}

type Place = readonly PropertyKey[]
type Where = (place: Place) => string

async function parsed(path: string, text: string): Promise<{ readonly content: File; readonly where: Where }> {
  // Loaded only for who has such a file.
  const { LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const where: Where = (place) => `${path}:${lineOf(document, lines, place)}`
  const [fault] = document.errors
  if (fault !== undefined) {
    const line = lines.linePos(fault.pos[0]).line
    throw new OperatorError(`${path}:${line}: ${fault.message.split('\n')[0]?.replace(/ at line.*$/, '')}`)
  }
  const checked = file.safeParse(document.toJS() ?? {})
  if (checked.success) return { content: checked.data, where }
  const [issue] = checked.error.issues
  const place = issue?.path ?? []
  if (issue?.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys
    throw new OperatorError(`${where([...place, name])}: there is no "${name}" here`)
  }
  const name = place.findLast((part) => typeof part === 'string' && part in allowed)
  throw new OperatorError(
    name === undefined
      ? `${where(place)}: it must have organization and levels`
      : `${where(place)}: ${String(name)} must be ${allowed[String(name)]}`,
  )
}

/** Of the innermost part of a place that is there. */
function lineOf(document: Document, lines: LineCounter, place: Place): number {
  for (let length = place.length; length > 0; length--) {
    const node = document.getIn(place.slice(0, length), true)
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
    if (Array.isArray(range)) return lines.linePos(range[0] as number).line
  }
  return 1
}

function checkLevels({ levels }: File, accountId: string, where: Where): void {
  for (const [at, { id }] of levels.entries()) {
    const expected = at === 0 ? 'r-' : at === levels.length - 1 ? accountId : 'ou-'
    if (id.startsWith(expected)) continue
    const rule =
      at === 0
        ? 'the first level is the root'
        : at === levels.length - 1
          ? `the last level is the account, ${accountId}`
          : 'between root and account are units'
    throw new OperatorError(`${where(['levels', at, 'id'])}: ${rule}`)
  }
}

async function policiesOf(
  path: string,
  level: File['levels'][number],
  place: readonly [string, number, 'service-control-policies' | 'resource-control-policies'],
  where: Where,
): Promise<readonly ConfiguredPolicy[] | undefined> {
  const named = level[place[2]]
  if (named === undefined) return undefined
  return Promise.all(
    named.map(async (one, at): Promise<ConfiguredPolicy> => {
      const here = where([...place, at])
      if (typeof one !== 'string') return { name: one.name, text: JSON.stringify(one.document), where: here }
      if (Object.values<string>(managedNames).includes(one)) return { name: one, text: undefined, where: here }
      const found = resolve(dirname(path), one)
      const text = await readIfThere(found)
      if (text === undefined) throw new OperatorError(`${here}: there is no file ${found}`)
      return { name: one, text, where: found }
    }),
  )
}
