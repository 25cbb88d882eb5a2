/** The new migrations that can break code at all, whatever the code is: only for them is any code followed. */
import { diff } from '../../../changes/diff.ts'
import { isOpaque, opaqueMigrations, replay, type Step } from '../../../changes/replay.ts'
import { isBreaking } from '../../../features/impact/change/effect.ts'
import type { CodeFacts } from '../../../model/code.ts'
import type { Unknown } from '../../../model/finding.ts'
import type { Migration } from '../../../model/history.ts'
import { fileOf } from '../../../rules/place.ts'
import { effectsIn } from '../../impact/judge.ts'
import type { Folder } from '../../impact/outcome.ts'
import type { Subject } from '../subject.ts'

const noCode: CodeFacts = {
  tables: [],
  enums: [],
  functions: [],
  entries: [],
  mentions: [],
  gaps: [],
  counts: { files: 0, followed: 0, unparsed: 0 },
}

export type Breaking = { readonly folder: Folder; readonly migrations: readonly Migration[]; readonly unknown: readonly Unknown[] }

/** What PostgreSQL says that a migration did beyond what memory has read, under its first statement that memory cannot follow. */
const answeredIn = ({ scripts, start, replayed }: Folder, at: number): readonly Step[] => {
  const [before, after, script] = [at === 0 ? start : replayed.catalogs[at - 1], replayed.catalogs[at], scripts[at]]
  const opaque = replayed.steps.find((step) => step.migration === at && isOpaque(step))
  if (!before || !after || !script || !opaque) return []
  const read = replay([script], before).catalog
  return [{ ...opaque, changes: diff(read, after), before: read, after }]
}

const unreadIn = (folder: Folder, migration: Migration): readonly Unknown[] =>
  effectsIn(noCode, folder, migration).opaque.map(({ statement, reason }) => ({
    what: `what the statement at ${fileOf(folder.history, migration)}:${statement.start.line} means to the code`,
    why: reason,
    help: 'Read it yourself, or give check a PostgreSQL to run it in.',
  }))

/** Which of these migrations can break code; what neither memory nor PostgreSQL can tell of them is unknown. */
export const breakingOf = async (subject: Subject, fresh: readonly Migration[]): Promise<Breaking> => {
  const { history, scripts, start } = subject
  const replayed = await subject.settled()
  const read: Folder = { history, scripts, start: start.catalog, replayed }
  const opaque = opaqueMigrations(replayed.steps)
  const unread = fresh.filter(({ index }) => opaque.has(index))
  const isAnswered = unread.length > 0 && (await subject.proof()).engine !== null
  const folder: Folder = isAnswered
    ? { ...read, replayed: { ...replayed, steps: [...replayed.steps, ...unread.flatMap(({ index }) => answeredIn(read, index))] } }
    : read
  return {
    folder,
    migrations: fresh.filter((migration) => effectsIn(noCode, folder, migration).effects.some(isBreaking)),
    unknown: isAnswered ? [] : unread.flatMap((migration) => unreadIn(read, migration)),
  }
}
