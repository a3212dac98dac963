/**
 * What is wrong with each action of a transaction. Faults of single actions are gathered, so that a caller learns of all of
 * them at once; a fault of the whole request is thrown as it is.
 */
import type { JsonFragment } from '../../foundation/json-fragment.ts'
import { ServiceError } from '../../foundation/service-error.ts'
import { RequestFault } from '../errors.ts'

/** As it stands in TransactionCanceledException; Item by ReturnValuesOnConditionCheckFailure. */
export interface CancellationReason {
  readonly Code: string
  readonly Item?: JsonFragment
  readonly Message?: string
}

const noReason: CancellationReason = { Code: 'None' }

/** What an error of a single write is called as a reason. */
const reasonCodes: ReadonlyMap<string, string> = new Map([
  ['ConditionalCheckFailedException', 'ConditionalCheckFailed'],
  ['ItemCollectionSizeLimitExceededException', 'ItemCollectionSizeLimitExceeded'],
  ['ProvisionedThroughputExceededException', 'ProvisionedThroughputExceeded'],
  ['ThrottlingException', 'ThrottlingError'],
  ['ValidationException', 'ValidationError'],
])

/** Thrown by one action's work where its reason has other words than an error of a single write would have. */
export class ActionRefused extends Error {
  override readonly name = 'ActionRefused'
  readonly reason: CancellationReason

  constructor(reason: CancellationReason) {
    super(reason.Code)
    this.reason = reason
  }
}

export class Cancellation {
  readonly #reasons: CancellationReason[]
  #failed = false

  constructor(actions: number) {
    this.#reasons = new Array<CancellationReason>(actions).fill(noReason)
  }

  get needed(): boolean {
    return this.#failed
  }

  /** Whether throughput had run out for an action. */
  get throttled(): boolean {
    return this.#reasons.some(({ Code }) => Code === 'ProvisionedThroughputExceeded' || Code === 'ThrottlingError')
  }

  /** Does a part of one action's work; undefined when the action failed, now noted. */
  attempt<T>(position: number, work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      const reason = reasonOf(error)
      // What is not about this action alone goes on up: a page on its way, a fault of the request.
      if (reason === undefined) throw error
      this.#reasons[position] = reason
      this.#failed = true
      return undefined
    }
  }

  error(): ServiceError {
    const codes = this.#reasons.map(({ Code }) => Code).join(', ')
    return new ServiceError(
      'TransactionCanceledException',
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
      { messageMember: 'Message', members: { CancellationReasons: this.#reasons } },
    )
  }
}

function reasonOf(error: unknown): CancellationReason | undefined {
  if (error instanceof ActionRefused) return error.reason
  if (!(error instanceof ServiceError) || error instanceof RequestFault) return undefined
  const code = reasonCodes.get(error.code)
  return code === undefined ? undefined : { Code: code, Message: error.message }
}
