/** The file that names networks: whose clients they are, and where their private endpoints may listen. */
import { isIP } from 'node:net'
import { z } from 'zod'
import { readIfThere } from '../foundation/durable-files.ts'
import { OperatorError } from '../foundation/operator-error.ts'

export interface ConfiguredNetwork {
  readonly vpcId: string
  readonly cidrs: readonly string[]
  readonly listeners: readonly { readonly host: string; readonly port: number }[]
  readonly subnets: readonly string[]
  readonly routeTables: readonly string[]
  readonly securityGroups: readonly string[]
}

const idOf = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`), {
    error: `must be an id such as ${prefix}-0a1b2c3d4e5f60718`,
  })
const names = (prefix: string) => z.array(idOf(prefix)).default([])
const cidr = z.string().refine(isCidr, { error: 'must be a range such as 10.0.0.0/16' })
const listener = z
  .string()
  .transform(listenerOf)
  .refine((address) => address !== undefined, {
    error: 'must be an IP address and a port such as 10.0.0.10:8443 or [2001:db8::10]:8443',
  })

const network = z.strictObject(
  {
    cidrs: z.array(cidr, { error: 'must be a list of ranges' }).min(1, { error: 'must name a range at least' }),
    listeners: z
      .array(listener, { error: 'must be a list of addresses' })
      .min(1, { error: 'must name an address at least' }),
    subnets: names('subnet'),
    'route-tables': names('rtb'),
    'security-groups': names('sg'),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? 'may have cidrs, listeners, subnets, route-tables and security-groups only'
        : 'must have cidrs and listeners',
  },
)
const file = z.record(idOf('vpc'), network, {
  error: (issue) =>
    issue.code === 'invalid_key'
      ? 'must be the id of a network such as vpc-0a1b2c3d4e5f60718'
      : 'it must have lines with ids of networks',
})

/** OperatorError, with the line, for a file that is missing or says something else. */
export async function readNetworks(path: string): Promise<readonly ConfiguredNetwork[]> {
  const text = await readIfThere(path)
  if (text === undefined) throw new OperatorError(`there is no file ${path}`)
  return networksOfYaml(path, text)
}

export async function networksOfYaml(path: string, text: string): Promise<readonly ConfiguredNetwork[]> {
  // Loaded only for who has such a file.
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = (offset: number) => `${path}:${lines.linePos(offset).line}`
  const [fault] = document.errors
  if (fault !== undefined) throw new OperatorError(`${at(fault.pos[0])}: ${fault.message.split('\n')[0]}`)

  /** Where the innermost part that there is stands; a missing or unknown member is told at its network. */
  const placeOf = (keys: readonly PropertyKey[]): string => {
    for (let depth = keys.length; depth > 0; depth--) {
      const parent: unknown = depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1), true)
      const isAsked = (key: unknown) => isScalar(key) && String(key.value) === String(keys[depth - 1])
      const member = isMap(parent) ? parent.items.find(({ key }) => isAsked(key)) : undefined
      const node: unknown = member?.key ?? document.getIn(keys.slice(0, depth), true)
      const range = (node as { range?: readonly number[] } | undefined)?.range
      if (range !== undefined) return at(range[0] ?? 0)
    }
    return at(0)
  }

  const checked = file.safeParse(document.toJS() ?? {})
  if (!checked.success) {
    const faults = checked.error.issues.map(
      ({ path: keys, message }) => `${placeOf(keys)}: ${[...keys, message].join(' ')}`,
    )
    throw new OperatorError(faults.join('\n'))
  }
  const networks = Object.entries(checked.data).map(([vpcId, found]) => ({
    vpcId,
    cidrs: found.cidrs,
    listeners: found.listeners.filter((address) => address !== undefined),
    subnets: found.subnets,
    routeTables: found['route-tables'],
    securityGroups: found['security-groups'],
  }))
  refuseTwice(networks, (vpcId, host) => `${placeOf([vpcId, 'listeners'])}: ${vpcId} listeners names ${host} twice`)
  return networks
}

/** One address serves one endpoint. */
function refuseTwice(networks: readonly ConfiguredNetwork[], message: (vpcId: string, host: string) => string): void {
  const seen = new Set<string>()
  for (const { vpcId, listeners } of networks) {
    for (const { host, port } of listeners) {
      const address = `${host}:${port}`
      if (seen.has(address)) throw new OperatorError(message(vpcId, address))
      seen.add(address)
    }
  }
}

export function isCidr(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/')
  const version = isIP(address)
  return version !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

function listenerOf(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain ?? ''
  const port = Number(digits)
  const isWhole = isIP(host) === (bracketed === undefined ? 4 : 6)
  return isWhole && port >= 1 && port <= 65_535 ? { host, port } : undefined
}
