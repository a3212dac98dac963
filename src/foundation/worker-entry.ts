/** The URL of a worker's entry file beside its caller: `.ts` when run from source, `.js` when built. */
export function workerEntry(callerUrl: string, name: string): URL {
  return new URL(`./${name}${callerUrl.endsWith('.ts') ? '.ts' : '.js'}`, callerUrl)
}
