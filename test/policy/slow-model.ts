/**
 * IAM's evaluation written down plainly, as a second opinion: it reads the JSON of the documents at each question,
 * turns globs into regular expressions and follows the user guide's text rule by rule. Slow, and shares no code with
 * src/policy. It knows what random-policies.ts can write.
 */
export interface ModelStatement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: '*' | Readonly<Record<string, readonly string[]>>
  readonly NotPrincipal?: Readonly<Record<string, readonly string[]>>
  readonly Action?: readonly string[]
  readonly NotAction?: readonly string[]
  readonly Resource?: readonly string[]
  readonly NotResource?: readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}
export interface ModelDocument {
  readonly Version: string
  readonly Statement: readonly ModelStatement[]
}
export interface ModelCaller {
  readonly type: string
  readonly accountId: string
  readonly arn?: string
  readonly roleArn?: string
  readonly userArn?: string
}
export interface ModelPolicies {
  readonly caller: ModelCaller
  readonly identity: readonly ModelDocument[]
  readonly boundary: ModelDocument | undefined
  readonly session: readonly ModelDocument[] | undefined
  readonly serviceControl: readonly (readonly ModelDocument[])[]
  readonly owner: string
  readonly resourcePolicy: ModelDocument | undefined
  readonly mustAllow: boolean
  readonly vpcEndpoint: ModelDocument | undefined
}
export interface ModelQuestion {
  readonly action: string
  readonly resource: string
  readonly values: Readonly<Record<string, readonly string[]>>
}

export function modelDecision(question: ModelQuestion, policies: ModelPolicies): string {
  const says = (documents: readonly ModelDocument[], effect: string, level = 'any') =>
    documents.some(({ Version, Statement }) =>
      Statement.some(
        (statement) =>
          statement.Effect === effect &&
          (level === 'any' ? reaches(statement, policies) !== 'no' : reaches(statement, policies) === level) &&
          takesIn(statement, question, Version),
      ),
    )
  const { caller, identity, boundary, session, serviceControl, owner, resourcePolicy, mustAllow, vpcEndpoint } =
    policies
  const list = (document: ModelDocument | undefined) => (document === undefined ? [] : [document])
  const every: readonly (readonly [string, readonly ModelDocument[]])[] = [
    ['service-control', serviceControl.flat()],
    ['vpc-endpoint', list(vpcEndpoint)],
    ['resource', list(resourcePolicy)],
    ['identity', identity],
    ['boundary', list(boundary)],
    ['session', session ?? []],
  ]
  const denier = every.find(([, documents]) => says(documents, 'Deny'))
  if (denier !== undefined) return `denied by ${denier[0]}`
  if (serviceControl.some((level) => !says(level, 'Allow'))) return 'not allowed by service-control'
  if (vpcEndpoint !== undefined && !says([vpcEndpoint], 'Allow')) return 'not allowed by vpc-endpoint'

  const granted = says(list(resourcePolicy), 'Allow')
  const home = caller.accountId === owner
  if (home && mustAllow && !granted) return 'not allowed by resource'
  if (home && says(list(resourcePolicy), 'Allow', 'direct')) return 'allowed'
  if (caller.type !== 'Root') {
    const toRole = home && says(list(resourcePolicy), 'Allow', 'role')
    if (!says(identity, 'Allow') && !toRole) return 'not allowed by identity'
    if (boundary !== undefined && !says([boundary], 'Allow')) return 'not allowed by boundary'
    if (session === undefined && caller.type === 'FederatedUser') return 'not allowed by session'
    if (session !== undefined && !says(session, 'Allow')) return 'not allowed by session'
  }
  return home || granted ? 'allowed' : 'not allowed by resource'
}

function reaches(statement: ModelStatement, { caller, boundary }: ModelPolicies): 'direct' | 'role' | 'account' | 'no' {
  const named = (names: readonly string[]) => ({
    direct: names.includes('*') || (caller.arn !== undefined && names.includes(caller.arn)),
    role: [caller.roleArn, caller.userArn].some((arn) => arn !== undefined && names.includes(arn)),
    account: names.includes(caller.accountId) || names.includes(`arn:aws:iam::${caller.accountId}:root`),
  })
  if (statement.NotPrincipal !== undefined) {
    if (boundary !== undefined) return 'direct'
    const { direct, role, account } = named(statement.NotPrincipal['AWS'] ?? [])
    const spared =
      caller.type === 'Root' ? account : caller.type === 'AssumedRole' ? account && role : account && direct
    return spared ? 'no' : 'direct'
  }
  if (statement.Principal === undefined || statement.Principal === '*') return 'direct'
  const { direct, role, account } = named(statement.Principal['AWS'] ?? [])
  return direct ? 'direct' : role ? 'role' : account ? 'account' : 'no'
}

