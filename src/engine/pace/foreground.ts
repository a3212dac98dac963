/** Counts what callers do, so that background work can give way to them. */
import type { Trees } from '../../storage/trees.ts'

export interface Foreground {
  /** For the calls of callers. */
  readonly trees: Trees
  /** How many bodies they have begun; only its change means something. */
  calls(): number
}

export function foregroundOf(trees: Trees): Foreground {
  let calls = 0
  return {
    trees: {
      atomically(body) {
        calls++
        return trees.atomically(body)
      },
      view(body) {
        calls++
        return trees.view(body)
      },
      newTableKey: (context) => trees.newTableKey(context),
      dropTree: (tree) => trees.dropTree(tree),
    },
    calls: () => calls,
  }
}
