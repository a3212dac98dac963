/** The rules of MinCapacity and MaxCapacity, with the service's messages. */
import { validationError } from '../../foundation/service-error.ts'

/** DynamoDB's capacities cannot be zero. */
const capacityMin = 1

export function checkBounds(min: number | undefined, max: number | undefined): void {
  if (min !== undefined && min < capacityMin) {
    throw validationError(`Minimum capacity cannot be less than ${capacityMin}`)
  }
  if (max !== undefined && max < capacityMin) {
    throw validationError(`Maximum capacity cannot be less than ${capacityMin}`)
  }
  if (min !== undefined && max !== undefined && max < min) throw boundsCrossed()
}

export function boundsCrossed(): Error {
  return validationError('Maximum capacity cannot be less than minimum capacity')
}
