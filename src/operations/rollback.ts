/** `rollback`: the way back from migrations, tried in a real PostgreSQL. */
import { isRewritten } from '../features/rollback/archive/archive.ts'
import { openArchives } from '../features/rollback/archive/contract.ts'
import type { RollbackProof } from '../features/rollback/proof.ts'
import { type Rollback, rollbacksOf } from '../features/rollback/rollback.ts'
import type { RollbackSql } from '../features/rollback/rollback-sql.ts'
import { rollbackSql } from '../features/rollback/script.ts'
import { ToolError } from '../model/error.ts'
import type { Finding, Unknown } from '../model/finding.ts'
import type { History, Migration } from '../model/history.ts'
import { plural } from '../model/numbers.ts'
import { type Block, type Report, toned } from '../model/report.ts'
import type { World } from '../model/world.ts'
import { loadSql } from '../sql/parser.ts'
import { assertAnalysed } from './analysed.ts'
import { readSubject, type Subject } from './check/subject.ts'
import { defineOperation } from './define.ts'
import { landedIn } from './landed.ts'
import { newest } from './lint/options.ts'
import { onlyProject } from './only-project.ts'
import { applyRollback } from './rollback/apply/apply.ts'
import { type ApplyFlags, applyFlags } from './rollback/apply/options.ts'
import { type Archives, archivesOf } from './rollback/archive.ts'
import { chosenOf } from './rollback/choose.ts'
import { contract, dueFindings, untilOf } from './rollback/contract.ts'
import { downPath, editsOf, rowsOf } from './rollback/files.ts'
import { failedFindings, inspect } from './rollback/inspect.ts'
import { type Proofs, prove } from './rollback/prove.ts'
import { blocksOf, dataOf, type Proven, tableOf } from './rollback/report.ts'

/** Those that have not landed yet; all where nobody knows. */
const newIn = async (world: World, { project }: Subject): Promise<(migration: Migration) => boolean> => {
  const landed = (await landedIn(world, project.folder))?.landed
  return ({ tag }) => !landed?.has(tag)
}

/** Of these nobody knows what they did. */
const missingIn = ({ migrations, folder }: History, positions: readonly number[]): readonly Unknown[] =>
  positions.flatMap((at) => {
    const migration = migrations[at]
    return migration && migration.sql === undefined
      ? [{ what: `the rollback of ${migration.tag}`, why: `its file ${migration.path} is missing in ${folder}`, help: 'pgstrata doctor says more.' }]
      : []
  })

type OddFlags = {
  readonly [F in 'contract' | 'archive' | 'all' | 'check' | 'rebuild' | 'keep' | 'unproven' | 'write']: boolean
} & { readonly to: string | undefined; readonly until: string | undefined } & ApplyFlags & { readonly apply: string | undefined }

/** Flags that say how it is done in a database mean nothing without one, and those that write files nothing with one. */
const refuseOddApply = (flags: OddFlags): void => {
  const { apply, acceptLoss, accept, yes, cancelBlockers, dryRun, undecided, statementTimeout } = flags
  const ofRun = acceptLoss || accept.length > 0 || yes || cancelBlockers || [dryRun, undecided, statementTimeout].some((value) => value !== undefined)
  if (apply === undefined && ofRun)
    throw new ToolError('usage', 'Flags of a run in a database want --apply ENV.', { help: 'pgstrata rollback --apply ENV --dry-run tries it on a copy.' })
  if (apply !== undefined && (flags.write || flags.check || flags.archive || flags.contract))
    throw new ToolError('usage', '--apply goes with none of --write, --check, --archive and --contract.', {
      help: 'It takes back what a database has run; the others are about the files.',
    })
}

/** A flag that would do nothing is a misunderstanding. */
const refuseOdd = ({ contract: ending, until, archive, ...flags }: OddFlags): void => {
  refuseOddApply({ contract: ending, until, archive, ...flags })
  if (ending && (archive || flags.all || flags.check || flags.rebuild || flags.keep || flags.unproven || flags.to !== undefined))
    throw new ToolError('usage', '--contract goes with a TAG and --write alone.', {
      help: 'It drops archives that --archive has made before, and rolls nothing back.',
    })
  if (until !== undefined && !archive) throw new ToolError('usage', '--until says how long an archive is kept: it wants --archive.')
}

