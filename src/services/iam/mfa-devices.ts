/** Virtual MFA devices: found by their serial numbers, which are ARNs, and asked for codes. */
import { iamArn, partedArn } from './arns.ts'
import { noSuchEntity } from './errors.ts'
import type { Target } from './iam-operation.ts'
import type { MfaDeviceRecord } from './records.ts'
import type { IamState } from './state.ts'
import { matchingStep, stepAt } from './totp.ts'

export function serialNumberOf(state: IamState, device: MfaDeviceRecord): string {
  return iamArn(state.accountId, 'mfa', '/', device.id)
}

export function findDevice(state: IamState, serialNumber: string): MfaDeviceRecord | undefined {
  const parts = partedArn(serialNumber)
  if (parts?.kind !== 'mfa' || parts.accountId !== state.accountId) return undefined
  return state.mfaDevices.get(parts.rest)
}

export function deviceWith(state: IamState, serialNumber: string): MfaDeviceRecord {
  const found = findDevice(state, serialNumber)
  if (found === undefined) throw noSuchEntity(`VirtualMFADevice with serial number ${serialNumber} does not exist.`)
  return found
}

export function deviceTarget(state: IamState, serialNumber: string): Target {
  const tags = findDevice(state, serialNumber)?.tags
  return { arn: serialNumber, ...(tags && { tags }) }
}

/** Time steps to either side of now whose codes are taken, for clocks that differ. */
const stepsAside = 1

/** The step of a code that is right now and was not taken before; undefined otherwise. */
export function acceptedStep(device: MfaDeviceRecord, code: string, nowMs: number): number | undefined {
  const now = stepAt(nowMs)
  const first = Math.max(now - stepsAside, (device.lastStep ?? -1) + 1)
  return matchingStep(device.seed, code, first, now + stepsAside)
}

/** A code that was right, but counted once already: shown again by a client that is in a hurry, not guessed. */
export function wasTaken({ seed, lastStep = -1 }: MfaDeviceRecord, code: string, nowMs: number): boolean {
  return matchingStep(seed, code, stepAt(nowMs) - stepsAside, lastStep) !== undefined
}

/** Two codes that follow each other: proves that a device is in hand and tells how its clock stands. */
export function acceptedPair(
  device: MfaDeviceRecord,
  codes: readonly [string, string],
  nowMs: number,
): number | undefined {
  const now = stepAt(nowMs)
  const first = Math.max(now - 2 * stepsAside, (device.lastStep ?? -1) + 1)
  for (let step = first; step < now + 2 * stepsAside; step++) {
    if (matchingStep(device.seed, codes[0], step, step) === undefined) continue
    if (matchingStep(device.seed, codes[1], step + 1, step + 1) !== undefined) return step + 1
  }
  return undefined
}

/** A session's second factor: the user's own device and its code; takes the code, so that it does not count again. */
export function takeCode(
  state: IamState,
  userId: string,
  serialNumber: string,
  code: string,
  nowMs: number,
): Promise<boolean> {
  return state.change((changes) => {
    const device = findDevice(state, serialNumber)
    if (device === undefined || device.owner?.userId !== userId) return false
    const step = acceptedStep(device, code, nowMs)
    if (step === undefined) return false
    changes.put('mfaDevices', { ...device, lastStep: step })
    return true
  })
}
