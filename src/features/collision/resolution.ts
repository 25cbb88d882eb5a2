/** Two sides put in one line, as far as that needs nobody's decision; what needs one is laid out, and then nothing is put anywhere. */
import type { Readings } from '../../changes/readings.ts'
import { startOf } from '../../changes/start.ts'
import { identityFrom } from '../../drizzle/snapshot.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { History, Migration } from '../../model/history.ts'
import type { Tree } from '../../model/json.ts'
import type { Script } from '../../model/statement.ts'
import { type Choices, chosenWay, conflictKeys } from './choices.ts'
import { renamingLines } from './commute/acts.ts'
import { type Commutation, type Conflict, commute, type Line, type Way } from './commute.ts'
import { type Edited, leftovers } from './leftover.ts'
import { type Rebase, type Rebasing, rebase, type SnapshotWriter } from './rebase.ts'
import { rewritten, type StatementEdit } from './rewrite.ts'
import type { Sides } from './sides.ts'
import { folderDecisions, folderStops, type Stop, snapshotStops } from './stops.ts'

export type Question = {
  readonly sides: Sides
  readonly landed: History
  readonly mine: History
  /** The landed journal's text; v0 only. */
  readonly journal?: string
  /** The newest snapshot that has landed, whole; in a 1.0 folder all open ends together. */
  readonly newest?: Tree
  /** The snapshot of one of mine, whole, and what stood before it on its own side. */
  readonly snapshotOf: (migration: Migration) => Tree | undefined
  readonly beforeOf: (migration: Migration) => Tree | undefined
  readonly companionsOf: (migration: Migration) => Rebasing['companions']
  /** sha256 of a text, hex. */
  readonly hash: (text: string) => string
  readonly write: SnapshotWriter
  readonly readings: Readings
  readonly choices: Choices
}

/** A change of mine's SQL, and why. */
export type Rewrite = {
  readonly conflict: Conflict
  readonly way: Way
  readonly tag: string
  /** What stood there. */
  readonly from: string
  /** What stands there now; nothing where the list is empty. */
  readonly to: readonly string[]
}

/** A migration of mine that is not carried over. */
export type Dropped = {
  readonly migration: Migration
  /** `same`: it has landed already, as `as`. `emptied`: all that it does has landed. `given-up`: it was chosen so. */
  readonly why: 'same' | 'emptied' | 'given-up'
  readonly as?: string
}

export type Resolution = {
  /** Mine's migrations, as they are. */
  readonly mine: readonly Migration[]
  readonly commutation: Commutation
  /** All that may be decided, open or not: what `--choose` may name. */
  readonly decisions: readonly Pick<Stop, 'key' | 'ways'>[]
  readonly stops: readonly Stop[]
  readonly rewrites: readonly Rewrite[]
  readonly dropped: readonly Dropped[]
  /** Absent where it stops, and where nothing has to move. */
  readonly rebase?: Rebase
}

const scriptOf = ({ readings }: Question, { sql }: Migration): Script => readings.scriptOf(sql ?? '')

/** A conflict, and how it is called in `--choose`. */
type Open = { readonly conflict: Conflict; readonly key: string }
type Decided = Open & { readonly way: Way }

const decide = (conflicts: readonly Conflict[], choices: Choices): { readonly decided: readonly Decided[]; readonly open: readonly Open[] } => {
  const decided: Decided[] = []
  const open: Open[] = []
  const keys = conflictKeys(conflicts)
  conflicts.forEach((conflict, at) => {
    const key = keys[at] ?? ''
    const way = chosenWay(conflict, key, choices)
    if (way) decided.push({ conflict, key, way })
    else open.push({ conflict, key })
  })
  return { decided, open }
}

/** A statement may be in several conflicts: what is taken out once is out. */
const editsFor = (decided: readonly Decided[], position: number): readonly (Rewrite & { readonly edit: StatementEdit })[] => {
  const seen = new Set<number>()
  const ordered = decided.toSorted((a, b) => (a.way.sql?.length ?? 0) - (b.way.sql?.length ?? 0))
  return ordered.flatMap(({ conflict, way }) =>
    conflict.mine.flatMap((participant) => {
      if (way.sql === undefined || participant.position !== position || seen.has(participant.statement)) return []
      seen.add(participant.statement)
      const text = way.sql.map((sql) => sql.replace(/;\s*$/, '')).join(';--> statement-breakpoint\n')
      return [
        {
          conflict,
          way,
          tag: participant.tag,
          from: participant.sql,
          to: way.sql,
          edit: { statement: participant.statement, ...(way.sql.length > 0 ? { sql: text } : {}) },
        },
      ]
    }),
  )
}

type Carried = { readonly rebasing: readonly Rebasing[]; readonly rewrites: readonly Rewrite[]; readonly dropped: readonly Dropped[] }

