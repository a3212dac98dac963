/** One run against a real server: lists and a bank, with kill -9 in the middle of both, and the search for anomalies. */

import { runCoffer, runCofferCommand } from '../run-coffer.ts'
import { type BankRecord, bankFaults } from './bank.ts'
import { bankTables, recordBank } from './bank-load.ts'
import { findAnomalies } from './find-anomalies.ts'
import type { Anomaly, History } from './history.ts'
import { listsTable, recordListAppends } from './list-append-load.ts'
import { Wire } from './wire.ts'

export interface RunOptions {
  readonly clients: number
  /** Of the lists; the bank has a third of them. */
  readonly operations: number
  readonly seed: number
}

export interface RunResult {
  readonly history: History
  readonly anomalies: readonly Anomaly[]
  readonly bank: BankRecord
  readonly bankFaults: readonly string[]
  readonly surprises: readonly string[]
  /** What `coffer check` says of the folder in the end. */
  readonly check: { readonly exitCode: number; readonly output: string }
}

export async function runHistories({ clients, operations, seed }: RunOptions): Promise<RunResult> {
  const server = await runCoffer()
  const wire = new Wire(server, clients)
  const kills: Promise<void>[] = []
  const killAt = (wanted: number) => (quarter: number) => {
    if (quarter === wanted) kills.push(wire.killed(server))
  }
  try {
    for (const table of [listsTable, ...bankTables]) await createTable(wire, table)
    const history = await recordListAppends(wire, { clients, operations, seed, atQuarter: killAt(2) })
    const third = Math.ceil(operations / 3)
    const bank = await recordBank(wire, { clients, operations: third, seed: seed + 1, atQuarter: killAt(2) })
    await Promise.all(kills)
    await server.kill('SIGKILL')
    const check = await runCofferCommand(['check', '--data', server.folder])
    const anomalies = findAnomalies(history)
    return { history, anomalies, bank, bankFaults: bankFaults(bank), surprises: wire.surprises, check }
  } finally {
    wire.close()
    await server.stop()
  }
}

async function createTable(wire: Wire, table: object): Promise<void> {
  const { TableName } = table as { readonly TableName: string }
  const made = await wire.call('CreateTable', table)
  if (made.kind !== 'done') throw new Error(`${TableName} could not be made: ${JSON.stringify(made)}`)
  for (let looks = 0; looks < 1000; looks += 1) {
    const reply = await wire.call('DescribeTable', { TableName })
    const status = reply.kind === 'done' ? (reply.body['Table'] as { readonly TableStatus: string }).TableStatus : ''
    if (status === 'ACTIVE') return
  }
  throw new Error(`${TableName} did not become ACTIVE`)
}
