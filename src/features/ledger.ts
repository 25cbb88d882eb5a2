/** What a database's ledger says against a folder, judged: what Drizzle's own migrators pass over without a word. */
import { isApplied, type ReconciledMigration, type Reconciliation } from '../drizzle/ledger.ts'
import type { Finding } from '../model/finding.ts'
import type { History, LedgerRow } from '../model/history.ts'
import { fileOf } from '../rules/place.ts'
import { reportedFinding } from '../rules/report.ts'

const nameOf = ({ name, hash, createdAt }: LedgerRow): string =>
  name ?? `${hash.slice(0, 12)}…${createdAt === undefined ? '' : ` of ${new Date(createdAt).toISOString().slice(0, 10)}`}`

const edited = (history: History, { migration, row }: ReconciledMigration): Finding =>
  reportedFinding(
    'ledger-edited',
    `${migration.tag} is not what was applied: the ledger has ${row?.hash.slice(0, 12) ?? 'none'}…, the file ${migration.hash?.slice(0, 12) ?? 'is missing'}….`,
    { file: fileOf(history, migration), migration: migration.tag },
    'hash',
  )

const skipped = (history: History, { migration }: ReconciledMigration): Finding =>
  reportedFinding(
    'ledger-skipped',
    `${migration.tag} is older than the newest row of the ledger: Drizzle’s migrator will never run it, and says nothing.`,
    { file: fileOf(history, migration), migration: migration.tag },
    'when',
  )

const late = (history: History, { migration }: ReconciledMigration, behind: string): Finding =>
  reportedFinding(
    'ledger-out-of-order',
    `${migration.tag} comes before ${behind}, which has been applied: it will run behind it.`,
    { file: fileOf(history, migration), migration: migration.tag },
    'order',
  )

const again = (history: History, { migration }: ReconciledMigration): Finding =>
  reportedFinding(
    'ledger-runs-again',
    `${migration.tag} has been applied, and Drizzle’s migrator would run it again: ${history.layout === 'folders' ? 'the ledger has it under another name' : 'its time is later than every row’s'}.`,
    { file: fileOf(history, migration), migration: migration.tag },
    'again',
  )

/** Judges how a database stands to the folder. Nothing is found where Drizzle will do what the folder says. */
export const judgeLedger = (history: History, { migrations, unknown, squashed }: Reconciliation): readonly Finding[] => {
  const lastApplied = migrations.findLast(isApplied)
  const pending = migrations.some(({ state: each }) => each === 'pending')
  return [
    ...migrations.flatMap((each): readonly Finding[] => {
      if (each.state === 'applied-edited') return [edited(history, each), ...(each.willRun ? [again(history, each)] : [])]
      if (each.state === 'skipped') return [skipped(history, each)]
      if (each.state === 'applied' && each.willRun) return [again(history, each)]
      return each.state === 'pending' && lastApplied && each.migration.index < lastApplied.migration.index
        ? [late(history, each, lastApplied.migration.tag)]
        : []
    }),
    ...unknown
      .filter((row) => !squashed.includes(row))
      .map((row) =>
        reportedFinding(
          'ledger-unknown-row',
          `The ledger has a row that no file of the folder explains: ${nameOf(row)}.`,
          {},
          `${row.hash} ${row.createdAt ?? ''}`,
          {
            severity: pending ? 'error' : 'warning',
          },
        ),
      ),
  ]
}
