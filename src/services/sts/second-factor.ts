/** SerialNumber and TokenCode: the user's own MFA device and what it shows now. */
import type { Directory } from '../../contract/ports.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import { accessDenied } from './errors.ts'

export interface SecondFactor {
  readonly SerialNumber?: string
  readonly TokenCode?: string
}

/** Whether a code was shown; AccessDenied when it is not right. The code still counts afterwards. */
export function checkSecondFactor(given: SecondFactor, directory: Directory, ctx: RequestContext): boolean {
  const shown = shownFactor(given)
  if (shown === undefined) return false
  if (ctx.principal.type !== 'User' || !directory.knowsCode(ctx.principal.userId, ...shown)) throw refusedCode()
  return true
}

/** As `checkSecondFactor`, and the code counts no more. */
export async function takeSecondFactor(
  given: SecondFactor,
  directory: Directory,
  ctx: RequestContext,
): Promise<boolean> {
  const shown = shownFactor(given)
  if (shown === undefined) return false
  if (ctx.principal.type !== 'User' || !(await directory.takeCode(ctx.principal.userId, ...shown))) throw refusedCode()
  return true
}

function shownFactor({ SerialNumber, TokenCode }: SecondFactor): readonly [string, string] | undefined {
  if (SerialNumber === undefined && TokenCode === undefined) return undefined
  if (SerialNumber !== undefined && TokenCode !== undefined) return [SerialNumber, TokenCode]
  throw accessDenied('MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.')
}

function refusedCode() {
  return accessDenied('MultiFactorAuthentication failed with invalid MFA one time pass code. ')
}
