/** What `migrate` notes beside Drizzle's ledger: the version that each migration makes, when and by whom. Where it may not, it runs all the same and says so. */
import { accessTo, grantsFor, makingIn } from '../../drizzle/own-tables.ts'
import { allGoneSql, createVersionsSql, recordSql } from '../../features/schema-versions.ts'
import { type Project, versionConfigOf } from '../../model/config.ts'
import { refusalOf } from '../../model/error.ts'
import type { History, Ledger, LedgerName, Migration } from '../../model/history.ts'
import type { Session } from '../../model/session.ts'
import type { World } from '../../model/world.ts'
import type { Subject } from '../check/subject.ts'
import { numberingOf, type Versioned, versionedOf } from '../version/classified.ts'
import { recordsOf } from '../version/records.ts'
import { inTransaction } from './own-work.ts'

export type Recording = {
  readonly besides?: (migration: Migration) => readonly string[]
  /** Why nothing is noted, where that is nobody's wish. */
  readonly why?: string
}

/** Whether the table is there for this user afterwards. */
const ready = async (session: Session): Promise<true | string> => {
  const access = await accessTo(session, 'schema_versions')
  if (access === 'writable') return true
  if (access !== 'absent') return `this user may not write to it (${grantsFor('schema_versions')})`
  const { statements, right } = await makingIn(session, createVersionsSql)
  const refusal = await refusalOf(() => inTransaction(session, statements))
  return refusal === undefined ? true : `it cannot be made: ${refusal.message}${refusal.sqlstate === '42501' ? ` (${right})` : ''}`
}

/** Of databases that are alike, made once. */
const known = new WeakMap<Subject, ReturnType<typeof recordsOf>>()

const recordsIn = (subject: Subject, versioned: Versioned, run: readonly Migration[], ledger: LedgerName): ReturnType<typeof recordsOf> => {
  const tags = new Set(run.map(({ tag }) => tag))
  const records =
    known.get(subject) ??
    recordsOf(
      versioned,
      subject,
      subject.history.migrations.flatMap(({ tag }, at) => (tags.has(tag) ? [at] : [])),
      ledger,
    )
  known.set(subject, records)
  return records
}

export const recordingOf = async (
  world: World,
  session: Session,
  {
    project,
    history,
    subject,
    run,
    ledger,
    source,
  }: {
    readonly project: Project
    readonly history: History
    /** The history in which the migrations stand, in the order in which this database has them. */
    readonly subject: Subject
    readonly run: readonly Migration[]
    /** As it was found, before anything was prepared. */
    readonly ledger: Ledger
    readonly source: 'migrate' | 'baseline'
  },
): Promise<Recording> => {
  if (versionConfigOf(world.config, project).record === false) return {}
  const there = await ready(session)
  if (there !== true) return { why: there }
  if (ledger.layout === 'absent') await session.script(allGoneSql(ledger.name))
  const versioned = await versionedOf(world, history, numberingOf(world.config, project, false))
  const records = await recordsIn(subject, versioned, run, ledger.name)
  return {
    besides: ({ tag }) => {
      const record = records.get(tag)
      return record ? [recordSql(ledger.name, record, world.actor, source)] : []
    },
  }
}
