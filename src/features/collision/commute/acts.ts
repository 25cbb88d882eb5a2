/** The statements of both sides, replayed in one order or the other. */
import { differing } from '../../../changes/differing.ts'
import { replay, type Step } from '../../../changes/replay.ts'
import type { Catalog } from '../../../model/catalog.ts'
import type { Change, ChangeKind } from '../../../model/change.ts'
import type { ObjectKey } from '../../../model/name.ts'
import type { Statement } from '../../../model/statement.ts'
import type { Line, Participant, Side } from './verdict.ts'

/** One statement of a side. */
export type Act = { readonly side: Side; readonly position: number; readonly tag: string; readonly statement: Statement }

export const actsOf = (side: Side, lines: readonly Line[]): readonly Act[] =>
  lines.flatMap(({ tag, script }, position) => script.statements.map((statement) => ({ side, position, tag, statement })))

export const participant = ({ side, tag, position, statement }: Act): Participant => ({
  side,
  tag,
  position,
  sql: statement.text,
  line: statement.start.line,
  statement: statement.index,
})

/** Acts one after the other: what each did, and what stands behind the last. */
export type Play = { readonly steps: ReadonlyMap<Act, Step>; readonly catalog: Catalog }

type Group = { readonly key: string; readonly statements: Statement[] }

/** A migration is a session: acts of one stand together. */
const sessionsOf = (acts: readonly Act[]): readonly Group[] => {
  const groups: Group[] = []
  for (const { side, position, statement } of acts) {
    const key = `${side} ${position}`
    const last = groups.at(-1)
    if (last?.key === key) last.statements.push(statement)
    else groups.push({ key, statements: [statement] })
  }
  return groups
}

export const play = (base: Catalog, acts: readonly Act[]): Play => {
  const { steps, catalog } = replay(sessionsOf(acts), base)
  return { catalog, steps: new Map(acts.flatMap((act, at) => (steps[at] ? [[act, steps[at]] as const] : []))) }
}

/** What a statement does where its own side stands alone. */
export type Effect = {
  readonly act: Act
  readonly step: Step
  readonly changes: readonly Change[]
  readonly kinds: ReadonlySet<ChangeKind>
  readonly made: ReadonlySet<ObjectKey>
  readonly removed: ReadonlySet<ObjectKey>
  readonly altered: ReadonlySet<ObjectKey>
}

export const effectOf = (act: Act, step: Step): Effect => {
  const found = differing(step.before, step.after)
  const objects = (wanted: 'a' | 'b' | undefined): ReadonlySet<ObjectKey> => new Set(found.flatMap(({ object, only }) => (only === wanted ? [object] : [])))
  return {
    act,
    step,
    changes: step.changes,
    kinds: new Set(step.changes.map(({ kind }) => kind)),
    made: objects('b'),
    removed: objects('a'),
    altered: objects(undefined),
  }
}

/** Everything that an effect makes, changes or removes. */
export const touchedBy = ({ made, removed, altered }: Effect): readonly ObjectKey[] => [...made, ...removed, ...altered]

const isRename = ({ kind, implied }: Change): boolean => !implied && (kind.startsWith('rename-') || kind === 'set-schema')

/** Whether a statement calls something otherwise, or moves it. */
export const renames = ({ changes }: Effect): boolean => changes.some(isRename)

/** Positions of the lines that call something otherwise, or move it. */
export const renamingLines = (base: Catalog, side: Side, lines: readonly Line[]): ReadonlySet<number> =>
  new Set([...play(base, actsOf(side, lines)).steps].flatMap(([{ position }, { changes }]) => (changes.some(isRename) ? [position] : [])))
