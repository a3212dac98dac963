/** GenerateCredentialReport and GetCredentialReport. */
import type { InputOf } from '../../../contract/shape.ts'
import { ServiceError } from '../../../foundation/service-error.ts'
import { credentialReport } from '../credential-report.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, wholeAccount } from '../iam-operation.ts'
import { structure } from '../shapes.ts'

const input = structure({})

/** AWS makes a new one when the last is four hours old, and drops it some time later. */
const freshMs = 4 * 3_600_000
const keptMs = 7 * 86_400_000

export const generateCredentialReport = (iam: Iam) =>
  iamOperation<InputOf<typeof input>, object>({
    name: 'GenerateCredentialReport',
    readOnly: false,
    input,
    target: () => wholeAccount,
    run: () => {
      const nowMs = iam.clock.nowMs()
      const { latest } = iam.report
      if (latest !== undefined && nowMs - latest.atMs < freshMs) return { State: 'COMPLETE' }
      iam.report.latest = { atMs: nowMs, csv: credentialReport(iam) }
      const Description = 'No report exists. Starting a new report generation task'
      return { State: 'STARTED', ...(latest === undefined && { Description }) }
    },
  })

export const getCredentialReport = (iam: Iam) =>
  iamOperation<InputOf<typeof input>, object>({
    name: 'GetCredentialReport',
    readOnly: true,
    input,
    target: () => wholeAccount,
    run: () => {
      const { latest } = iam.report
      if (latest === undefined) {
        throw new ServiceError('ReportNotPresent', 'No report exists.', { status: 410 })
      }
      if (iam.clock.nowMs() - latest.atMs > keptMs) {
        throw new ServiceError('ReportExpired', 'The report has expired.', { status: 410 })
      }
      return {
        Content: Buffer.from(latest.csv, 'utf8'),
        ReportFormat: 'text/csv',
        GeneratedTime: new Date(latest.atMs),
      }
    },
  })
