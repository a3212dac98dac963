/** The words of scaling activities, as the service has them. */
import type { CapacityDirection } from '../../engine/capacity/consumption.ts'
import type { ScheduledAction } from './records.ts'

export function settingUnits(direction: CapacityDirection, units: number): string {
  return `Setting ${direction.toLowerCase()} capacity units to ${units}.`
}

export function unitsSet(direction: CapacityDirection, units: number, isFulfilled: boolean): string {
  const rest = isFulfilled
    ? 'Change successfully fulfilled by dynamodb.'
    : 'Waiting for change to be fulfilled by dynamodb.'
  return `Successfully set ${direction.toLowerCase()} capacity units to ${units}. ${rest}`
}

export function unitsNotSet(direction: CapacityDirection, units: number, reason: string): string {
  return `Failed to set ${direction.toLowerCase()} capacity units to ${units}. Reason: ${reason}`
}

export function alarmTriggered(alarmName: string, policyName: string): string {
  return `monitor alarm ${alarmName} in state ALARM triggered policy ${policyName}`
}

export const attemptByAlarm = 'Attempting to scale due to alarm triggered'

export function actionTriggered(name: string): string {
  return `scheduled action name ${name} was triggered`
}

export function minimumSet(capacity: number): string {
  return `minimum capacity was set to ${capacity}`
}

export function maximumSet(capacity: number): string {
  return `maximum capacity was set to ${capacity}`
}

/** `min capacity to 5 and max capacity to 10`, or one of the two. */
export function boundsText({ minCapacity, maxCapacity }: Pick<ScheduledAction, 'minCapacity' | 'maxCapacity'>): string {
  const min = minCapacity === undefined ? [] : [`min capacity to ${minCapacity}`]
  const max = maxCapacity === undefined ? [] : [`max capacity to ${maxCapacity}`]
  return [...min, ...max].join(' and ')
}
