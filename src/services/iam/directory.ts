/** What the STS room is told of users, roles, providers and devices. */
import type { AssumableRole, Directory } from '../../contract/ports.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { CompiledPolicy } from '../../policy/compiled-policy.ts'
import { partedArn } from './arns.ts'
import { CodeGuesses } from './code-guesses.ts'
import { arnOf } from './entities.ts'
import { acceptedStep, findDevice, takeCode, wasTaken } from './mfa-devices.ts'
import { findPolicy } from './policies.ts'
import { providerArn } from './providers.ts'
import type { RoleRecord } from './records.ts'
import type { IamState } from './state.ts'

export interface DirectoryOptions {
  readonly state: IamState
  readonly clock: Clock
  readonly rootAccessKeyId: string
  readonly compileTrust: (role: RoleRecord) => CompiledPolicy
}

export function iamDirectory({ state, clock, rootAccessKeyId, compileTrust }: DirectoryOptions): Directory {
  const { accountId } = state
  const guesses = new CodeGuesses()

  function knowsCode(userId: string, serialNumber: string, code: string): boolean {
    const device = findDevice(state, serialNumber)
    const nowMs = clock.nowMs()
    if (device?.owner?.userId !== userId || !guesses.mayGuess(device.id, nowMs)) return false
    const isRight = acceptedStep(device, code, nowMs) !== undefined
    if (!isRight && !wasTaken(device, code, nowMs)) guesses.noteWrong(device.id, nowMs)
    return isRight
  }

  return {
    accountId,
    role(arn) {
      const parts = partedArn(arn)
      if (parts?.kind !== 'role') return undefined
      const role = state.roles.named(parts.rest.slice(parts.rest.lastIndexOf('/') + 1))
      if (role === undefined || arnOf(state, 'role', role) !== arn) return undefined
      return {
        id: role.id,
        name: role.name,
        arn,
        trust: compileTrust(role),
        maxSessionSeconds: role.maxSessionSeconds,
        tags: Object.fromEntries(role.tags.map(({ key, value }) => [key, value])),
      } satisfies AssumableRole
    },
    holder(type, id) {
      if (type === 'User') {
        const user = state.users.get(id)
        return user && { arn: arnOf(state, 'user', user), name: user.name }
      }
      const role = state.roles.get(id)
      return role && { arn: arnOf(state, 'role', role), name: role.name }
    },
    accountOfKey(id) {
      if (id === rootAccessKeyId) return accountId
      return state.users.all().some((user) => user.keys.some((key) => key.id === id)) ? accountId : undefined
    },
    hasManagedPolicy: (arn) => findPolicy(state, arn) !== undefined,
    provider(name) {
      const found = state.providers.get(name)
      return found && { arn: providerArn(state, name), clientIds: found.clientIds }
    },
    knowsCode,
    // Looked at before the change takes its turn, so that guesses sent together count one by one.
    takeCode: async (userId, serialNumber, code) =>
      knowsCode(userId, serialNumber, code) && takeCode(state, userId, serialNumber, code, clock.nowMs()),
  }
}
