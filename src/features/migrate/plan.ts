/** What is to be run in a database, and what stands against it. */
import { type AppliedMigration, appliedIn, type Reconciliation } from '../../drizzle/ledger.ts'
import { ToolError } from '../../model/error.ts'
import type { Finding } from '../../model/finding.ts'
import type { History, Ledger, LedgerName, Migration } from '../../model/history.ts'
import { fileOf } from '../../rules/place.ts'
import { reportedFinding } from '../../rules/report.ts'
import { adoptSql, type Direction, doneSql, type Unfinished } from './progress.ts'

/** What somebody may take upon himself. */
export const acceptable = ['edited', 'out-of-order', 'unknown-rows', 'policy', 'drift'] as const
export type Accepted = (typeof acceptable)[number]

export type Plan = {
  /** In the order in which they run. */
  readonly run: readonly Migration[]
  /** Pending, and left for later by `--to`. */
  readonly later: readonly Migration[]
  /** Applied before, in the order of the ledger's rows. */
  readonly applied: readonly Migration[]
  readonly findings: readonly Finding[]
}

const accepting: Readonly<Record<string, Accepted>> = {
  'ledger-edited': 'edited',
  'ledger-skipped': 'out-of-order',
  'ledger-unknown-row': 'unknown-rows',
}

/** An accepted finding is told, and stops nothing. */
export const withAccepted = (findings: readonly Finding[], accepted: ReadonlySet<string>): readonly Finding[] =>
  findings.map((finding) => {
    const kind = accepting[finding.rule]
    return kind !== undefined && accepted.has(kind) ? { ...finding, severity: 'note', message: `${finding.message} Accepted.` } : finding
  })

/** How far something is that has begun, in words. */
const farText = ({ statements }: Unfinished): string => `${statements === 1 ? 'one of its statements is' : `${statements} of its statements are`} done`

type Place = Parameters<typeof reportedFinding>[2]

const nameOf = ({ direction, tag }: Unfinished): string => (direction === 'rollback' ? `The rollback of ${tag}` : tag)

/** Nothing says what of it is still there. Without a ledger everything is begun anew; beside another one somebody has to say it. */
const fromElsewhere = (begun: Unfinished, place: Place, ledger: LedgerName, environment: string): Finding => {
  const had = `${nameOf(begun)} had begun here (${farText(begun)}), in a ledger ${ledger.schema}.${ledger.table} that is no longer there`
  if (begun.ledger === 'absent')
    return reportedFinding('migration-unfinished', `${had}: it is not gone on with, and begins anew.`, place, begun.tag, {
      severity: 'note',
      help: `pgstrata migrate ${environment} forgets how far it was; what it has left behind, if the tables are still there, shows in pgstrata drift.`,
    })
  return reportedFinding('migration-unfinished', `${had}; the ledger that is there now is another one.`, place, begun.tag, {
    help: `If the database was made anew: ${doneSql(ledger, begun)}. If it was restored as it was, half done: ${adoptSql(ledger, begun)}; then it is gone on with.`,
  })
}

/** Somebody has taken the row out while the rollback was underway: only he knows whether he has finished it. */
const orphaned = (begun: Unfinished, place: Place, ledger: LedgerName, environment: string): Finding =>
  reportedFinding(
    'migration-unfinished',
    `The rollback of ${begun.tag} has begun here (${farText(begun)}), and its row is gone from the ledger.`,
    place,
    begun.tag,
    {
      help: `If it was finished by hand: ${doneSql(ledger, begun)}. If not: put the row back, and pgstrata rollback ${begun.tag} --apply ${environment} goes on with it.`,
    },
  )