type Sql = ReadonlyMap<number, RollbackSql>

/** What is proven: what would be written, or with `--check` what the files hold. */
const toProve = async (
  world: World,
  subject: Subject,
  rollbacks: ReadonlyMap<number, Rollback>,
  check: boolean,
): Promise<{ readonly sql: Sql; readonly findings: readonly Finding[] }> => {
  const { history } = subject
  if (check) return inspect(world, history, rollbacks, await newIn(world, subject))
  return { sql: new Map([...rollbacks].map(([at, rollback]) => [at, rollbackSql(rollback, history.ledger)])), findings: [] }
}

const notRun: RollbackProof = { schema: { state: 'not-run', why: 'nothing was run' }, rows: [] }
const nothing: Proofs = { proofs: new Map(), unknown: [] }
const noArchives: Archives = { archives: new Map(), unknown: [] }

/** Nobody shall find a file on the day of need that has never run. */
const unwrittenText = (count: number): readonly Block[] =>
  count === 0 ? [] : [toned(`Not written, because not proven: ${plural(count, 'rollback')}. --unproven --write does it all the same.`, 'warn')]

const writtenText = (paths: readonly string[]): readonly Block[] =>
  paths.length === 0 ? [] : [{ type: 'text', text: `Written: ${paths.length > 3 ? plural(paths.length, 'file') : paths.join(', ')}.` }]

const aboveText = (above: number): readonly Block[] =>
  above === 0 ? [] : [toned(`${plural(above, 'migration')} behind it ${above === 1 ? 'has' : 'have'} to be rolled back first: --to.`, 'warn')]

/** What is shown of these would take the archive away and give nothing back. */
const rewrittenText = (paths: readonly string[]): readonly Block[] =>
  paths.map((path) => toned(`The migration keeps an archive: what brings it back is ${path}, tried by --check.`, 'warn'))

/** What may have run already keeps its text. */
const landedText = (landed: number): readonly Block[] =>
  landed === 0
    ? []
    : [
        {
          type: 'text',
          text: [
            {
              text: `${plural(landed, 'migration')} of these ${landed === 1 ? 'has' : 'have'} landed: an archive comes too late, and --write leaves them as they are.`,
              tone: 'warn',
            },
          ],
        },
      ]

