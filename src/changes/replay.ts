/** A history in memory: what every statement did, and the catalog after each migration. */
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { PostgresRefusal } from '../model/error.ts'
import type { Script, Statement } from '../model/statement.ts'
import { emptyCatalog } from './edit.ts'
import { readStatement } from './read.ts'
import { freshSession, type SessionState } from './reading.ts'

/** One statement and what it did. */
export type Step = {
  /** Position of the migration among those replayed, from 0. */
  readonly migration: number
  readonly statement: Statement
  readonly changes: readonly Change[]
  readonly before: Catalog
  readonly after: Catalog
  /** Why PostgreSQL refuses the statement at this point; it then changed nothing. */
  readonly refused?: PostgresRefusal
}

export type Replay = {
  readonly steps: readonly Step[]
  /** The catalog after each migration. */
  readonly catalogs: readonly Catalog[]
  /** The catalog after the last one. */
  readonly catalog: Catalog
  /** What gives its old names back, by the migration that memory could not follow: an engine has run it and knows what is the same by another name. */
  readonly renames?: ReadonlyMap<number, readonly Change[]>
}

export const readStep = (
  migration: number,
  statement: Statement,
  before: Catalog,
  session: SessionState,
): { readonly step: Step; readonly session: SessionState } => {
  try {
    const read = readStatement(statement, before, session)
    return { step: { migration, statement, changes: read.changes, before, after: read.catalog }, session: read.session }
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
    return { step: { migration, statement, changes: [], before, after: before, refused: error }, session }
  }
}

/**
 * Replays migrations in memory. Each migration starts with a fresh session, as when it is deployed by itself. A refused statement is kept with its
 * reason and the replay goes on after it, so that one fault does not hide the others. `read` reads one statement.
 */
export const replay = (scripts: readonly Pick<Script, 'statements'>[], start: Catalog = emptyCatalog, read: typeof readStep = readStep): Replay => {
  const steps: Step[] = []
  const catalogs: Catalog[] = []
  let catalog = start
  scripts.forEach(({ statements }, migration) => {
    let session = freshSession
    for (const statement of statements) {
      const next = read(migration, statement, catalog, session)
      steps.push(next.step)
      catalog = next.step.after
      session = next.session
    }
    catalogs.push(catalog)
  })
  return { steps, catalogs, catalog }
}

/** Steps by their migration. */
export const byMigration = (steps: readonly Step[]): ReadonlyMap<number, readonly Step[]> => {
  const found = new Map<number, Step[]>()
  for (const step of steps) {
    const known = found.get(step.migration)
    if (known) known.push(step)
    else found.set(step.migration, [step])
  }
  return found
}

/** True for a statement that memory cannot follow: nobody but the server knows what it does. */
export const isOpaque = ({ changes }: Pick<Step, 'changes'>): boolean => changes.some(({ kind }) => kind === 'opaque')

/** Positions of the migrations that hold a statement which memory cannot follow. */
export const opaqueMigrations = (steps: readonly Step[]): ReadonlySet<number> => new Set(steps.filter(isOpaque).map(({ migration }) => migration))

/** Steps of a migration that ran in the engine: what memory refused behind an opaque statement, it refused for not knowing what that one did. */
const settled = (steps: readonly Step[], catalog: Catalog): readonly Step[] => {
  const first = steps.findIndex(isOpaque)
  return steps.map((step, at) => {
    const { refused: _refused, ...known } = step
    const kept = at > first ? known : step
    return at === steps.length - 1 ? { ...kept, after: catalog } : kept
  })
}

/** The replay with `catalog` for what stands after that migration: an engine has run it and answers for what memory could not follow. All later migrations are read again from there. */
export const continuedFrom = (scripts: readonly Pick<Script, 'statements'>[], { steps, catalogs }: Replay, migration: number, catalog: Catalog): Replay => {
  const rest = replay(scripts.slice(migration + 1), catalog)
  return {
    steps: [
      ...steps.filter((step) => step.migration < migration),
      ...settled(
        steps.filter((step) => step.migration === migration),
        catalog,
      ),
      ...rest.steps.map((step) => ({ ...step, migration: step.migration + migration + 1 })),
    ],
    catalogs: [...catalogs.slice(0, migration), catalog, ...rest.catalogs],
    catalog: rest.catalog,
  }
}
