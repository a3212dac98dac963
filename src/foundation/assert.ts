/** A promise that our own code keeps; when it fails, that is our defect and never the caller's. */
export function assert(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new AssertionFailure(promise)
}

/** For the branch that the types say cannot be taken. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`a case was forgotten: ${JSON.stringify(value)}`)
}

export class AssertionFailure extends Error {
  constructor(promise: string) {
    super(`broken promise: ${promise}`)
    this.name = 'AssertionFailure'
  }
}
