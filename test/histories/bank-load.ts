/**
 * Clients move money, look at all accounts, and write on accounts in passing. A transfer whose answer is lost is sent again
 * under its token until its outcome is known: it must not happen twice.
 */
import type { Body } from '../conformance/client.ts'
import type { BankRecord, Transfer } from './bank.ts'
import { type Reply, runClients, seededPicks, type Wire } from './wire.ts'

export interface BankOptions {
  readonly clients: number
  readonly operations: number
  readonly seed: number
  readonly atQuarter: (quarter: number) => void
}

const accounts = 12
const openingBalance = 50
const triesMax = 20

const hashTable = (TableName: string): Body => ({
  TableName,
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
})
export const bankTables = [hashTable('Accounts'), hashTable('Book')]

export async function recordBank(wire: Wire, options: BankOptions): Promise<BankRecord> {
  const load = new BankLoad(wire, options.seed)
  await load.open()
  const quarter = Math.ceil(options.operations / 4)
  let begun = 0
  await runClients(options.clients, async () => {
    if (begun >= options.operations) return false
    begun += 1
    if (begun % quarter === 0) options.atQuarter(begun / quarter)
    await load.operate()
    return true
  })
  return load.close()
}

class BankLoad {
  readonly #wire: Wire
  readonly #pick: (bound: number) => number
  readonly #looks: number[][] = []
  readonly #done: Transfer[] = []
  readonly #refused: Transfer[] = []
  #transfers = 0

  constructor(wire: Wire, seed: number) {
    this.#wire = wire
    this.#pick = seededPicks(seed)
  }

  async open(): Promise<void> {
    const puts = Array.from({ length: accounts }, (_, account) => ({
      Put: { TableName: 'Accounts', Item: { ...accountKey(account), balance: amountOf(openingBalance) } },
    }))
    await this.#untilKnown('TransactWriteItems', { TransactItems: puts })
  }

  async operate(): Promise<void> {
    const chance = this.#pick(100)
    if (chance < 60) await this.#transfer()
    else if (chance < 80) await this.#look()
    else if (chance < 90) await this.#note()
    else await this.#putAgain()
  }

  async close(): Promise<BankRecord> {
    await this.#look()
    const finalBalances = this.#looks.pop() ?? []
    return {
      openingBalance,
      looks: this.#looks,
      done: this.#done,
      refused: this.#refused,
      finalBalances,
      book: await this.#readBook(),
    }
  }

  async #transfer(): Promise<void> {
    const from = this.#pick(accounts)
    const to = (from + 1 + this.#pick(accounts - 1)) % accounts
    const amount = 1 + this.#pick(20)
    this.#transfers += 1
    const transfer = { id: `transfer-${this.#transfers}`, from, to, amount }
    const reply = await this.#untilKnown('TransactWriteItems', {
      ClientRequestToken: transfer.id,
      TransactItems: [
        { Update: balanceChange(from, 'SET balance = balance - :amount', amount, 'balance >= :amount') },
        { Update: balanceChange(to, 'SET balance = balance + :amount', amount) },
        { Put: { TableName: 'Book', Item: entryOf(transfer), ConditionExpression: 'attribute_not_exists(pk)' } },
      ],
    })
    if (reply.kind === 'done') this.#done.push(transfer)
    else if (failedOf(reply).includes(2)) this.#wire.surprises.push(`${transfer.id} was done twice`)
    else this.#refused.push(transfer)
  }

  async #look(): Promise<void> {
    const gets = Array.from({ length: accounts }, (_, account) => ({
      Get: { TableName: 'Accounts', Key: accountKey(account) },
    }))
    const reply = await this.#untilKnown('TransactGetItems', { TransactItems: gets })
    if (reply.kind !== 'done') return
    const items = (reply.body['Responses'] as readonly Body[]).map(({ Item }) => Item as Account)
    this.#looks.push(items.map(({ balance }) => Number(balance.N)))
  }

  /** A single write beside transactions on the same item. */
  async #note(): Promise<void> {
    await this.#wire.call('UpdateItem', {
      TableName: 'Accounts',
      Key: accountKey(this.#pick(accounts)),
      UpdateExpression: 'SET noted = :amount',
      ExpressionAttributeValues: { ':amount': amountOf(this.#pick(1000)) },
    })
  }

  /** Puts an account as it was read, if its balance is still that. */
  async #putAgain(): Promise<void> {
    const Key = accountKey(this.#pick(accounts))
    const reply = await this.#wire.call('GetItem', { TableName: 'Accounts', Key, ConsistentRead: true })
    if (reply.kind !== 'done') return
    const item = reply.body['Item'] as Account
    await this.#wire.call('PutItem', {
      TableName: 'Accounts',
      Item: item,
      ConditionExpression: 'balance = :read',
      ExpressionAttributeValues: { ':read': item.balance },
    })
  }

  async #readBook(): Promise<Transfer[]> {
    const book: Transfer[] = []
    let start: unknown
    do {
      const input = {
        TableName: 'Book',
        ConsistentRead: true,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }
      const reply = await this.#untilKnown('Scan', input)
      if (reply.kind !== 'done') throw new Error(`the book cannot be read: ${JSON.stringify(reply)}`)
      book.push(...(reply.body['Items'] as readonly Entry[]).map(transferOf))
      start = reply.body['LastEvaluatedKey']
    } while (start !== undefined)
    return book
  }

  async #untilKnown(operation: string, input: Body): Promise<Exclude<Reply, { readonly kind: 'unknown' }>> {
    for (let tries = 0; tries < triesMax; tries += 1) {
      const reply = await this.#wire.call(operation, input)
      if (reply.kind !== 'unknown') return reply
    }
    throw new Error(`${operation} had no outcome after ${triesMax} tries`)
  }
}

interface Account {
  readonly balance: { readonly N: string }
}
interface Entry {
  readonly pk: { readonly S: string }
  readonly origin: { readonly N: string }
  readonly target: { readonly N: string }
  readonly amount: { readonly N: string }
}

function accountKey(account: number): Body {
  return { pk: { S: `account-${account}` } }
}

function amountOf(amount: number): Body {
  return { N: String(amount) }
}

function balanceChange(account: number, update: string, amount: number, condition?: string): Body {
  return {
    TableName: 'Accounts',
    Key: accountKey(account),
    UpdateExpression: update,
    ExpressionAttributeValues: { ':amount': amountOf(amount) },
    ...(condition !== undefined && { ConditionExpression: condition }),
  }
}

function entryOf({ id, from, to, amount }: Transfer): Body {
  return { pk: { S: id }, origin: amountOf(from), target: amountOf(to), amount: amountOf(amount) }
}

function transferOf({ pk, origin, target, amount }: Entry): Transfer {
  return { id: pk.S, from: Number(origin.N), to: Number(target.N), amount: Number(amount.N) }
}

/** The positions of the actions that cancelled a transaction. */
function failedOf(reply: Reply): readonly number[] {
  const reasons = reply.kind === 'refused' ? (reply.body['CancellationReasons'] as readonly Body[] | undefined) : []
  return (reasons ?? []).flatMap(({ Code }, at) => (Code === 'None' ? [] : [at]))
}
