/**
 * Which hashes a partition's consumption falls on: every so many units the hash then served is kept, so that each hash
 * kept stands for as much consumption as any other. Costs a subtraction a call.
 */
import { partitionHashBytes } from '../encoding/keys.ts'

const samplesMax = 256

export class HeatSample {
  /** Consumption that one sample stands for. */
  readonly #stride: number
  /** Made with the first sample: most partitions are never warm. */
  #hashes: Buffer | undefined
  #taken = 0
  #untilNext: number

  /** `heatSeconds` of consumption at the partition's ceiling fill the sample. */
  constructor(heatSeconds: number) {
    this.#stride = heatSeconds / samplesMax
    this.#untilNext = this.#stride
  }

  /** `weight`: for how many seconds the call used the whole partition. */
  add(key: Buffer, weight: number): void {
    this.#untilNext -= weight
    if (this.#untilNext <= 0) this.#take(key)
  }

  #take(key: Buffer): void {
    this.#hashes ??= Buffer.allocUnsafe(samplesMax * partitionHashBytes)
    const due = Math.min(samplesMax, 1 + Math.floor(-this.#untilNext / this.#stride))
    for (let each = 0; each < due; each++) {
      key.copy(this.#hashes, (this.#taken % samplesMax) * partitionHashBytes, 0, partitionHashBytes)
      this.#taken++
    }
    this.#untilNext = Math.max(this.#untilNext + due * this.#stride, this.#stride / 2)
  }

  /** The newest samples, in no order. */
  hashes(): bigint[] {
    const kept = Math.min(this.#taken, samplesMax)
    return Array.from({ length: kept }, (_, at) => (this.#hashes as Buffer).readBigUInt64BE(at * partitionHashBytes))
  }

  clear(): void {
    this.#taken = 0
  }
}