function takesIn(statement: ModelStatement, question: ModelQuestion, version: string): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {}, Effect } = statement
  const action = (names: readonly string[]) =>
    names.some((name) => regular(name, 'i', {}, '2008-10-17')?.test(question.action))
  if (Action !== undefined ? !action(Action) : action(NotAction ?? [])) return false

  const verdicts = (Resource ?? NotResource ?? []).map((pattern) =>
    fitsArn(pattern, question.resource, question, version),
  )
  if (Resource !== undefined && !verdicts.includes(true)) return false
  if (NotResource !== undefined && verdicts.includes(true)) return false
  if (NotResource !== undefined && Effect === 'Allow' && verdicts.includes(undefined)) return false

  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => conditionHolds(operator, key, wanted, question, version)),
  )
}

function conditionHolds(
  name: string,
  key: string,
  wanted: readonly string[],
  question: ModelQuestion,
  version: string,
): boolean {
  const [, set, operator = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(name) ?? []
  const values = valuesOf(question, key)
  if (operator === 'Null') return wanted.some((value) => value === String(values.length === 0))
  const negated = /Not/.test(operator)
  if (values.length === 0) return ifExists !== undefined || (set === undefined ? negated : set === 'ForAllValues')
  const matches = (value: string) => wanted.some((each) => comparison(operator, value, each, question, version))
  if (set === 'ForAllValues') return values.every((value) => matches(value) !== negated)
  if (set === 'ForAnyValue') return values.some((value) => matches(value) !== negated)
  return values.some(matches) !== negated
}

function comparison(
  operator: string,
  value: string,
  wanted: string,
  question: ModelQuestion,
  version: string,
): boolean {
  const plain = operator.replace('Not', '')
  const byOrder = (order: number) =>
    plain.endsWith('LessThan')
      ? order < 0
      : plain.endsWith('LessThanEquals')
        ? order <= 0
        : plain.endsWith('GreaterThan')
          ? order > 0
          : plain.endsWith('GreaterThanEquals')
            ? order >= 0
            : order === 0
  if (plain === 'StringEquals') return filled(wanted, question.values, version) === value
  if (plain === 'StringEqualsIgnoreCase') {
    return filled(wanted, question.values, version)?.toLowerCase() === value.toLowerCase()
  }
  if (plain === 'StringLike') return regular(wanted, '', question.values, version)?.test(value) ?? false
  if (plain === 'ArnLike' || plain === 'ArnEquals') return fitsArn(wanted, value, question, version) === true
  if (plain.startsWith('Numeric')) return byOrder(Number(value) - Number(wanted))
  if (plain.startsWith('Date')) return byOrder(Date.parse(value) - Date.parse(wanted))
  if (plain === 'Bool') return value === wanted
  if (plain === 'IpAddress') {
    const [network = '', length = '32'] = wanted.split('/')
    const block = 2 ** (32 - Number(length))
    return Math.floor(addressNumber(value) / block) === Math.floor(addressNumber(network) / block)
  }
  throw new TypeError(`the model does not know ${operator}`)
}

function addressNumber(text: string): number {
  return text.split('.').reduce((number, part) => number * 256 + Number(part), 0)
}

/** True, false, or undefined when a variable has no value. */
function fitsArn(pattern: string, arn: string, { values }: ModelQuestion, version: string): boolean | undefined {
  if (/^\*+$/.test(pattern)) return true
  const [parts, ofArn] = [sixParts(pattern), sixParts(arn)]
  if (parts.length < 6 && !pattern.endsWith('*')) return false
  while (parts.length < 6) parts.push('*')
  if (ofArn.length < 6) return false
  if (!parts.slice(0, 5).every((part, at) => regular(part, '', {}, '2008-10-17')?.test(ofArn[at] ?? ''))) return false
  return regular(parts[5] ?? '', '', values, version)?.test(ofArn[5] ?? '')
}

function sixParts(text: string): string[] {
  const parts = text.split(':')
  return [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(':')] : [])]
}

const variable = /\$\{([^},]+)(?:, '([^']*)')?\}/g

function valuesOf(question: Pick<ModelQuestion, 'values'>, key: string): readonly string[] {
  const found = Object.entries(question.values).find(([name]) => name.toLowerCase() === key.toLowerCase())
  return found?.[1] ?? []
}

/** The text with its variables filled in by what `write` makes of their values; undefined if one has none. */
function filled(
  text: string,
  values: ModelQuestion['values'],
  version: string,
  write: (value: string) => string = (value) => value,
): string | undefined {
  if (version !== '2012-10-17') return text
  let complete = true
  const result = text.replace(variable, (_, key: string, fallback: string | undefined) => {
    if (['*', '?', '$'].includes(key)) return write(key)
    const found = valuesOf({ values }, key)
    const value = found.length === 1 ? found[0] : fallback
    if (value === undefined) complete = false
    return write(value ?? '')
  })
  return complete ? result : undefined
}

/** Wildcards become private characters first, so that what comes out of variables stays literal. */
function regular(pattern: string, flags: string, values: ModelQuestion['values'], version: string): RegExp | undefined {
  const hide = (value: string) => value.replaceAll('*', '\ue000').replaceAll('?', '\ue001')
  const text = filled(pattern, values, version, hide)
  if (text === undefined) return undefined
  const source = text
    .replace(/[.+^${}()|[\]\\/]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]')
    .replaceAll('\ue000', '\\*')
    .replaceAll('\ue001', '\\?')
  return new RegExp(`^${source}$`, flags)
}
