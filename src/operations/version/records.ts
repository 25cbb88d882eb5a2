/** What is noted of migrations beside Drizzle's ledger: all of it is derived from the folder. */
import { rollbacksOf } from '../../features/rollback/rollback.ts'
import { rollbackSql, scriptText } from '../../features/rollback/script.ts'
import { classOf } from '../../features/rollback/verdict.ts'
import type { VersionRecord } from '../../features/schema-versions.ts'
import { displayVersion } from '../../features/version/numbers.ts'
import { ticketsIn } from '../../features/version/ticket.ts'
import type { LedgerName, Migration } from '../../model/history.ts'
import type { Subject } from '../check/subject.ts'
import { newest } from '../lint/options.ts'
import { isStale, readFile } from '../rollback/files.ts'
import { keptProofs, keysOf } from '../rollback/kept.ts'
import type { Versioned } from './classified.ts'

/** A changelog of one line; the whole is in `version --changelog`. */
const longestDescription = 500

const describeEntries = ({ entries, why }: Versioned['classes'][number]): string => {
  const words = entries.length === 0 ? why : entries.map(({ text }) => text).join('; ')
  return words.length > longestDescription ? `${words.slice(0, longestDescription - 1)}…` : words
}

/** How each of these migrations is taken back: by the file beside it, where that was made for its text, or as it is made now. Proven where that has been tried. */
const waysBack = async (
  subject: Subject,
  positions: readonly number[],
  ledger: LedgerName,
): Promise<ReadonlyMap<number, NonNullable<VersionRecord['rollback']>>> => {
  const { world, history, start } = subject
  const rollbacks = rollbacksOf(history, await subject.settled(), positions, { start: start.catalog, postgres: world.config.postgres ?? newest })
  const statements = new Map([...rollbacks].map(([at, rollback]) => [at, rollbackSql(rollback, history.ledger)]))
  const proofs = await keptProofs(world, keysOf(world, history, statements))
  const found = new Map<number, NonNullable<VersionRecord['rollback']>>()
  for (const [at, rollback] of rollbacks) {
    const proof = proofs.get(at)
    const file = await readFile(world, history, rollback.migration)
    const own = file !== undefined && !isStale(file, rollback.migration)
    found.set(at, {
      class: classOf(rollback, proof ?? { schema: { state: 'not-run', why: 'nothing was run' }, rows: [] }),
      proven: proof !== undefined && !own,
      sql: own ? file : scriptText(rollback, ledger),
    })
  }
  return found
}

/** Records of the migrations at these positions of the subject's history, which may have them in another order than the folder. `ledger`: the database's own. The parser must be loaded. */
export const recordsOf = async (
  versioned: Versioned,
  subject: Subject,
  positions: readonly number[],
  ledger: LedgerName,
): Promise<ReadonlyMap<Migration['tag'], VersionRecord>> => {
  const ways = await waysBack(subject, positions, ledger)
  return new Map(
    positions.flatMap((at) => {
      const migration = subject.history.migrations[at]
      const place = versioned.history.migrations.findIndex(({ tag }) => tag === migration?.tag)
      const [classified, version, rollback] = [versioned.classes[place], versioned.versions[place], ways.get(at)]
      if (!migration || migration.hash === undefined || !classified || !version) return []
      const ticket = ticketsIn(migration.sql ?? '')
      const record: VersionRecord = {
        migration: migration.tag,
        hash: migration.hash,
        version: displayVersion(version),
        description: describeEntries(classified),
        changeType: classified.bump,
        breaking: classified.breaking,
        ...(rollback ? { rollback } : {}),
        ...(ticket === undefined ? {} : { ticket }),
      }
      return [[migration.tag, record] as const]
    }),
  )
}
