/**
 * CreateVirtualMFADevice, EnableMFADevice, ResyncMFADevice, ListMFADevices, ListVirtualMFADevices, GetMFADevice,
 * DeactivateMFADevice and DeleteVirtualMFADevice.
 */
import type { InputOf } from '../../../contract/shape.ts'
import { iamArn } from '../arns.ts'
import { namedOrCaller, userNamed, userOrCallerTarget } from '../entities.ts'
import { alreadyExists, deleteConflict, invalidAuthenticationCode, noSuchEntity, quotaExceeded } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, wholeAccount } from '../iam-operation.ts'
import { acceptedPair, deviceTarget, deviceWith, serialNumberOf } from '../mfa-devices.ts'
import { page } from '../pages.ts'
import { printedUser } from '../printed.ts'
import { quotas } from '../quotas.ts'
import type { MfaDeviceRecord, UserRecord } from '../records.ts'
import {
  authenticationCode,
  deviceName,
  optional,
  paged,
  path,
  required,
  serialNumber,
  string,
  structure,
  tags,
  userName,
} from '../shapes.ts'
import type { IamState } from '../state.ts'
import { newTags, printedTags } from '../tags.ts'
import { newSeed } from '../totp.ts'

const createInput = structure({
  Path: optional(path),
  VirtualMFADeviceName: required(deviceName),
  Tags: optional(tags),
})

/** The seed is shown once, here; nobody can ask for it again. */
export const createVirtualMfaDevice = ({ state, clock, random }: Iam) =>
  iamOperation<InputOf<typeof createInput>, object>({
    name: 'CreateVirtualMFADevice',
    readOnly: false,
    input: createInput,
    target: (input) => ({ arn: iamArn(state.accountId, 'mfa', input.Path ?? '/', input.VirtualMFADeviceName) }),
    run: (input) =>
      state.change((changes) => {
        const id = `${input.Path ?? '/'}${input.VirtualMFADeviceName}`.slice(1)
        if (state.mfaDevices.isTaken(id)) {
          throw alreadyExists('MFADevice entity at the same path and name already exists.')
        }
        const device: MfaDeviceRecord = {
          id,
          name: id,
          seed: newSeed(random),
          tags: newTags(input.Tags),
          createdAtMs: clock.nowMs(),
        }
        changes.put('mfaDevices', device)
        return {
          VirtualMFADevice: {
            SerialNumber: serialNumberOf(state, device),
            Base32StringSeed: Buffer.from(device.seed, 'latin1'),
            ...(device.tags.length > 0 && { Tags: printedTags(device.tags) }),
          },
        }
      }),
  })

const enableInput = structure({
  UserName: required(userName),
  SerialNumber: required(serialNumber),
  AuthenticationCode1: required(authenticationCode),
  AuthenticationCode2: required(authenticationCode),
})

export const enableMfaDevice = ({ state, clock }: Iam) =>
  iamOperation<InputOf<typeof enableInput>, undefined>({
    name: 'EnableMFADevice',
    readOnly: false,
    input: enableInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input) =>
      state.change((changes) => {
        const user = userNamed(state, input.UserName)
        const device = deviceWith(state, input.SerialNumber)
        if (device.owner !== undefined) throw alreadyExists('MFA Device is already in use.')
        if (devicesOf(state, user).length >= quotas.mfaDevicesPerUser) {
          throw quotaExceeded('MFADevicesPerUser', quotas.mfaDevicesPerUser)
        }
        const lastStep = pairOf(device, input, clock.nowMs())
        changes.put('mfaDevices', { ...device, owner: { userId: user.id, enabledAtMs: clock.nowMs() }, lastStep })
        return undefined
      }),
  })

export const resyncMfaDevice = ({ state, clock }: Iam) =>
  iamOperation<InputOf<typeof enableInput>, undefined>({
    name: 'ResyncMFADevice',
    readOnly: false,
    input: enableInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input) =>
      state.change((changes) => {
        const device = ownDevice(state, userNamed(state, input.UserName), input.SerialNumber)
        changes.put('mfaDevices', { ...device, lastStep: pairOf(device, input, clock.nowMs()) })
        return undefined
      }),
  })

function pairOf(device: MfaDeviceRecord, input: InputOf<typeof enableInput>, nowMs: number): number {
  const step = acceptedPair(device, [input.AuthenticationCode1, input.AuthenticationCode2], nowMs)
  if (step === undefined) throw invalidAuthenticationCode()
  return step
}

