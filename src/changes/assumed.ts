/**
 * Replay of SQL whose history is not known: a lone file, standard input, an editor's buffer. What a statement names and the catalog lacks is assumed to be
 * there, as little of it as the statement needs, and each assumption is kept. What statements made or removed themselves is known, and nothing is assumed
 * against it: a statement that PostgreSQL refuses for another reason stays refused.
 */
import type { Catalog } from '../model/catalog.ts'
import type { ObjectKey } from '../model/name.ts'
import type { Script, Statement } from '../model/statement.ts'
import { freshMemory, type Memory, remember } from './assumed/memory.ts'
import { supposeFor } from './assumed/statements.ts'
import { Supposing } from './assumed/supposing.ts'
import { emptyCatalog } from './edit.ts'
import type { SessionState } from './reading.ts'
import { type Replay, readStep, replay } from './replay.ts'

/** Something that is taken to be there. */
export type Assumption = {
  readonly object: ObjectKey
  /** For people: `column users.email, of a type that is not known`. */
  readonly what: string
  /** Position of the migration among those replayed, from 0, and the statement that needs it. */
  readonly migration: number
  readonly statement: Statement
}

export type AssumingReplay = Replay & { readonly assumptions: readonly Assumption[] }

type Found = Assumption & { readonly effect: (catalog: Catalog) => Catalog }

const needsOf = (migration: number, statement: Statement, catalog: Catalog, session: SessionState, memory: Memory): readonly Found[] => {
  const supposing = new Supposing(catalog, session, memory)
  supposeFor(supposing, statement.node, statement.tree)
  return supposing.supposed.map((supposed) => ({ ...supposed, migration, statement }))
}

const withAll = (catalog: Catalog, found: readonly Found[]): Catalog => found.reduce((before, { effect }) => effect(before), catalog)

/** One pass: each statement is read with what it needs added just before it. */
const discover = (scripts: readonly Pick<Script, 'statements'>[], start: Catalog): Replay & { readonly found: readonly Found[] } => {
  const memory = freshMemory()
  const found: Found[] = []
  const replayed = replay(scripts, start, (migration, statement, catalog, session) => {
    const needed = needsOf(migration, statement, catalog, session, memory)
    found.push(...needed)
    const next = readStep(migration, statement, withAll(catalog, needed), session)
    remember(memory, next.step.changes)
    return next
  })
  return { ...replayed, found }
}

const refusals = ({ steps }: Replay): string => steps.map(({ refused }) => refused?.sqlstate ?? '').join()

/**
 * Replays SQL with assumptions, from a catalog of which everything is known. What is assumed stands in the catalog before the first statement, so that it
 * counts as in use; where that is not possible (a name that a statement gives away is assumed anew under it), it stands there from the statement on that
 * needs it.
 */
export const replayAssuming = (scripts: readonly Pick<Script, 'statements'>[], start: Catalog = emptyCatalog): AssumingReplay => {
  const { found, ...discovered } = discover(scripts, start)
  const assumptions = found.map(({ effect: _effect, ...assumption }) => assumption)
  if (found.length === 0) return { ...discovered, assumptions }
  const whole = replay(scripts, withAll(start, found))
  return { ...(refusals(whole) === refusals(discovered) ? whole : discovered), assumptions }
}