export const rollback = defineOperation({
  name: 'rollback',
  summary: 'Makes and proves the SQL that takes migrations back; --apply runs it.',
  description:
    'Undoes a migration change by change: renames stay renames, definitions and names come from the state before, an enum that got a label is rebuilt with everything that uses it. The rollback is tried right behind its migration in a real PostgreSQL that is started for it, and the catalog compared with the one from before. What it cannot bring back is named: rows from before, and what was written since.\n\nNo database of yours is touched, but by --apply ENV: it takes back what that database has run, in the reverse of its order, by the file beside the migration or by what is made now, all in one transaction with the rows of Drizzle’s ledger where every statement takes one. It stops before anything is touched where others stand on the migration, rows would be lost, somebody has changed what it works on by hand, or PostgreSQL has not borne it out. A run that ends in the middle is gone on with by the next one.',
  arguments: [{ name: 'TAG', description: 'The migration; enough of its beginning will do. Default: the last one.', required: false }],
  flags: {
    to: { type: 'string', value: 'TAG', description: 'Everything behind TAG, so that TAG is the last one.' },
    all: { type: 'boolean', description: 'Each migration of the folder.' },
    write: { type: 'boolean', description: 'Write the files beside the migrations: TAG.down.sql, or down.sql in its folder.' },
    check: { type: 'boolean', description: 'For CI: is there a file for each new migration, made for its text, and does it lead back?' },
    archive: { type: 'boolean', description: 'Rewrite a migration that loses rows, so that an archive schema keeps them and the rollback brings them back.' },
    until: { type: 'string', value: 'DATE', description: 'With --archive: the last day on which it is kept, 2027-01-31. Default: 30 days from now.' },
    contract: { type: 'boolean', description: 'Drop the archives whose day is past, or that of TAG: one more migration, with --write.' },
    rebuild: {
      type: 'boolean',
      description: 'Bring columns back in their old order too. The columns behind them are made anew: every row of the table is written.',
    },
    keep: { type: 'boolean', description: 'The rollback copies what was written since into a schema of its own before it removes that.' },
    unproven: { type: 'boolean', description: 'Try nothing. No rollback is then called proven.' },
    ...applyFlags,
  },
  examples: [
    { command: 'pgstrata rollback', shows: 'the way back from the last migration' },
    { command: 'pgstrata rollback --to 0041 --write', shows: 'files for everything behind 0041' },
    { command: 'pgstrata rollback --check --since origin/main', shows: 'for CI: whether the new migrations have theirs' },
    { command: 'pgstrata rollback --apply staging', shows: 'the last migration taken back in staging' },
    { command: 'pgstrata rollback --to 0041 --apply production --dry-run', shows: 'what it would do and lose there, tried on a copy' },
  ],
  concludes: 'apply',
  async run(world, { arguments: [tag], flags }): Promise<Report> {
    refuseOdd(flags)
    await loadSql()
    const project = onlyProject(await world.projects())
    if (flags.apply !== undefined) return applyRollback(world, project, flags.apply, tag, flags)
    const subject = await readSubject(world, project, false)
    const { history, start } = subject
    assertAnalysed([history])
    if (flags.contract) return contract(world, subject, tag, flags.write)
    const { positions, above } = chosenOf(history, tag, flags.to, flags.all || (flags.check && tag === undefined && flags.to === undefined))
    const postgres = world.config.postgres ?? newest
    const settled = await subject.settled()
    const rollbacks = rollbacksOf(history, settled, positions, { start: start.catalog, postgres, rebuilds: flags.rebuild, keeps: flags.keep })
    const { sql, findings } = await toProve(world, subject, rollbacks, flags.check)
    const { proofs, unknown } =
      flags.unproven || sql.size === 0
        ? nothing
        : await prove(
            subject,
            sql,
            rowsOf(rollbacks, () => flags.check),
          )
    const kept = flags.archive
      ? await archivesOf(subject, rollbacks, proofs, {
          postgres,
          rebuilds: flags.rebuild,
          keeps: flags.keep,
          until: untilOf(world, flags.until),
          run: !flags.unproven,
        })
      : noArchives
    const isNew = kept.archives.size > 0 ? await newIn(world, subject) : () => true
    const written = flags.unproven ? rollbacks : new Map([...rollbacks].filter(([at]) => proofs.has(at)))
    const edits = flags.write ? editsOf(history, written, kept.archives, isNew) : []
    if (edits.length > 0) await world.files.write(edits)
    const proven: readonly Proven[] = [...rollbacks]
      .filter(([at]) => !flags.check || sql.has(at))
      .map(([at, each]) => ({ rollback: each, proof: proofs.get(at) ?? notRun, archive: kept.archives.get(at), fromFile: flags.check }))
    const [only] = proven
    return {
      operation: 'rollback',
      analysed: { migrations: rollbacks.size, proven: proofs.size },
      findings: [
        ...findings,
        ...failedFindings(history, rollbacks, proofs),
        ...(flags.check ? dueFindings(world, history, openArchives(history.migrations, settled.catalog)) : []),
      ],
      unknown: [...missingIn(history, positions), ...unknown, ...kept.unknown],
      data: { migrations: proven.map((each) => dataOf(history, each)) },
      blocks: [
        ...(proven.length === 1 && only && !flags.check ? blocksOf(history, only) : tableOf(history.folder, proven)),
        ...aboveText(above),
        ...rewrittenText(flags.check ? [] : [...rollbacks.values()].flatMap(({ migration }) => (isRewritten(migration) ? [downPath(history, migration)] : []))),
        ...landedText([...kept.archives.keys()].filter((at) => history.migrations[at] && !isNew(history.migrations[at])).length),
        ...(flags.write ? unwrittenText(rollbacks.size - written.size) : []),
        ...writtenText(edits.map(({ path }) => path)),
      ],
    }
  },
})
