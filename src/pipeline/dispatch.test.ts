import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyOperation } from '../contract/operation.ts'
import type { AuditOutcome } from '../contract/ports.ts'
import type { RequestContext } from '../contract/request-context.ts'
import type { Service } from '../contract/service.ts'
import { required, structure } from '../contract/shape.ts'
import { string } from '../contract/shape-scalars.ts'
import { systemClock } from '../foundation/clock.ts'
import { houseDispatch } from './dispatch.ts'
import { type House, routesOf } from './house.ts'
import { policyAuthorizer } from './policy-authorizer.ts'

const shape = structure({ Name: required(string()) })
const seen: RequestContext[] = []
const closed: AuditOutcome[] = []

const greet = {
  name: 'Greet',
  kind: 'control-write',
  input: shape,
  access: () => [{ action: 'other:Greet', resource: '*' }],
  audit: { category: 'Management', readOnly: false, requestParameters: () => null, resources: () => [] },
  run: (input: { readonly Name: string }, ctx: RequestContext) => {
    seen.push(ctx)
    return { Text: `hello ${input.Name}` }
  },
} as unknown as AnyOperation

const service: Service = {
  name: 'other',
  signingName: 'other',
  protocol: 'json-1.0',
  targetPrefix: 'Other',
  errorNamespace: 'other',
  apiVersion: '1',
  operations: [greet],
}

const house = {
  accountId: '000000000000',
  region: 'us-east-1',
  clock: systemClock,
  routes: routesOf([service]),
  authorizer: policyAuthorizer({ version: 1, policiesOf: () => ({ identity: [], tags: {} }) }),
  engine: { policies: { inForce: () => undefined } },
  audit: { open: () => ({ close: (outcome: AuditOutcome) => void closed.push(outcome) }) },
} as unknown as House

const dispatch = houseDispatch(house, () => 'ID')
const by = (...actions: string[]) => ({
  roleName: 'Role',
  sessionName: 'session',
  role: { invokedBy: 'scaling.amazonaws.com', actions },
})

test('a call among rooms is checked, allowed and recorded like one from outside, with the role as its caller', async () => {
  assert.deepEqual(await dispatch.call('Other.Greet', { Name: 'you' }, by('other:Greet')), { Text: 'hello you' })
  const [ctx] = seen
  assert.equal(ctx?.requestId, 'ID')
  assert.equal(ctx?.principal.type, 'AssumedRole')
  assert.equal(ctx?.principal.arn, 'arn:aws:sts::000000000000:assumed-role/Role/session')
  assert.equal(ctx?.source.ipAddress, 'scaling.amazonaws.com')
  assert.deepEqual(closed.pop(), { input: { Name: 'you' }, output: { Text: 'hello you' } })

  await assert.rejects(dispatch.call('Other.Greet', {}, by('other:Greet')), { code: 'ValidationException' })
  await assert.rejects(dispatch.call('Other.Greet', { Name: 'x' }, by('other:Read')), { code: 'AccessDeniedException' })
  assert.equal(closed.length, 2)
  assert.ok(closed.every((outcome) => 'error' in outcome))
  assert.equal(seen.length, 1)
  await assert.rejects(dispatch.call('Other.Nothing', {}, by()), { name: 'AssertionFailure' })
})
