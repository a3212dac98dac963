/** The long run: `npm run histories -- --clients 400 --operations 200000 --seed 7`. Exits 1 when anything is wrong. */
import { parseArgs } from 'node:util'
import { runHistories } from './run-histories.ts'

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '300' },
    operations: { type: 'string', default: '60000' },
    seed: { type: 'string', default: String(Date.now() >>> 0) },
  },
})
const options = {
  clients: Number(values.clients),
  operations: Number(values.operations),
  seed: Number(values.seed),
}
console.log(`${options.operations} operations of ${options.clients} clients, seed ${options.seed}`)
const result = await runHistories(options)
const faults = [
  ...result.anomalies.map(({ name, explanation }) => `${name}: ${explanation}`),
  ...result.bankFaults,
  ...result.surprises,
  ...(result.check.exitCode === 0 ? [] : [result.check.output]),
]
const outcomes = result.history.map(({ outcome }) => outcome)
for (const outcome of ['ok', 'fail', 'info'] as const) {
  console.log(`lists: ${outcomes.filter((one) => one === outcome).length} ${outcome}`)
}
console.log(`bank: ${result.bank.done.length} transfers done, ${result.bank.refused.length} refused`)
console.log(faults.length === 0 ? 'no anomaly' : faults.join('\n'))
process.exitCode = faults.length === 0 ? 0 : 1
