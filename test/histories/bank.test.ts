/** The bank's rules notice every way in which its books can be wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BankRecord, bankFaults } from './bank.ts'

const transfer = { id: 't1', from: 0, to: 1, amount: 30 }
const sound: BankRecord = {
  openingBalance: 50,
  looks: [
    [50, 50],
    [20, 80],
  ],
  done: [transfer],
  refused: [{ id: 't2', from: 0, to: 1, amount: 30 }],
  finalBalances: [20, 80],
  book: [transfer],
}

test('sound books have no fault', () => assert.deepEqual(bankFaults(sound), []))

const wrong: readonly (readonly [name: string, record: BankRecord, fault: RegExp])[] = [
  ['half a transfer is seen', { ...sound, looks: [[20, 50]] }, /sees 70 of 100/],
  ['an account is overdrawn', { ...sound, looks: [[-10, 110]] }, /overdrawn/],
  ['a transfer that was done is lost', { ...sound, finalBalances: [50, 50], book: [] }, /t1 was done, and is not/],
  ['a transfer that was refused happened', { ...sound, refused: [transfer] }, /t1 was refused, and is/],
  ['a transfer is booked and not made', { ...sound, finalBalances: [50, 50] }, /account 0 holds 50, by the book 20/],
  ['a transfer is made and not booked', { ...sound, done: [], book: [] }, /account 1 holds 80, by the book 50/],
]
for (const [name, record, fault] of wrong) {
  test(`finds: ${name}`, () => assert.match(bankFaults(record).join('; '), fault))
}
