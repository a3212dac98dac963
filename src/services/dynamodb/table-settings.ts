/** Encryption and stream settings of a table. */
import type { SseRecord, StreamRecord, StreamViewType } from '../../engine/tables/table.ts'
import { validationError } from '../../foundation/service-error.ts'
import { invalidParameter } from './errors.ts'
import type { SseInput, StreamInput } from './table-shapes.ts'

/** The stream that CreateTable asks for, if any. */
export function streamAtStart(given: StreamInput | undefined): { readonly viewType: StreamViewType } | undefined {
  if (given === undefined) return undefined
  if (given.StreamEnabled) {
    if (given.StreamViewType === undefined) {
      throw invalidParameter('Table is being created with a stream enabled, UpdateViewType is required')
    }
    return { viewType: given.StreamViewType }
  }
  if (given.StreamViewType !== undefined) {
    throw invalidParameter('Table is being created with a stream disabled, UpdateViewType should not be specified')
  }
  return undefined
}

/** The checks of UpdateTable's StreamSpecification that need no table. */
export function checkStreamUpdate(given: StreamInput): void {
  if (given.StreamEnabled && given.StreamViewType === undefined) {
    throw invalidParameter('If stream is being enabled then UpdateViewType is required')
  }
  if (!given.StreamEnabled && given.StreamViewType !== undefined) {
    throw invalidParameter('If stream is being disabled, then UpdateViewType must not be specified')
  }
}

/** The stream after an UpdateTable; a new one is named by the time of the request. */
export function changedStream(
  given: StreamInput,
  present: StreamRecord | undefined,
  table: string,
  nowMs: number,
): StreamRecord {
  if (given.StreamEnabled) {
    if (present?.enabled === true) throw validationError(`Table already has an enabled stream: TableName: ${table}`)
    return { viewType: given.StreamViewType ?? 'NEW_AND_OLD_IMAGES', label: streamLabel(nowMs), enabled: true }
  }
  if (present?.enabled !== true) throw validationError(`Table has no stream to disable: TableName: ${table}`)
  return { ...present, enabled: false }
}

/** Such as 2015-05-11T21:21:33.291: an ISO time without its zone. */
function streamLabel(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, -1)
}

/** The encryption asked for; undefined means the default, which is described by no SSEDescription. */
export function checkedSse(given: SseInput | undefined): SseRecord | undefined {
  if (given === undefined) return undefined
  const { Enabled: enabled, SSEType: type, KMSMasterKeyId: keyId } = given
  if (enabled === false) {
    if (type !== undefined) throw invalidParameter('SSEType can not be specified if Enabled is false')
    if (keyId !== undefined) throw invalidParameter('KMSMasterKeyId can not be specified if Enabled is false')
    return undefined
  }
  if (type === 'AES256') throw invalidParameter('SSEType AES256 is not supported')
  if (keyId !== undefined && type === undefined) {
    throw invalidParameter('SSEType KMS is required if KMSMasterKeyId is specified')
  }
  if (enabled === undefined && type === undefined) return undefined
  return { enabled: true, type: 'KMS', ...(keyId !== undefined && { kmsMasterKeyId: keyId }) }
}

/** The encryption after an UpdateTable; undefined: back to the default. */
export function changedSse(given: SseInput, present: SseRecord | undefined): SseRecord | undefined {
  const next = checkedSse(given)
  if (next === undefined && present?.enabled !== true) {
    throw invalidParameter('Table is already encrypted by default')
  }
  return next
}
