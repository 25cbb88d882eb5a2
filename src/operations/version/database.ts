/** Which version of the schema a database has, and what waits for it. */
import { type Reconciliation, reconcile } from '../../drizzle/ledger.ts'
import type { RecordedVersion } from '../../features/schema-versions.ts'
import { ToolError } from '../../model/error.ts'
import type { History, Ledger, LedgerRow } from '../../model/history.ts'
import { type Block, type Report, type Tone, toned } from '../../model/report.ts'
import type { SourceRef } from '../../model/source.ts'
import type { World } from '../../model/world.ts'
import { assertAnalysed } from '../analysed.ts'
import { targetOf } from '../migrate/target.ts'
import { onlyProject } from '../only-project.ts'
import { displaySource } from '../source-ref.ts'
import { type Asked, answer, dataOf, findingsOf, nextText, numbered, tagsOf, versionText } from './answer.ts'
import { numberingOf, versionedOf } from './classified.ts'
import { pushFindings } from './push.ts'
import { appliedTable, lastApplied, recordedData, recordedIn } from './recorded.ts'
import { flagBlocks, migrationData, migrationsTree } from './report.ts'
import type { TriggerWish } from './sync.ts'

/** What the user's eye needs at once: is all well, is there something to do, or will something go wrong? */
const stateTones: Readonly<Record<Reconciliation['state'], Tone>> = {
  'up-to-date': 'good',
  baseline: 'good',
  behind: 'warn',
  ahead: 'warn',
  unmanaged: 'warn',
  edited: 'bad',
  diverged: 'bad',
  'skipped-by-watermark': 'bad',
}

const stateWords: Readonly<Record<Reconciliation['state'], string>> = {
  'up-to-date': 'up to date: every migration is applied',
  behind: 'behind: migrations are pending',
  ahead: 'ahead: the ledger has rows that no file of the folder explains',
  diverged: 'diverged: migrations are applied beyond a hole, or rows without a file stand before pending ones',
  edited: 'edited: a file is not what was applied',
  'skipped-by-watermark': 'skipped: Drizzle will never run some migrations, because a later one has been applied',
  unmanaged: 'unmanaged: there is no ledger',
  baseline: 'baseline: all is applied, and older rows are from before the folder was squashed',
}

const listed = (title: string, names: readonly string[]): readonly Block[] =>
  names.length === 0 ? [] : [{ type: 'tree', root: { text: `${title} (${names.length})`, children: names.map((text) => ({ text, children: [] })) } }]

/** Throws `usage`. */
const triggerOf = ({ trigger, sync }: Asked): TriggerWish => {
  if (trigger === undefined) return undefined
  if (!sync) throw new ToolError('usage', '--trigger goes with --sync.')
  if (trigger === 'on' || trigger === 'off') return trigger
  throw new ToolError('usage', `--trigger does not know ${trigger}.`, { help: '--trigger on makes it, --trigger off takes it away.' })
}

export const onDatabase = async (world: World, text: string, source: SourceRef, history: History, asked: Asked): Promise<Report> => {
  const { statements } = asked
  const trigger = triggerOf(asked)
  assertAnalysed([history])
  const project = onlyProject(await world.projects())
  const [ledger, versioned] = await Promise.all([
    world.ledger(source, history),
    versionedOf(world, history, numbered(numberingOf(world.config, project, false), asked)),
  ])
  const more = asked.sync ? await import('./sync.ts') : undefined
  const synced = more
    ? await more.sync(world, { project, versioned, target: targetOf(text, world.config, history), ledger, trigger, yes: asked.yes })
    : undefined
  const recorded = await recordedIn(world, source, ledger.name)
  const found = reconcile(history, ledger)
  const tagOf = (row: LedgerRow): string => found.migrations.find((each) => each.row === row)?.migration.tag ?? row.name ?? row.hash.slice(0, 12)
  const last = recorded && lastApplied(ledger, recorded, tagOf)
  const at = answer(versioned, found.prefix)
  const of = (...states: readonly string[]): readonly string[] =>
    tagsOf(found.migrations.filter(({ state }) => states.includes(state)).map(({ migration }) => migration))
  const positions = (state: string): readonly number[] =>
    found.migrations.filter((each) => each.state === state).map(({ migration }) => history.migrations.findIndex(({ index }) => index === migration.index))
  const unknown = found.unknown.map(({ name, hash }) => name ?? hash)
  const runsAgain = tagsOf(found.migrations.filter(({ state, willRun }) => willRun && state !== 'pending').map(({ migration }) => migration))
  const waiting = [...positions('pending'), ...positions('skipped')]
  return {
    operation: 'version',
    analysed: { migrations: history.migrations.length, rows: ledger.rows.length },
    findings: [...(await findingsOf(world, versioned)), ...(recorded ? pushFindings(project, history.layout) : [])],
    data: dataOf(at, found.state, {
      recorded: recorded ? recordedData(recorded) : null,
      ...(more && synced ? { sync: more.syncData(synced) } : {}),
      applied: of('applied', 'applied-edited'),
      pending: of('pending'),
      skipped: of('skipped'),
      edited: of('applied-edited'),
      unknown,
      outOfOrder: found.outOfOrder,
      runsAgain,
      migrations: waiting.map((position) => migrationData(versioned, position, true)),
    }),
    blocks: [
      { type: 'heading', level: 1, text: displaySource(source) },
      {
        type: 'definition',
        items: [
          {
            term: 'version',
            text: [
              ...(typeof versionText(at) === 'string' ? [versionText(at) as string] : (versionText(at) as readonly never[])),
              ...(found.outOfOrder > 0 ? [` (+${found.outOfOrder} out of order)`] : []),
            ],
          },
          { term: 'state', text: [{ text: stateWords[found.state], tone: stateTones[found.state] }] },
          { term: 'folder', text: `${history.folder}, ${history.migrations.length} migrations` },
          { term: 'next', text: nextText(at) },
          ...(last === undefined ? [] : [{ term: 'last applied', text: last }]),
        ],
      },
      ...(more && synced ? more.syncBlocks(synced) : []),
      ...(asked.applied ? appliedBlocks(ledger, recorded, tagOf) : []),
      ...migrationsTree(versioned, 'pending', positions('pending'), statements),
      ...migrationsTree(versioned, 'skipped', positions('skipped'), statements),
      ...flagBlocks(versioned, waiting),
      ...listed('edited after it was applied', of('applied-edited')),
      ...listed('rows without a file', unknown),
      ...listed('applied, and Drizzle would run it again', runsAgain),
    ],
    unknown: [],
    informs: true,
  }
}

/** Times and users, where they are kept. */
const appliedBlocks = (ledger: Ledger, recorded: readonly RecordedVersion[] | undefined, tagOf: (row: LedgerRow) => string): readonly Block[] =>
  recorded ? appliedTable(ledger, recorded, tagOf) : [toned('Nobody has noted when and by whom: pgstrata version ENV --sync keeps it from now on.', 'warn')]
