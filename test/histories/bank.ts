/** Accounts between which money moves: what must hold of every look at all of them, and of the books at last. */

export interface Transfer {
  readonly id: string
  readonly from: number
  readonly to: number
  readonly amount: number
}

export interface BankRecord {
  readonly openingBalance: number
  /** All balances as transactional reads saw them. */
  readonly looks: readonly (readonly number[])[]
  /** Transfers that clients were told are done, and those that they were told are not. */
  readonly done: readonly Transfer[]
  readonly refused: readonly Transfer[]
  readonly finalBalances: readonly number[]
  /** The entries that lie in the book at last. */
  readonly book: readonly Transfer[]
}

/** Empty: no money was made or lost, and the books are right. */
export function bankFaults(record: BankRecord): string[] {
  const { openingBalance, looks, done, refused, finalBalances, book } = record
  const faults: string[] = []
  const total = openingBalance * finalBalances.length
  for (const balances of [...looks, finalBalances]) {
    const seen = balances.reduce((sum, balance) => sum + balance, 0)
    if (seen !== total) faults.push(`a look at all accounts sees ${seen} of ${total}: [${balances.join(' ')}]`)
    if (balances.some((balance) => balance < 0)) faults.push(`an account is overdrawn: [${balances.join(' ')}]`)
  }
  const booked = new Set(book.map(({ id }) => id))
  for (const { id } of done) if (!booked.has(id)) faults.push(`transfer ${id} was done, and is not in the book`)
  for (const { id } of refused) if (booked.has(id)) faults.push(`transfer ${id} was refused, and is in the book`)
  const expected = finalBalances.map(() => openingBalance)
  for (const { from, to, amount } of book) {
    expected[from] = (expected[from] ?? 0) - amount
    expected[to] = (expected[to] ?? 0) + amount
  }
  for (const [account, balance] of finalBalances.entries()) {
    if (balance !== expected[account]) {
      faults.push(`account ${account} holds ${balance}, by the book ${expected[account]}`)
    }
  }
  return faults
}
