/** Migrations rewritten so that they keep what they take, where their proof has shown that something is lost. */
import { type Archived, archivedOf, isRewritten } from '../../features/rollback/archive/archive.ts'
import type { RollbackProof } from '../../features/rollback/proof.ts'
import type { Rollback } from '../../features/rollback/rollback.ts'
import { archivedClassOf, changedRows, classOf } from '../../features/rollback/verdict.ts'
import type { Unknown } from '../../model/finding.ts'
import { archivePrefix, isArchived } from '../../model/name.ts'
import { readScript } from '../../sql/script.ts'
import type { Subject } from '../check/subject.ts'
import { prove } from './prove.ts'

/** A rewritten migration and what PostgreSQL says of it; without a proof where nothing was run. */
export type Kept = { readonly archived: Archived; readonly proof: RollbackProof | undefined }

export type Archives = { readonly archives: ReadonlyMap<number, Kept>; readonly unknown: readonly Unknown[] }

type Options = {
  readonly postgres: number
  readonly rebuilds: boolean
  readonly keeps: boolean
  /** The last day on which the archives are kept. */
  readonly until: string
  readonly run: boolean
}

/** What a contract takes away is meant to be gone. */
const isOfArchives = ({ loses }: Rollback): boolean =>
  loses.length > 0 &&
  loses.every(({ table, columns = [] }) => isArchived(table) || (columns.length > 0 && columns.every((name) => name.startsWith(archivePrefix))))

type Made = ReadonlyMap<number, Archived>

/** What PostgreSQL says of rewritten migrations. */
const tried = async (subject: Subject, made: Made, run: boolean): Promise<Archives> => {
  const sql = new Map([...made].map(([at, { rollback }]) => [at, rollback]))
  const rows = new Map([...made].map(([at, archived]) => [at, archived.rows]))
  const rewritten = new Map([...made].map(([at, { up }]) => [at, readScript(up)]))
  const { proofs, unknown } = run && made.size > 0 ? await prove(subject, sql, rows, rewritten) : { proofs: new Map<number, RollbackProof>(), unknown: [] }
  return { archives: new Map([...made].map(([at, archived]) => [at, { archived, proof: proofs.get(at) }])), unknown }
}

/** Rewrites what loses rows. A migration that was not tried is rewritten where it says itself that it may lose some. What PostgreSQL does not bear out is tried with copies alone. */
export const archivesOf = async (
  subject: Subject,
  rollbacks: ReadonlyMap<number, Rollback>,
  proofs: ReadonlyMap<number, RollbackProof>,
  { run, ...options }: Options,
): Promise<Archives> => {
  const { world, history } = subject
  const rewrite = (at: number, onlyCopies: boolean): readonly (readonly [number, Archived])[] => {
    const [rollback, proof] = [rollbacks.get(at), proofs.get(at)]
    if (!rollback || isRewritten(rollback.migration) || isOfArchives(rollback)) return []
    // What does not run itself is not rewritten.
    if (proof ? classOf(rollback, proof) !== 'lossy' : run || rollback.loses.length === 0) return []
    const changed = proof ? changedRows(proof.rows) : []
    const archived = archivedOf({ rollback, changed, ledger: history.ledger, ...options, hash: (text) => world.hash(text) }, onlyCopies)
    return archived ? [[at, archived]] : []
  }
  const first = await tried(subject, new Map([...rollbacks.keys()].flatMap((at) => rewrite(at, false))), run)
  const failed = [...first.archives].filter(([, kept]) => !bringsBack(kept)).map(([at]) => at)
  const second = await tried(subject, new Map(failed.flatMap((at) => rewrite(at, true))), run)
  return { archives: new Map([...first.archives, ...second.archives]), unknown: [...first.unknown, ...second.unknown] }
}

/** A rewritten migration is worth its place unless PostgreSQL has shown that it is not. */
export const bringsBack = ({ proof }: Kept): boolean => proof === undefined || archivedClassOf(proof) === 'lossless-with-archive'
