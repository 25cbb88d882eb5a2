/** Statements of mine that no longer find what they need, once others of mine have been given up or written otherwise. */
import { freshSession } from '../../changes/reading.ts'
import { isOpaque, readStep, replay } from '../../changes/replay.ts'
import type { Catalog } from '../../model/catalog.ts'
import { type PostgresRefusal, refusalText } from '../../model/error.ts'
import { readScript } from '../../sql/script.ts'
import { collisionClass } from './classes.ts'
import type { Conflict, Line } from './commute.ts'
import type { StatementEdit } from './rewrite.ts'

/** Mine as it is to be: each migration with what becomes of its statements. */
export type Edited = Line & { readonly edits: readonly StatementEdit[] }

type Refused = { readonly line: Line; readonly position: number; readonly statement: number; readonly refusal: PostgresRefusal }

/** The statements in their order, as they will run. */
const textsOf = ({ script, edits }: Edited): readonly { readonly statement: number; readonly text: string }[] => {
  const byStatement = new Map(edits.map((edit) => [edit.statement, edit]))
  return script.statements.flatMap(({ index, text }) => {
    const edit = byStatement.get(index)
    return edit === undefined ? [{ statement: index, text }] : edit.sql === undefined ? [] : [{ statement: index, text: edit.sql }]
  })
}

const refusedIn = (landed: Catalog, mine: readonly Edited[]): readonly Refused[] => {
  const refused: Refused[] = []
  let catalog = landed
  for (const [position, line] of mine.entries()) {
    let session = freshSession
    for (const { statement, text } of textsOf(line))
      for (const parsed of readScript(text).statements) {
        const read = readStep(position, parsed, catalog, session)
        if (read.step.refused) refused.push({ line, position, statement, refusal: read.step.refused })
        catalog = read.step.after
        session = read.session
      }
  }
  return refused
}

const asConflict = ({ line, position, statement, refusal }: Refused): Conflict => {
  const found = line.script.statements[statement]
  const { name } = collisionClass(9)
  return {
    class: 9,
    name,
    objects: [],
    landed: [],
    mine: [{ side: 'mine', tag: line.tag, sql: found?.text ?? '', line: found?.start.line ?? 1, position, statement }],
    explanation: `Behind what has landed, and without what of mine was given up, PostgreSQL refuses it: ${refusalText(refusal)}.`,
    ways: [
      { id: 'drop-mine', who: 'tool', sql: [], text: 'Give it up as well.' },
      { id: 'recreate', who: 'person', text: 'Change the migration so that it makes what it needs, and run pgstrata resolve again.' },
    ],
    order: { landedFirst: 'fails', mineFirst: 'unknown' },
  }
}

/** One conflict for each; those that PostgreSQL would refuse on mine's own side are none, and nothing is said where memory cannot follow what has landed. */
export const leftovers = (base: Catalog, landed: readonly Line[], mine: readonly Edited[]): readonly Conflict[] => {
  const behind = replay(
    landed.map(({ script }) => script),
    base,
  )
  if (behind.steps.some(isOpaque)) return []
  const alone = new Set(
    refusedIn(
      base,
      mine.map((line) => ({ ...line, edits: [] })),
    ).map(({ position, statement }) => `${position} ${statement}`),
  )
  return refusedIn(behind.catalog, mine)
    .filter(({ position, statement }) => !alone.has(`${position} ${statement}`))
    .map(asConflict)
}
