/** The organisation's guardrails as the operator's file gives them, compiled for the authorizer. */
import type { Organization } from './contract/ports.ts'
import { OperatorError } from './foundation/operator-error.ts'
import { type CompiledPolicy, compilePolicy } from './policy/compiled-policy.ts'
import { MalformedPolicy } from './policy/document.ts'
import { charactersWithoutWhiteSpace, parsePolicy, policyOf, policySizeQuotas } from './policy/parse-policy.ts'
import { type ConfiguredLevel, type ConfiguredPolicy, managedNames, readOrganization } from './settings/organization.ts'

type Kind = 'serviceControl' | 'resourceControl'

const kinds = {
  serviceControl: {
    grammar: 'service-control',
    charactersMax: policySizeQuotas.serviceControlPolicyCharactersMax,
    everything: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  },
  resourceControl: {
    grammar: 'resource-control',
    charactersMax: policySizeQuotas.resourceControlPolicyCharactersMax,
    everything: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
  },
} as const

/** OperatorError with place and reason for what is missing or malformed: a server does not start with half its guardrails. */
export async function readGuardrails(path: string, accountId: string): Promise<Organization> {
  const { id, levels, isManagementAccount } = await readOrganization(path, accountId)
  const compiled = {
    serviceControl: levels.map((level) => policiesOf(level, 'serviceControl')),
    resourceControl: levels.map((level) => policiesOf(level, 'resourceControl')),
  }
  const parents = levels.slice(0, -1).map((level) => `${level.id}/`)
  // Neither kind binds the management account; what its file says is checked all the same.
  return {
    id,
    path: `${id}/${parents.join('')}`,
    ...(isManagementAccount ? { serviceControl: [], resourceControl: [] } : compiled),
  }
}

function policiesOf(level: ConfiguredLevel, kind: Kind): readonly CompiledPolicy[] {
  const configured = level[kind]?.map((policy) => compiledPolicy(policy, kind))
  // AWS never takes its own policy from resource control; service control begins with it, and may do without.
  if (configured === undefined) return [everything(kind)]
  return kind === 'resourceControl' ? [everything(kind), ...configured] : configured
}

function compiledPolicy({ name, text, where }: ConfiguredPolicy, kind: Kind): CompiledPolicy {
  const { grammar, charactersMax } = kinds[kind]
  if (text === undefined) {
    if (name === managedNames[kind]) return everything(kind)
    throw new OperatorError(`${where}: ${name} is no policy of this kind; ${managedNames[kind]} is`)
  }
  if (charactersWithoutWhiteSpace(text) > charactersMax) {
    throw new OperatorError(`${where}: policy ${name} is longer than ${charactersMax} characters`)
  }
  const document = parsePolicy(text, grammar)
  if (document instanceof MalformedPolicy) throw new OperatorError(`${where}: policy ${name}: ${document.message}`)
  return compilePolicy(name, document)
}

function everything(kind: Kind): CompiledPolicy {
  return compilePolicy(managedNames[kind], policyOf(kinds[kind].everything, kinds[kind].grammar))
}
