/** Which of the statements that were left to a later deployment can go into this one. */
import { replay } from '../../changes/replay.ts'
import type { Section } from '../../features/fix/beside.ts'
import type { Lint } from '../../features/lint.ts'
import type { Migration } from '../../model/history.ts'
import { readScript } from '../../sql/script.ts'
import type { Subject } from './subject.ts'

const tag = 'follow-up'

/** The subject with one more migration behind it; `alone`: as if the others that are pending had landed. */
const followedBy = (subject: Subject, sql: string, alone: boolean): Subject => {
  const { history, scripts, replayed, pending } = subject
  const index = history.migrations.length
  const script = readScript(sql)
  const own = replay([script], replayed.catalog)
  const migration: Migration = { tag, index, path: `${tag}.sql`, sql, hash: undefined, when: (history.migrations.at(-1)?.when ?? 0) + 1000 }
  const before = pending.type === 'together' && !alone ? pending.migrations : []
  return {
    ...subject,
    history: { ...history, migrations: [...history.migrations, migration] },
    scripts: [...scripts, script],
    replayed: {
      steps: [...replayed.steps, ...own.steps.map((step) => ({ ...step, migration: index }))],
      catalogs: [...replayed.catalogs, ...own.catalogs],
      catalog: own.catalog,
    },
    pending: { type: 'together', migrations: new Set([...before, index]) },
  }
}

const found = ({ findings }: Lint): number => findings.filter(({ migration, severity, waived }) => migration === tag && severity !== 'note' && !waived).length

/** True where the section would wait for, or work under, locks that the pending migrations hold: it is better deployed after them. */
export const isUntimely = (subject: Subject, { sql }: Section, judged: (subject: Subject) => Lint): boolean =>
  found(judged(followedBy(subject, sql, false))) > found(judged(followedBy(subject, sql, true)))
