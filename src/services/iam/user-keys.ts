/** Who holds which access key: kept right after every change, so that a signature check is one look into a map. */
import type { Identity } from '../../contract/ports.ts'
import { arnOf } from './entities.ts'
import type { UserRecord } from './records.ts'
import type { IamState } from './state.ts'

export class UserKeys {
  readonly #state: IamState
  readonly #identities = new Map<string, Identity>()

  constructor(state: IamState) {
    this.#state = state
    for (const user of state.users.all()) this.#add(user)
    state.onChange((kind, before, after) => {
      if (kind !== 'users') return
      if (before !== undefined) for (const key of (before as UserRecord).keys) this.#identities.delete(key.id)
      if (after !== undefined) this.#add(after as UserRecord)
    })
  }

  /** Of active keys only. */
  find(accessKeyId: string): Identity | undefined {
    return this.#identities.get(accessKeyId)
  }

  #add(user: UserRecord): void {
    const { accountId } = this.#state
    for (const key of user.keys) {
      if (!key.active) continue
      this.#identities.set(key.id, {
        principal: {
          type: 'User',
          accountId,
          arn: arnOf(this.#state, 'user', user),
          userId: user.id,
          accessKeyId: key.id,
          userName: user.name,
        },
        secretAccessKey: key.secret,
      })
    }
  }
}
