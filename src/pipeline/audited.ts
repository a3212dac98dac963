/** The audit hook: a call's record is opened before its work and closed with its outcome before its answer leaves. */
import type { AuditRecord, AuditTrail } from '../contract/ports.ts'

/**
 * Takes the input, then does the work. A record that cannot be closed withholds the answer: the caller then sees the
 * record's error and not the outcome.
 */
export async function audited(
  record: AuditRecord,
  take: () => unknown,
  work: (input: unknown) => unknown,
): Promise<unknown> {
  let input: unknown
  let output: unknown
  try {
    input = take()
    output = await work(input)
  } catch (error) {
    await record.close({ input, error })
    throw error
  }
  const closing = record.close({ input, output })
  if (closing !== undefined) await closing
  return output
}

const emptyRecord: AuditRecord = { close() {} }

/** Keeps nothing: there is no trail yet that selects an event. */
export const unrecorded: AuditTrail = { open: () => emptyRecord }
