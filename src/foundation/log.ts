/** What the operator reads: one JSON object a line. Secrets and items never come here. */
import type { Clock } from './clock.ts'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

/** Facts beside a fixed message; an Error under any name is written with its stack and causes. */
export type LogFacts = Readonly<Record<string, unknown>>

export interface Log {
  debug(message: string, facts?: LogFacts): void
  info(message: string, facts?: LogFacts): void
  warn(message: string, facts?: LogFacts): void
  error(message: string, facts?: LogFacts): void
}

export interface JsonLogOptions {
  /** Lines below this level are not written. */
  readonly level: LogLevel
  readonly clock: Clock
  /** Takes one line, newline included; standard error unless told. */
  readonly write?: (line: string) => void
}

export function jsonLog({ level, clock, write = writeToStandardError }: JsonLogOptions): Log {
  const lowest = logLevels.indexOf(level)
  const at = (lineLevel: LogLevel) => {
    if (logLevels.indexOf(lineLevel) < lowest) return () => {}
    return (message: string, facts: LogFacts = {}) => {
      const time = new Date(clock.nowMs()).toISOString()
      write(`${JSON.stringify({ time, level: lineLevel, message, ...readable(facts) })}\n`)
    }
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function writeToStandardError(line: string): void {
  process.stderr.write(line)
}

function readable(facts: LogFacts): LogFacts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, fact instanceof Error ? readableError(fact, 0) : fact]),
  )
}

const causesMax = 5

function readableError(error: Error, depth: number): LogFacts {
  const cause = error.cause instanceof Error && depth < causesMax ? readableError(error.cause, depth + 1) : undefined
  return { name: error.name, message: error.message, stack: error.stack, cause }
}
