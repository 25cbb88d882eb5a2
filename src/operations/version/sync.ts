/** `version --sync`: our own ledger made to say what Drizzle's and the folder say. */

import { reconcile } from '../../drizzle/ledger.ts'
import { accessTo, makingIn } from '../../drizzle/own-tables.ts'
import {
  createTriggerSql,
  createVersionsSql,
  dropTriggerSql,
  hasTrigger,
  ledgerTimes,
  type Noted,
  readVersions,
  syncGone,
  syncRows,
} from '../../features/schema-versions.ts'
import type { Project } from '../../model/config.ts'
import { PostgresRefusal, refusalOf, ToolError } from '../../model/error.ts'
import type { Ledger } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import { plural } from '../../model/numbers.ts'
import type { Block } from '../../model/report.ts'
import type { Row, Session } from '../../model/session.ts'
import type { World } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { subjectOf } from '../check/subject.ts'
import { enter } from '../migrate/enter.ts'
import { inTransaction } from '../migrate/own-work.ts'
import type { Target } from '../migrate/target.ts'
import type { Versioned } from './classified.ts'
import { recordsOf } from './records.ts'

export type Synced = { readonly rows: number; readonly added: number; readonly gone: readonly string[]; readonly timed: number; readonly trigger: boolean }

/** `on`, `off`: the trigger on Drizzle's ledger is made or taken away; undefined leaves it as it is. */
export type TriggerWish = 'on' | 'off' | undefined

const notWritten = ({ message, sqlstate }: PostgresRefusal, what: string): ToolError =>
  new ToolError('versions-not-made', `${what}: ${message}.`, {
    help: sqlstate === '42501' ? 'Run it once as the user who owns the database and the ledger.' : 'Nothing was changed. Run it again.',
  })

const write = async (session: Session, statements: readonly string[], what: string): Promise<void> => {
  const refusal = await refusalOf(() => inTransaction(session, statements))
  if (refusal) throw notWritten(refusal, what)
}

/** What is to be noted of each row. Of a file that was edited nobody knows what it was when it ran. */
const notedOf = async (world: World, project: Project, versioned: Versioned, session: Session, ledger: Ledger): Promise<readonly Noted[]> => {
  const { history } = versioned
  const { migrations, unknown } = reconcile(history, ledger)
  const applied = migrations.flatMap(({ state, migration, row }) => (row ? [{ migration, row, edited: state === 'applied-edited' }] : []))
  await loadSql()
  const positions = applied.flatMap(({ migration, edited }) => (edited ? [] : [history.migrations.indexOf(migration)]))
  const records = await recordsOf(versioned, subjectOf(world, project, history, false), positions, ledger.name)
  const times = await ledgerTimes(session, ledger)
  const noted = (row: number, hash: string, more: Pick<Noted, 'migration' | 'record'>): Noted => {
    const at = times.get(row)
    return { row, hash, ...more, ...(at ? { applied: at } : {}) }
  }
  return [
    ...applied.map(({ migration, row, edited }) => {
      const record = edited ? undefined : records.get(migration.tag)
      return noted(row.id, row.hash, { migration: migration.tag, ...(record ? { record } : {}) })
    }),
    ...unknown.map(({ id, hash, name }) => noted(id, hash, name === undefined ? {} : { migration: name })),
  ]
}

const refuseUnconfirmed = ({ name, protected: isProtected }: Target, yes: boolean): void => {
  if (isProtected && !yes)
    throw new ToolError('protected', `${name} is protected: nothing was written.`, { help: '--yes writes the ledger pgstrata.schema_versions there.' })
}

/** In one transaction, against the ledger as it is by then. */
const written = async (session: Session, { name }: Ledger, noted: readonly Noted[]): Promise<readonly Row[]> => {
  try {
    await session.script("BEGIN; SET LOCAL lock_timeout = '5s'")
    if (noted.length > 0) await syncRows(session, name, noted)
    const gone = await syncGone(session, name)
    await session.script('COMMIT')
    return gone
  } catch (error) {
    await session.script('ROLLBACK').catch(() => undefined)
    throw error instanceof PostgresRefusal ? notWritten(error, 'pgstrata.schema_versions cannot be written') : error
  }
}

/** Seconds to wait for a migrate that is at work. */
const wait = 60

/** Writes `pgstrata.schema_versions`, and nothing else. Throws `protected`, `versions-not-made`, and what reading the ledger throws. */
export const sync = async (
  world: World,
  {
    project,
    versioned,
    target,
    ledger,
    trigger,
    yes,
  }: {
    readonly project: Project
    readonly versioned: Versioned
    readonly target: Target
    readonly ledger: Ledger
    readonly trigger: TriggerWish
    readonly yes: boolean
  },
): Promise<Synced> => {
  refuseUnconfirmed(target, yes)
  if (ledger.layout === 'absent')
    throw new ToolError('no-ledger', `${target.name} has no ledger ${ledger.name.schema}.${ledger.name.table}: there is nothing to note.`, {
      help: 'pgstrata migrate makes it with the first migration that it runs.',
    })
  await using entered = await enter(world, target, { wait, cancelBlockers: false })
  const { session } = entered
  if ((await accessTo(session, 'schema_versions')) !== 'writable')
    await write(session, (await makingIn(session, createVersionsSql)).statements, 'pgstrata.schema_versions cannot be made')
  if (trigger !== undefined) {
    const statements = trigger === 'on' ? createTriggerSql(ledger.name) : dropTriggerSql(ledger.name)
    await write(session, statements, `The trigger on ${ledger.name.schema}.${ledger.name.table} cannot be ${trigger === 'on' ? 'made' : 'taken away'}`)
  }
  const before = await readVersions(session, ledger.name)
  const noted = await notedOf(world, project, versioned, session, ledger)
  const gone = await written(session, ledger, noted)
  const after = await readVersions(session, ledger.name)
  return {
    rows: noted.length,
    added: after.length - before.length,
    gone: gone.map(({ migration }) => String(migration ?? 'a row without a name')),
    timed: after.filter(({ state, appliedAt }) => state === 'applied' && appliedAt !== undefined).length,
    trigger: await hasTrigger(session, ledger.name),
  }
}

export const syncData = ({ rows, added, gone, timed, trigger }: Synced): Json => ({ rows, added, gone: [...gone], timed, trigger })

export const syncBlocks = ({ rows, added, gone, timed, trigger }: Synced): readonly Block[] => [
  {
    type: 'definition',
    items: [
      { term: 'noted', text: `${plural(rows, 'row')} in pgstrata.schema_versions, ${added} of them new` },
      { term: 'times known', text: `${timed} of ${rows}` },
      {
        term: 'trigger',
        text: trigger ? 'on: it notes time and user of every row, whoever migrates' : 'off: only what pgstrata migrate runs has its time (--trigger on)',
      },
      ...(gone.length === 0 ? [] : [{ term: 'gone from the ledger', text: gone.join(', ') }]),
    ],
  },
]
