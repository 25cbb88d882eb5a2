/** The way back from the new migrations, tried in PostgreSQL; from the last one where none is new. */

import type { Pending } from '../../features/lint.ts'
import { openArchives } from '../../features/rollback/archive/contract.ts'
import { rollbacksOf } from '../../features/rollback/rollback.ts'
import { rollbackSql } from '../../features/rollback/script.ts'
import { plural } from '../../model/numbers.ts'
import { newest } from '../lint/options.ts'
import { pendingIn } from '../lint/pending.ts'
import { dueFindings } from '../rollback/contract.ts'
import { keepsFiles, rowsOf } from '../rollback/files.ts'
import { failedFindings, inspect } from '../rollback/inspect.ts'
import { prove } from '../rollback/prove.ts'
import { countedClasses, verdictOf } from '../rollback/report.ts'
import type { Part } from './part.ts'
import type { Subject } from './subject.ts'

const positionsOf = (pending: Pending, { history }: Subject): readonly number[] => {
  if (pending.type === 'together') return [...pending.migrations].toSorted((a, b) => b - a)
  return history.migrations.length === 0 ? [] : [history.migrations.length - 1]
}

export const rollbackPart = async (subject: Subject): Promise<Part> => {
  const { world, project, history, start } = subject
  const postgres = world.config.postgres ?? newest
  const pending = await pendingIn(world, project, history)
  const settled = await subject.settled()
  const rollbacks = rollbacksOf(history, settled, positionsOf(pending, subject), { start: start.catalog, postgres })
  // A team that keeps no files is not asked for them, and nobody for those of old migrations.
  const kept = pending.type === 'together' && (await keepsFiles(world, history))
  const files = await inspect(world, history, rollbacks, () => kept)
  const sql = new Map([...rollbacks].map(([at, rollback]) => [at, files.sql.get(at) ?? rollbackSql(rollback, history.ledger)]))
  const { proofs, unknown } = await prove(
    subject,
    sql,
    rowsOf(rollbacks, (at) => files.sql.has(at)),
  )
  const proven = [...rollbacks].flatMap(([at, rollback]) => {
    const proof = proofs.get(at)
    return proof ? [{ rollback, proof, archive: undefined, fromFile: files.sql.has(at) }] : []
  })
  const [only, ...others] = proven
  return {
    name: 'rollback',
    analysed: { rollbacks: rollbacks.size, proven: proven.length },
    findings: [
      ...files.findings,
      ...failedFindings(history, rollbacks, proofs),
      ...dueFindings(world, history, openArchives(history.migrations, settled.catalog)),
    ],
    unknown,
    shown: only
      ? others.length === 0
        ? `the way back from ${only.rollback.migration.tag} is ${verdictOf(only)}`
        : `${plural(proven.length, 'rollback')}: ${countedClasses(proven)}`
      : 'no rollback was tried',
    data: { migrations: proven.map((each) => ({ tag: each.rollback.migration.tag, class: verdictOf(each), schema: each.proof.schema.state })) },
  }
}
