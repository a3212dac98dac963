/** GetRecords' list of records as JSON, with keys and images spliced in from the bytes in which they are stored. */
import { hash } from 'node:crypto'
import type { StreamedRecord } from '../../engine/streams/streams.ts'
import { JsonFragment } from '../../foundation/json-fragment.ts'

export interface RecordsOf {
  readonly arn: string
  readonly region: string
  readonly viewType: string
}

/** All texts but the spliced bytes are ASCII. */
type Part = string | Uint8Array

export function recordsFragment(records: readonly StreamedRecord[], stream: RecordsOf): JsonFragment {
  const parts: Part[] = ['[']
  for (const [position, record] of records.entries()) {
    if (position > 0) parts.push(',')
    addRecord(parts, record, stream)
  }
  parts.push(']')
  return new JsonFragment(joined(parts))
}

function addRecord(parts: Part[], record: StreamedRecord, { arn, region, viewType }: RecordsOf): void {
  const { sequenceNumber, sizeBytes, keys, newImage, oldImage } = record
  parts.push(
    `{"eventID":"${eventId(arn, sequenceNumber)}","eventName":"${record.event}","eventVersion":"1.1",` +
      `"eventSource":"aws:dynamodb","awsRegion":"${region}","dynamodb":{` +
      `"ApproximateCreationDateTime":${Math.floor(record.createdAtMs / 1000)},"Keys":`,
    keys,
  )
  if (newImage !== undefined) parts.push(',"NewImage":', newImage)
  if (oldImage !== undefined) parts.push(',"OldImage":', oldImage)
  parts.push(
    `,"SequenceNumber":"${sequenceNumber}","SizeBytes":${sizeBytes},"StreamViewType":"${viewType}"}` +
      `${record.byTimeToLive ? ',"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}' : ''}}`,
  )
}

/** The same for a record whenever it is read, and another for each record of any stream: 32 hex digits. */
function eventId(arn: string, sequenceNumber: string): string {
  return hash('sha256', `${arn}/${sequenceNumber}`).slice(0, 32)
}

function joined(parts: readonly Part[]): Buffer {
  let size = 0
  for (const part of parts) size += part.length
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const part of parts) {
    if (typeof part === 'string') at += bytes.write(part, at, 'latin1')
    else {
      bytes.set(part, at)
      at += part.length
    }
  }
  return bytes
}
