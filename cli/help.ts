/** What `coffer help` says. The settings come from their one definition. */
import { settingHelp, settingNames } from '../src/settings/setting-definitions.ts'

const commands = {
  serve: 'run the server',
  check: 'verify everything in a data folder, while no server runs on it',
  version: 'print the version',
} as const

export type Command = keyof typeof commands

export function isCommand(word: string): word is Command {
  return Object.hasOwn(commands, word)
}

/** About one command, or about all when none is named. */
export function helpText(command?: Command): string {
  switch (command) {
    case undefined:
      return overview()
    case 'serve':
      return `${usage('serve', '[settings]')}\n${serveText}\n${settingsText()}\n${sourcesText}`
    case 'check':
      return `${usage('check', '[--data <folder>]')}\n${checkText}`
    case 'version':
      return usage('version', '')
  }
}

function overview(): string {
  const lines = Object.entries(commands).map(([name, purpose]) => `  ${name.padEnd(10)}${purpose}`)
  return `Coffer: a self-hosted database that speaks the Amazon DynamoDB API.

Usage: coffer <command> [settings]

${lines.join('\n')}
  help <command>  more about one command
`
}

function usage(command: Command, rest: string): string {
  return `Usage: coffer ${command} ${rest}`.trimEnd().concat(`\n\n${sentence(commands[command])}\n`)
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

const serveText = `The first start makes the data folder with a root key, a local certificate authority and an administrator's
access key, and prints how clients find them. SIGTERM or SIGINT ends calls under way and stops.
`

const checkText = `Opens every page and looks at seals, order, counts and indexes. Prints each fault with its place; the exit code is 1
when there is one.
`

const sourcesText = `  --config <file>                    a YAML file of the settings above, one "name: value" a line

Every setting may also come from the environment: COFFER_HTTPS_PORT for --https-port. A flag counts more than the
environment, and the environment more than the file.
`

function settingsText(): string {
  const lines = settingNames.map((name) => {
    const [value, purpose] = settingHelp[name]
    return `  ${`--${name} ${value}`.padEnd(35)}${purpose}`
  })
  return lines.join('\n')
}