const carry = (question: Question, { decided, renaming }: Pick<Decisions, 'decided' | 'renaming'>): Carried => {
  const rebasing: Rebasing[] = []
  const rewrites: Rewrite[] = []
  const dropped: Dropped[] = []
  question.sides.mine.forEach((migration, position) => {
    const edits = editsFor(decided, position)
    rewrites.push(...edits.map(({ edit: _edit, ...rewrite }) => rewrite))
    const sql =
      edits.length === 0
        ? (migration.sql ?? '')
        : rewritten(
            migration.sql ?? '',
            edits.map(({ edit }) => edit),
          )
    if (sql === undefined) {
      dropped.push({ migration, why: edits.every(({ conflict }) => conflict.class === 7) ? 'emptied' : 'given-up' })
      return
    }
    const [snapshot, earlier] = [question.snapshotOf(migration), question.beforeOf(migration)]
    rebasing.push({
      migration,
      sql,
      hash: edits.length === 0 ? (migration.hash ?? '') : question.hash(sql),
      renames: renaming.has(position),
      companions: question.companionsOf(migration),
      ...(snapshot ? { snapshot } : {}),
      ...(earlier ? { before: earlier } : {}),
    })
  })
  return { rebasing, rewrites, dropped }
}

/** A 1.0 folder has no line: migrations that get along may stand in any order, as long as each has a name of its own. */
const needsMove = ({ landed, sides }: Question, rewrites: readonly Rewrite[]): boolean => {
  const taken = new Set(sides.landed.map(({ tag }) => tag))
  return sides.mine.length > 0 && (landed.layout === 'journal' || rewrites.length > 0 || sides.mine.some(({ tag }) => taken.has(tag)))
}

const catalogsAfter =
  (question: Question) =>
  ({ migrations }: History): readonly Catalog[] => {
    const scripts = migrations.map((migration) => scriptOf(question, migration))
    return question.readings.replay(scripts, startOf(scripts).catalog).catalogs
  }

type Standing = { readonly base: Catalog; readonly landed: readonly Line[]; readonly mine: readonly Line[] }

/** Both sides, and the catalog on which they stand. */
const standingOf = (question: Question): Standing => {
  const { sides, readings } = question
  const ground = sides.common.map((migration) => scriptOf(question, migration))
  const lines = (side: readonly Migration[]): readonly Line[] => side.map((migration) => ({ tag: migration.tag, script: scriptOf(question, migration) }))
  const [landed, mine] = [lines(sides.landed), lines(sides.mine)]
  const start = startOf([...ground, ...[...landed, ...mine].map(({ script }) => script)])
  return { base: readings.replay(ground, start.catalog).catalog, landed, mine }
}

type Decisions = {
  readonly commutation: Commutation
  readonly decided: readonly Decided[]
  readonly open: readonly Open[]
  /** Positions of mine's migrations that call something otherwise than what has landed knows it. */
  readonly renaming: ReadonlySet<number>
}

const editedLines = ({ mine }: Standing, decided: readonly Decided[]): readonly Edited[] =>
  mine.map((line, position) => ({ ...line, edits: editsFor(decided, position).map(({ edit }) => edit) }))

/** What is given up may be what more of mine stands on: asked again until nothing is left over. */
const withLeftovers = (standing: Standing, commutation: Commutation, choices: Choices): Decisions => {
  let { decided, open } = decide(commutation.conflicts, choices)
  while (open.length === 0 && decided.length > 0) {
    const more = decide(leftovers(standing.base, standing.landed, editedLines(standing, decided)), choices)
    if (more.decided.length + more.open.length === 0) break
    decided = [...decided, ...more.decided]
    open = more.open
  }
  return { commutation, decided, open, renaming: renamingLines(standing.base, 'mine', standing.mine) }
}

const decisionsOf = (question: Question): Decisions => {
  const { sides, choices } = question
  if (sides.mine.length === 0 || sides.landed.length === 0) return { commutation: quiet, decided: [], open: [], renaming: new Set() }
  const standing = standingOf(question)
  return withLeftovers(standing, commute(standing.base, standing.landed, standing.mine), choices)
}

const quiet: Commutation = { verdict: 'commutes', conflicts: [], warnings: [], unknown: [] }

const asStop = ({ conflict, key }: Open): Stop => ({
  class: conflict.class,
  name: conflict.name,
  key,
  explanation: conflict.explanation,
  ways: conflict.ways,
  conflict,
})

/** What becomes of mine. The parser must be loaded. */
export const resolution = (question: Question): Resolution => {
  const same = question.sides.twins.map(({ mine, landed }): Dropped => ({ migration: mine, why: 'same', as: landed.tag }))
  const folder = folderStops(question)
  const { mine } = question.sides
  const asked = folderDecisions(question)
  if (folder.length > 0) return { mine, commutation: quiet, decisions: asked, stops: folder, rewrites: [], dropped: same }
  const { commutation, decided, open, renaming } = decisionsOf(question)
  const { rebasing, rewrites, dropped } = carry(question, { decided, renaming })
  const decisions = [...asked, ...[...decided, ...open].map(asStop)]
  const told = { mine, commutation, decisions, rewrites, dropped: [...same, ...dropped] }
  if (open.length > 0) return { ...told, stops: open.map(asStop) }
  if (!needsMove(question, rewrites)) return { ...told, stops: [] }
  const { landed, journal, hash, write, newest } = question
  const plan = {
    landed,
    mine: rebasing,
    identity: (text: string) => identityFrom(hash(text)),
    write,
    replayed: catalogsAfter(question),
    ...(journal === undefined ? {} : { journal }),
    ...(newest ? { snapshot: newest } : {}),
  }
  const put = rebase(plan)
  const broken = put.moves.every(({ untouched }) => untouched) ? [] : snapshotStops(landed)
  return broken.length > 0 ? { ...told, stops: broken } : { ...told, stops: [], rebase: put }
}