/** What an earlier run has begun, and one in this direction cannot go on with. `applied`: what the ledger has; `ledger`, `environment`: how it is called, and how the command line calls the database. */
export const unfinishedFindings = (
  history: History,
  unfinished: readonly Unfinished[],
  applied: readonly AppliedMigration[],
  direction: Direction,
  { ledger, environment }: { readonly ledger: LedgerName; readonly environment: string },
): readonly Finding[] =>
  unfinished.flatMap((begun) => {
    const { tag, hash } = begun
    const migration = history.migrations.find((each) => each.tag === tag)
    const place = migration ? { file: fileOf(history, migration), migration: tag } : {}
    if (begun.ledger !== undefined) return [fromElsewhere(begun, place, ledger, environment)]
    if (begun.direction === 'rollback' && migration && !applied.some((each) => each.migration.tag === tag)) return [orphaned(begun, place, ledger, environment)]
    if (direction === 'rollback' && begun.direction === 'migrate' && applied.some((each) => each.migration.tag === tag))
      return [
        reportedFinding('migration-unfinished', `${tag} had begun here (${farText(begun)}), and somebody has noted it as applied.`, place, tag, {
          help: `If all of it is done: ${doneSql(ledger, begun)}.`,
        }),
      ]
    if (begun.direction !== direction) {
      const [what, command] =
        begun.direction === 'rollback'
          ? [`The rollback of ${tag}`, `pgstrata rollback ${tag} --apply ${environment}`]
          : [`${tag}, to be applied,`, `pgstrata migrate ${environment} --to ${tag}`]
      return [
        reportedFinding('migration-unfinished', `${what} has begun here (${farText(begun)}), and is not finished.`, place, tag, {
          help: `${command} goes on with it.`,
        }),
      ]
    }
    // What is kept with the progress is gone on with, whatever the files say by now.
    if (migration && (migration.hash === hash || begun.text !== undefined)) return []
    const why = migration ? 'its file has been changed since' : 'the folder has no such migration any more'
    return [reportedFinding('migration-unfinished', `${tag} has begun here (${farText(begun)}), and ${why}.`, place, tag)]
  })

/**
 * Plans the next run. What Drizzle would pass over in silence is a finding; `accepted` ones are told and done. Throws `missing-file` where a pending
 * migration has no SQL.
 */
export const planOf = (
  history: History,
  {
    reconciliation,
    judged,
    unfinished,
    ledger,
    environment,
    accepted,
    last = Number.POSITIVE_INFINITY,
  }: {
    readonly reconciliation: Reconciliation
    /** What `judgeLedger` found. */
    readonly judged: readonly Finding[]
    readonly unfinished: readonly Unfinished[]
    readonly ledger: LedgerName
    /** How the command line calls the database. */
    readonly environment: string
    readonly accepted: ReadonlySet<Accepted>
    /** Position of the last one that is to be run; undefined: all. */
    readonly last: number | undefined
  },
): Plan => {
  const wanted = reconciliation.migrations
    .filter(({ state }) => state === 'pending' || (state === 'skipped' && accepted.has('out-of-order')))
    .map(({ migration }) => migration)
  const missing = wanted.find(({ sql, index }) => sql === undefined && index <= last)
  if (missing)
    throw new ToolError('missing-file', `${missing.tag} is pending, and its file ${history.folder}/${missing.path} is missing.`, {
      help: 'pgstrata doctor says more.',
    })
  return {
    run: wanted.filter(({ index }) => index <= last),
    later: wanted.filter(({ index }) => index > last),
    applied: appliedIn(reconciliation).map(({ migration }) => migration),
    findings: [...withAccepted(judged, accepted), ...unfinishedFindings(history, unfinished, appliedIn(reconciliation), 'migrate', { ledger, environment })],
  }
}

/** Rows of a ledger of 0.x with the folder names of 1.0 that they stand for; undefined where the table needs no upgrade. */
export const namesFor = (
  history: History,
  ledger: Ledger,
  reconciliation: Reconciliation,
): readonly { readonly id: number; readonly tag: string }[] | undefined =>
  history.layout === 'folders' && ledger.layout === 'journal'
    ? reconciliation.migrations.flatMap(({ migration, row }) => (row ? [{ id: row.id, tag: migration.tag }] : []))
    : undefined
