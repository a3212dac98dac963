/** Which policies may bound a user or a role. */
import { noSuchEntity } from './errors.ts'
import { checkPolicyArn, findPolicy } from './policies.ts'
import type { IamState } from './state.ts'

export function checkBoundary(state: IamState, arn: string): void {
  checkPolicyArn(arn)
  if (findPolicy(state, arn) === undefined) {
    throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`)
  }
}
