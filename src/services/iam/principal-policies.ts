/**
 * Which policies bear on a principal: those of the user and his groups, or of the role, the boundary, and what was
 * passed when the session began. Compiled once and kept; whatever changes in IAM drops all that was put together, and
 * only documents that are new are compiled again.
 */
import type { PolicySource, PrincipalPolicies } from '../../contract/ports.ts'
import type { Principal } from '../../contract/request-context.ts'
import { BoundedCache } from '../../foundation/bounded-cache.ts'
import { type CompiledPolicy, compilePolicy, emptyPolicy } from '../../policy/compiled-policy.ts'
import { MalformedPolicy, type PolicyKind } from '../../policy/document.ts'
import { parsePolicy } from '../../policy/parse-policy.ts'
import { defaultVersion, findPolicy } from './policies.ts'
import type { GroupRecord, RoleRecord, UserRecord } from './records.ts'
import type { IamState } from './state.ts'
import { namedById, type TrustedIds } from './trusted-principals.ts'

const compiledPoliciesMax = 5000
const principalsMax = 5000

const everything = 'arn:aws:iam::aws:policy/AdministratorAccess'

/** Nobody: a user or role that is gone has no policies, so it may do nothing. */
const none: PrincipalPolicies = { identity: [], tags: {} }

export class IamPolicySource implements PolicySource {
  readonly #state: IamState
  readonly #compiled = new BoundedCache<string, CompiledPolicy>(compiledPoliciesMax)
  #version = -1
  #known = new BoundedCache<string, PrincipalPolicies>(principalsMax)

  constructor(state: IamState) {
    this.#state = state
  }

  get version(): number {
    return this.#state.version
  }

  policiesOf(principal: Principal): PrincipalPolicies {
    if (this.#version !== this.#state.version) {
      this.#version = this.#state.version
      this.#known = new BoundedCache(principalsMax)
    }
    // A session's own policies and tags never change, and its key is its own.
    const known = this.#known.get(principal.accessKeyId)
    if (known !== undefined) return known
    const made = this.#put(principal)
    this.#known.set(principal.accessKeyId, made)
    return made
  }

  #put({ type, userId, session }: Principal): PrincipalPolicies {
    if (session === undefined) {
      const user = type === 'User' ? this.#state.users.get(userId) : undefined
      return user === undefined ? none : this.#ofUser(user)
    }
    const { issuer } = session
    const holder = this.#ofIssuer(issuer.type, issuer.id)
    const passed = this.#passed(session.policy, session.policyArns)
    return {
      ...holder,
      ...(passed && { session: passed }),
      tags: { ...holder.tags, ...session.tags },
    }
  }

  #ofIssuer(type: 'Root' | 'User' | 'Role', id: string): PrincipalPolicies {
    // A federated user of the root may do all that the policies passed with his session allow.
    if (type === 'Root')
      return { identity: [this.managed(everything)].filter((policy) => policy !== undefined), tags: {} }
    if (type === 'User') {
      const user = this.#state.users.get(id)
      return user === undefined ? none : this.#ofUser(user)
    }
    const role = this.#state.roles.get(id)
    return role === undefined ? none : { ...this.#bounded(role), identity: this.#own(role), tags: tagsOf(role) }
  }

  #ofUser(user: UserRecord): PrincipalPolicies {
    const groups = user.groups.flatMap((id) => this.#state.groups.get(id) ?? [])
    const identity = [user, ...groups].flatMap((entity) => this.#own(entity))
    return { ...this.#bounded(user), identity, tags: tagsOf(user) }
  }

  #own({ name, inline, attached }: UserRecord | GroupRecord | RoleRecord): readonly CompiledPolicy[] {
    const own = inline.map((policy) => this.#compile(`${name}/${policy.name}`, policy.document, 'inline'))
    return [...own, ...attached.flatMap((arn) => this.managed(arn) ?? [])]
  }

  #bounded({ boundary }: UserRecord | RoleRecord): { readonly boundary?: CompiledPolicy } {
    if (boundary === undefined) return {}
    // A boundary that is gone bounds to nothing, not to everything.
    return { boundary: this.managed(boundary) ?? emptyPolicy(boundary) }
  }

  #passed(policy: string | undefined, arns: readonly string[] = []): readonly CompiledPolicy[] | undefined {
    if (policy === undefined && arns.length === 0) return undefined
    const inline = policy === undefined ? [] : [this.#compile('session', policy, 'session')]
    return [...inline, ...arns.map((arn) => this.managed(arn) ?? emptyPolicy(arn))]
  }

  trustOf(role: RoleRecord): CompiledPolicy {
    return this.#compile(`trust/${role.name}`, role.trust, 'trust', role.trustedIds)
  }

  /** A managed policy's default version; undefined when there is no such policy. */
  managed(arn: string): CompiledPolicy | undefined {
    const policy = findPolicy(this.#state, arn)
    return policy && this.#compile(arn, defaultVersion(policy).document, 'managed')
  }

  #compile(id: string, text: string, kind: PolicyKind, ids: TrustedIds = {}): CompiledPolicy {
    const key = `${id}\n${Object.values(ids).join()}\n${text}`
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const document = parsePolicy(text, kind)
    // It was looked at when it was written; should rules have become stricter since, it allows nothing.
    const compiled = document instanceof MalformedPolicy ? emptyPolicy(id) : compilePolicy(id, namedById(document, ids))
    this.#compiled.set(key, compiled)
    return compiled
  }
}

function tagsOf({ tags }: UserRecord | RoleRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]))
}
