/** Shapes that several operations share; bounds are the API model's. */
import { integer, string } from '../../contract/shape-scalars.ts'

export const streamArn = string({ min: 37, max: 1024 })
export const shardId = string({ min: 28, max: 65 })
/** Of streams or of shards. */
export const pageLimit = integer({ min: 1, max: 100 })
export const pageLimitMax = 100
