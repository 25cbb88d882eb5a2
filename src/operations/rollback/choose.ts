/** Which migrations are rolled back. */
import { positionOf } from '../../drizzle/history.ts'
import { ToolError } from '../../model/error.ts'
import type { History } from '../../model/history.ts'

export type Chosen = {
  /** Positions, in the order in which they are rolled back: the last migration first. */
  readonly positions: readonly number[]
  /** Migrations behind the first of them that stay: they must be rolled back before. */
  readonly above: number
}

const downTo = (last: number, first: number): readonly number[] => Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => last - at)

/** One migration (the last, unless another is named), all behind one, or all. Throws `usage` and `no-such-migration`. */
export const chosenOf = (history: History, tag: string | undefined, to: string | undefined, all: boolean): Chosen => {
  if ([tag !== undefined, to !== undefined, all].filter(Boolean).length > 1)
    throw new ToolError('usage', 'A TAG, --to and --all exclude each other.', {
      help: 'A TAG is one migration; --to TAG is all behind it; --all is each of them.',
    })
  const last = history.migrations.length - 1
  if (all) return { positions: downTo(last, 0), above: 0 }
  if (to !== undefined) return { positions: downTo(last, positionOf(history, to) + 1), above: 0 }
  const position = tag === undefined ? last : positionOf(history, tag)
  return { positions: position < 0 ? [] : [position], above: last - position }
}
