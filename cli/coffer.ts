#!/usr/bin/env -S node --max-semi-space-size=8
/** The `coffer` command: looks at its first word and runs that. Exit codes: 0 done, 1 failed, 2 asked wrongly. */
import { enableCompileCache } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { OperatorError } from '../src/foundation/operator-error.ts'
import { helpText, isCommand } from './help.ts'

const failed = 1
const askedWrongly = 2

async function run(command: string | undefined, rest: readonly string[]): Promise<number> {
  if (command === undefined) return complain('say what to do', helpText())
  if (command === 'help' || command === '--help' || command === '-h') return help(rest[0])
  if (command === '--version') return run('version', rest)
  if (!isCommand(command)) return complain(`there is no command "${command}"`, helpText())
  if (rest.includes('--help') || rest.includes('-h')) return help(command)
  keepStrippedSource()
  // Loaded by need: `coffer version` shall not wait for the database's code.
  switch (command) {
    case 'serve':
      return (await import('./serve.ts')).serve(rest)
    case 'check':
      return (await import('./check.ts')).check(rest)
    case 'version':
      return (await import('./version.ts')).printVersion()
  }
}

/**
 * Run from source, types are stripped once and the result kept: a start takes half the time and 50 MB less. Threads learn
 * of it by the environment. Where the folder cannot be written nothing is kept.
 */
function keepStrippedSource(): void {
  if (!import.meta.url.endsWith('.ts')) return
  const folder = fileURLToPath(new URL('../node_modules/.cache/coffer', import.meta.url))
  enableCompileCache(folder)
  process.env['NODE_COMPILE_CACHE'] = folder
}

function help(command: string | undefined): number {
  if (command !== undefined && !isCommand(command)) return complain(`there is no command "${command}"`, helpText())
  process.stdout.write(helpText(command))
  return 0
}

function complain(what: string, advice = ''): number {
  process.stderr.write(`coffer: ${what}\n${advice === '' ? '' : `\n${advice}`}`)
  return askedWrongly
}

/** Every error ends here, in words; a stack helps only who reads our code, and goes there by --log-level debug. */
function exitCodeOf(error: unknown): number {
  if (error instanceof OperatorError && error.name === 'SettingsError') {
    return complain(
      error.message.replaceAll('\n', '\ncoffer: '),
      "\n'coffer help serve' lists the settings\n".trimStart(),
    )
  }
  process.stderr.write(`coffer: ${error instanceof Error ? error.message : String(error)}\n`)
  return failed
}

const [command, ...rest] = process.argv.slice(2)
try {
  process.exitCode = await run(command, rest)
} catch (error) {
  process.exitCode = exitCodeOf(error)
}
