/** What the room's operations share. */
import type { Clock } from '../../foundation/clock.ts'
import type { Random } from '../../foundation/random.ts'
import type { Endpoints } from './endpoints.ts'

export interface Ec2 {
  readonly endpoints: Endpoints
  readonly clock: Clock
  readonly random: Random
}
