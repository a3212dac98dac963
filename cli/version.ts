/** The version of the package that this file is part of. */
import { readFile } from 'node:fs/promises'
import process from 'node:process'

export async function packageVersion(): Promise<string> {
  // Built files lie one folder deeper than their sources.
  const path = import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json'
  const { version } = JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')) as { version: string }
  return version
}

export async function printVersion(): Promise<number> {
  process.stdout.write(`${await packageVersion()}\n`)
  return 0
}
