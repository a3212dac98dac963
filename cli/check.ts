/** `coffer check`: opens the store of a data folder on which no server runs and verifies it all. */
import process from 'node:process'
import { checkStore } from '../src/check-store.ts'
import { openExistingDataFolder } from '../src/data-folder/data-folder.ts'
import { systemRandom } from '../src/foundation/random.ts'
import { openStore } from '../src/open-store.ts'
import { readSettings } from '../src/settings.ts'

export async function check(flags: readonly string[]): Promise<number> {
  const settings = await readSettings({ arguments: flags, environment: process.env })
  const path = settings.dataFolder
  const folder = await openExistingDataFolder({ path, random: systemRandom, processId: process.pid })
  try {
    const trees = await openStore(folder, settings.cacheBytes)
    try {
      return await report(checkStore(trees))
    } finally {
      await trees.close()
    }
  } finally {
    await folder.release()
  }
}

async function report(checks: ReturnType<typeof checkStore>): Promise<number> {
  let faultCount = 0
  for await (const { subject, summary, faults } of checks) {
    process.stdout.write(`${subject}: ${summary}${faults.length === 0 ? ', sound' : ''}\n`)
    for (const fault of faults) process.stdout.write(`  FAULT ${fault}\n`)
    faultCount += faults.length
  }
  process.stdout.write(faultCount === 0 ? 'No faults.\n' : `${faultCount} faults.\n`)
  return faultCount === 0 ? 0 : 1
}
