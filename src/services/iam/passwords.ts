/** Passwords of the console: only their scrypt hashes are kept, and the account's policy says what they must be. */
import { scrypt, timingSafeEqual } from 'node:crypto'
import type { Random } from '../../foundation/random.ts'
import { passwordPolicyViolation } from './errors.ts'
import type { PasswordHash, PasswordPolicyRecord } from './records.ts'

/** OWASP's for scrypt: N 2^17, r 8, p 1; 128 MiB and about a third of a second, off the serving thread. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 192 * 2 ** 20 }
const saltBytes = 16
const hashBytes = 32

export async function hashPassword(password: string, random: Random): Promise<PasswordHash> {
  const salt = random.bytes(saltBytes)
  const hash = await derive(password, salt)
  return { salt: salt.toString('base64'), hash: hash.toString('base64') }
}

export async function isPassword(password: string, { salt, hash }: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64')), Buffer.from(hash, 'base64'))
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, hashBytes, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

/** AWS's policy for accounts that have set none asks for eight characters of three kinds. */
const lengthMin = 8
const kindsMin = 3
const lower = /[a-z]/
const upper = /[A-Z]/
const digit = /[0-9]/
const symbol = /[!@#$%^&*()_+\-=[\]{}|']/

export function checkPassword(password: string, policy: PasswordPolicyRecord | undefined): void {
  const faults = policy === undefined ? usualFaults(password) : faultsAgainst(password, policy)
  const [first] = faults
  if (first !== undefined) throw passwordPolicyViolation(first)
}

function usualFaults(password: string): readonly string[] {
  if (password.length < lengthMin) return [tooShort(lengthMin)]
  const kinds = [lower, upper, digit, symbol].filter((kind) => kind.test(password)).length
  return kinds < kindsMin
    ? ['Password must include characters from at least three of: uppercase, lowercase, numbers and symbols']
    : []
}

function faultsAgainst(password: string, policy: PasswordPolicyRecord): readonly string[] {
  const rules: readonly (readonly [boolean, RegExp, string])[] = [
    [policy.requireUppercase, upper, 'Password should have at least one uppercase letter'],
    [policy.requireLowercase, lower, 'Password should have at least one lowercase letter'],
    [policy.requireSymbols, symbol, 'Password should have at least one symbol'],
    [policy.requireNumbers, digit, 'Password should have at least one number'],
  ]
  return [
    ...(password.length < policy.minimumLength ? [tooShort(policy.minimumLength)] : []),
    ...rules.filter(([asked, kind]) => asked && !kind.test(password)).map(([, , fault]) => fault),
  ]
}

function tooShort(min: number): string {
  return `Password should have a minimum length of ${min}`
}