function devicesOf(state: IamState, user: UserRecord): readonly MfaDeviceRecord[] {
  return state.mfaDevices.all().filter(({ owner }) => owner?.userId === user.id)
}

function ownDevice(state: IamState, user: UserRecord, serial: string): MfaDeviceRecord {
  const device = deviceWith(state, serial)
  if (device.owner?.userId !== user.id) {
    throw noSuchEntity(`MFA device with serial number ${serial} does not exist for user ${user.name}.`)
  }
  return device
}

const listInput = structure({ UserName: optional(userName), ...paged })

export const listMfaDevices = ({ state }: Iam) =>
  iamOperation<InputOf<typeof listInput>, object>({
    name: 'ListMFADevices',
    readOnly: true,
    input: listInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input, ctx) => {
      if (input.UserName === undefined && ctx.principal.type === 'Root') return { MFADevices: [], IsTruncated: false }
      const user = namedOrCaller(state, input.UserName, ctx)
      const { items, end } = page(devicesOf(state, user), input, (device) => device.name)
      return {
        MFADevices: items.map((device) => ({
          UserName: user.name,
          SerialNumber: serialNumberOf(state, device),
          EnableDate: enabledAt(device),
        })),
        ...end,
      }
    },
  })

function enabledAt({ owner }: MfaDeviceRecord): Date | undefined {
  return owner && new Date(owner.enabledAtMs)
}

const virtualInput = structure({
  AssignmentStatus: optional(string({ oneOf: ['Assigned', 'Unassigned', 'Any'] })),
  ...paged,
})

export const listVirtualMfaDevices = ({ state }: Iam) =>
  iamOperation<InputOf<typeof virtualInput>, object>({
    name: 'ListVirtualMFADevices',
    readOnly: true,
    input: virtualInput,
    target: () => wholeAccount,
    run: (input) => {
      const wanted = input.AssignmentStatus ?? 'Any'
      const all = state.mfaDevices
        .all()
        .filter(({ owner }) => wanted === 'Any' || (wanted === 'Assigned') === (owner !== undefined))
      const { items, end } = page(all, input, (device) => device.name)
      return {
        VirtualMFADevices: items.map((device) => {
          const user = device.owner && state.users.get(device.owner.userId)
          return {
            SerialNumber: serialNumberOf(state, device),
            User: user && printedUser(state, user, 'listed'),
            EnableDate: enabledAt(device),
          }
        }),
        ...end,
      }
    },
  })

const getInput = structure({ SerialNumber: required(serialNumber), UserName: optional(userName) })

export const getMfaDevice = ({ state }: Iam) =>
  iamOperation<InputOf<typeof getInput>, object>({
    name: 'GetMFADevice',
    readOnly: true,
    input: getInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input, ctx) => {
      const user = namedOrCaller(state, input.UserName, ctx)
      const device = ownDevice(state, user, input.SerialNumber)
      return { UserName: user.name, SerialNumber: serialNumberOf(state, device), EnableDate: enabledAt(device) }
    },
  })

const deactivateInput = structure({ UserName: optional(userName), SerialNumber: required(serialNumber) })

export const deactivateMfaDevice = ({ state }: Iam) =>
  iamOperation<InputOf<typeof deactivateInput>, undefined>({
    name: 'DeactivateMFADevice',
    readOnly: false,
    input: deactivateInput,
    target: (input, ctx) => userOrCallerTarget(state, input.UserName, ctx),
    run: (input, ctx) =>
      state.change((changes) => {
        const device = ownDevice(state, namedOrCaller(state, input.UserName, ctx), input.SerialNumber)
        const { owner: _gone, ...rest } = device
        changes.put('mfaDevices', rest)
        return undefined
      }),
  })

const deleteInput = structure({ SerialNumber: required(serialNumber) })

export const deleteVirtualMfaDevice = ({ state }: Iam) =>
  iamOperation<InputOf<typeof deleteInput>, undefined>({
    name: 'DeleteVirtualMFADevice',
    readOnly: false,
    input: deleteInput,
    target: (input) => deviceTarget(state, input.SerialNumber),
    run: (input) =>
      state.change((changes) => {
        const device = deviceWith(state, input.SerialNumber)
        if (device.owner !== undefined) {
          throw deleteConflict('MFA VirtualDevice in use. Must deactivate first.')
        }
        changes.remove('mfaDevices', device.id)
        return undefined
      }),
  })
