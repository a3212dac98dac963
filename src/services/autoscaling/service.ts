/** The door of the Application Auto Scaling room: capacities of tables and global indexes that follow their use. */
import type { JsonService } from '../../contract/service.ts'
import type { Log } from '../../foundation/log.ts'
import { deleteScalingPolicy } from './operations/delete-scaling-policy.ts'
import { deleteScheduledAction } from './operations/delete-scheduled-action.ts'
import { deregisterScalableTarget } from './operations/deregister-scalable-target.ts'
import { describeScalableTargets } from './operations/describe-scalable-targets.ts'
import { describeScalingActivities } from './operations/describe-scaling-activities.ts'
import { describeScalingPolicies } from './operations/describe-scaling-policies.ts'
import { describeScheduledActions } from './operations/describe-scheduled-actions.ts'
import { putScalingPolicy } from './operations/put-scaling-policy.ts'
import { putScheduledAction } from './operations/put-scheduled-action.ts'
import { registerScalableTarget } from './operations/register-scalable-target.ts'
import { listTagsForResource, tagResource, untagResource } from './operations/tags-of-resource.ts'
import { ScalingDuty } from './scaling-duty.ts'
import type { ScalingRooms } from './scaling-run.ts'

export interface AutoscalingRoom {
  readonly service: JsonService
  /** Starts the duty behind the service; `stop` waits for its end. */
  start(rooms: ScalingRooms, log: Log): { stop(): Promise<void> }
}

/** A room for one server. */
export function autoscalingRoom(): AutoscalingRoom {
  let duty: ScalingDuty | undefined
  const wake = () => duty?.wake()
  return {
    service: {
      name: 'application-autoscaling',
      signingName: 'application-autoscaling',
      protocol: 'json-1.1',
      targetPrefix: 'AnyScaleFrontendService',
      errorNamespace: '',
      messageMember: 'Message',
      apiVersion: '2016-02-06',
      operations: [
        deleteScalingPolicy,
        deleteScheduledAction,
        deregisterScalableTarget,
        describeScalableTargets,
        describeScalingActivities,
        describeScalingPolicies,
        describeScheduledActions,
        listTagsForResource,
        putScalingPolicy,
        putScheduledAction(wake),
        registerScalableTarget(wake),
        tagResource,
        untagResource,
      ],
    },
    start(rooms, log) {
      duty = new ScalingDuty(rooms, log)
      duty.start()
      return duty
    },
  }
}
