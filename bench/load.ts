/** The parent's end of the load process. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadOrder, LoadReport } from './load-messages.ts'

export interface Load {
  /** Gives one order and waits for its report; a failure of the load process is thrown. */
  order<K extends Exclude<LoadReport['kind'], 'failed'>>(
    order: LoadOrder,
    expected: K,
  ): Promise<Extract<LoadReport, { kind: K }>>
  stop(): void
}

export function startLoad(): Load {
  const child = fork(fileURLToPath(new URL('load-process.ts', import.meta.url)))
  return {
    order: (order, expected) =>
      new Promise((resolve, reject) => {
        const finish = () => {
          child.off('message', onReport)
          child.off('exit', onExit)
        }
        const onReport = (report: LoadReport) => {
          finish()
          if (report.kind === expected) resolve(report as Extract<LoadReport, { kind: typeof expected }>)
          else reject(new Error(report.kind === 'failed' ? report.message : `an unexpected ${report.kind}`))
        }
        const onExit = () => {
          finish()
          reject(new Error('the load process ended'))
        }
        child.on('message', onReport)
        child.once('exit', onExit)
        child.send(order)
      }),
    stop() {
      if (child.connected) child.disconnect()
    },
  }
}
