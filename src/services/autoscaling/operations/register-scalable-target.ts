import { randomUUID } from 'node:crypto'
import { type AnyOperation, operation } from '../../../contract/operation.ts'
import type { RequestContext } from '../../../contract/request-context.ts'
import { type InputOf, optional, structure } from '../../../contract/shape.ts'
import { integer } from '../../../contract/shape-scalars.ts'
import { validationError } from '../../../foundation/service-error.ts'
import { resourceAccess, targetAccess } from '../access.ts'
import { targetArn } from '../arns.ts'
import { managementEvent } from '../audit.ts'
import { checkBounds } from '../capacity-bounds.ts'
import { limitExceeded, unsupportedTarget } from '../errors.ts'
import { type ScalableTarget, type Suspended, targets } from '../records.ts'
import { shortText, suspendedState, tagMap, targetMembers } from '../shapes.ts'
import { scopeOf } from '../stored-targets.ts'
import { checkTags } from '../tags.ts'
import { resourceOf, type TargetId, targetIdOf, targetKey } from '../target-id.ts'

/** AWS quota for DynamoDB, per account and region. */
const targetsMax = 5000

const input = structure(
  {
    ...targetMembers,
    MinCapacity: optional(integer()),
    MaxCapacity: optional(integer()),
    /** Not used: DynamoDB's capacities are changed by the service-linked role. */
    RoleARN: optional(shortText),
    SuspendedState: optional(suspendedState),
    Tags: optional(tagMap),
  },
  'RegisterScalableTargetRequest',
)
type Input = InputOf<typeof input>

/** `wake` lets the duty bring the capacity within new bounds at once. */
export function registerScalableTarget(wake: () => void): AnyOperation {
  return operation<Input, { readonly ScalableTargetARN: string }>({
    name: 'RegisterScalableTarget',
    kind: 'control-write',
    input,
    access: (input, ctx) => [
      ...targetAccess('RegisterScalableTarget', input, ctx, input.Tags),
      ...resourceAccess(input, ctx),
    ],
    audit: managementEvent(false),
    run: async (input, ctx) => {
      const id = targetIdOf(input)
      const scope = scopeOf(ctx)
      const { collections } = ctx.engine
      const isNew = (await collections.get(targets, scope, targetKey(id))) === undefined
      if (isNew) checkNew(input)
      await checkResource(id, ctx)
      if (isNew && (await collections.count(targets, scope)) >= targetsMax) {
        throw limitExceeded(`The account has the maximum number of scalable targets for dynamodb: ${targetsMax}`)
      }
      const uuid = randomUUID()
      const registered = await collections.update(targets, scope, targetKey(id), (present) => {
        return changed(present ?? newTarget(id, uuid, input, ctx.receivedAtMs), input, present !== undefined)
      })
      if (registered?.state.boundsSet) wake()
      return { ScalableTargetARN: targetArn(id, scope) }
    },
  })
}

function checkNew({ MinCapacity, MaxCapacity, Tags }: Input): void {
  if (MinCapacity === undefined) throw validationError('Minimum capacity must be specified')
  if (MaxCapacity === undefined) throw validationError('Maximum capacity must be specified')
  checkBounds(MinCapacity, MaxCapacity)
  if (Tags !== undefined) checkTags(Tags)
}

async function checkResource(id: TargetId, ctx: RequestContext): Promise<void> {
  const resource = resourceOf(id)
  if (resource === undefined) throw unsupportedTarget()
  const { table, index } = resource
  const found = await ctx.engine.tables.find(scopeOf(ctx), table)
  if (found === undefined) throw validationError(`DynamoDB table does not exist: table/${table}`)
  if (index !== undefined && !found.record.indexes.some((each) => each.kind === 'global' && each.name === index)) {
    throw validationError(`DynamoDB index does not exist: ${id.resourceId}`)
  }
}

function newTarget(
  id: TargetId,
  uuid: string,
  { MinCapacity, MaxCapacity, Tags }: Input,
  nowMs: number,
): ScalableTarget {
  // Removed between the look and the change: a request that gives no bounds can make no new one.
  if (MinCapacity === undefined) throw validationError('Minimum capacity must be specified')
  if (MaxCapacity === undefined) throw validationError('Maximum capacity must be specified')
  return {
    ...id,
    id: uuid,
    minCapacity: MinCapacity,
    maxCapacity: MaxCapacity,
    suspended: { scaleIn: false, scaleOut: false, scheduled: false },
    createdAtMs: nowMs,
    tags: { ...Tags },
    policies: [],
    scheduledActions: [],
    state: { boundsSet: true },
  }
}

function changed(target: ScalableTarget, input: Input, isKnown: boolean): ScalableTarget {
  if (isKnown && input.Tags !== undefined) {
    throw validationError(
      'The scalable target that you tried to tag already exists. ' +
        'To update tags on an existing scalable target, use the TagResource API.',
    )
  }
  const minCapacity = input.MinCapacity ?? target.minCapacity
  const maxCapacity = input.MaxCapacity ?? target.maxCapacity
  checkBounds(minCapacity, maxCapacity)
  const setsBounds = input.MinCapacity !== undefined || input.MaxCapacity !== undefined
  return {
    ...target,
    minCapacity,
    maxCapacity,
    suspended: suspendedAfter(target.suspended, input.SuspendedState),
    state: { ...target.state, ...(setsBounds && { boundsSet: true }) },
  }
}

function suspendedAfter(before: Suspended, asked: Input['SuspendedState']): Suspended {
  return {
    scaleIn: asked?.DynamicScalingInSuspended ?? before.scaleIn,
    scaleOut: asked?.DynamicScalingOutSuspended ?? before.scaleOut,
    scheduled: asked?.ScheduledScalingSuspended ?? before.scheduled,
  }
}
