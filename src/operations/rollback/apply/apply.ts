/** `rollback --apply ENV`: migrations taken back in a database that has run them, by the runner of `migrate`. */

import { appliedIn, readLedger, reconcile } from '../../../drizzle/ledger.ts'
import { accessTo } from '../../../drizzle/own-tables.ts'
import { rolledBackRecord } from '../../../features/migrate/records.ts'
import { runSegments } from '../../../features/migrate/run.ts'
import { nothingRun, type Running } from '../../../features/migrate/running.ts'
import { saidBy } from '../../../features/rollback/rollback-sql.ts'
import { takenBackSql } from '../../../features/schema-versions.ts'
import type { Project } from '../../../model/config.ts'
import type { Report } from '../../../model/report.ts'
import type { Session } from '../../../model/session.ts'
import type { World } from '../../../model/world.ts'
import { assertAnalysed, assertWhole } from '../../analysed.ts'
import { type Entered, enter, inTurns, refuseUnconfirmed, runningIn, tell } from '../../migrate/enter.ts'
import { triedInPlace } from '../../migrate/in-place.ts'
import { prepare } from '../../migrate/prepare.ts'
import { rehearse } from '../../migrate/rehearse.ts'
import { targetOf } from '../../migrate/target.ts'
import { type Asked, isStopped, look, type Prepared } from './look.ts'
import { type ApplyFlags, applyOptionsOf } from './options.ts'
import { type Ran, reportOf } from './report.ts'

const nothingToDo = (prepared: Prepared): boolean => isStopped(prepared) || prepared.going.size === 0

/** What makes a run one that takes back. */
const backward = ({ ledger, going, unfinished, judged }: Prepared): Pick<Running, 'direction' | 'record' | 'unfinished' | 'textOf'> => ({
  direction: 'rollback',
  record: rolledBackRecord(ledger.name, going),
  unfinished,
  textOf: (migration) => judged.find(({ way }) => way.rollback.migration === migration)?.way.text,
})

/** Our own ledger keeps who took what back, where this user may write to it. */
const notingIn = async (world: World, { session }: Entered, { ledger, going }: Prepared): Promise<Pick<Running, 'besides'>> =>
  (await accessTo(session, 'schema_versions')) !== 'writable'
    ? {}
    : {
        besides: (migration) => {
          const row = going.get(migration)
          return row === undefined ? [] : [takenBackSql(ledger.name, row, world.actor)]
        },
      }

/** Tries it on a copy: the environment is only read. */
const onCopy = async (world: World, asked: Asked): Promise<Ran> => {
  const { history, target, options } = asked
  await using session = await world.reader(target.source)
  const prepared = await look(world, session, asked)
  if (nothingToDo(prepared)) return { prepared, outcome: nothingRun }
  const told = tell(world, prepared.going.size, 'tried')
  const { outcome, shown, unknown } = await rehearse(world, history, target, prepared, {
    running: () => ({ ...backward(prepared), limits: options.limits, undecided: options.undecided, told }),
    stoppedBy: saidBy,
  })
  return { prepared, outcome, dry: { where: 'copy', leftOut: [], shown, unknown } }
}

/** What a command without a TAG means is the last one at the moment at which it is given, whatever others do while it waits. */
const meantBy = async (session: Session, asked: Asked): Promise<Asked> => {
  const { history, target, options } = asked
  if (options.tag !== undefined || options.to !== undefined || options.all) return asked
  const last = appliedIn(reconcile(history, await readLedger(session, target.ledger))).at(-1)
  return last ? { ...asked, options: { ...options, tag: last.migration.tag } } : asked
}

/** Looks, judges and runs; once more where another migrator was faster. */
const inEnvironment = async (world: World, given: Asked): Promise<Ran> => {
  const { history, target, options } = given
  let asked = given
  await using entered = await enter(world, target, options, async (session) => {
    asked = await meantBy(session, given)
  })
  return await inTurns(async () => {
    const prepared = await look(world, entered.session, asked)
    if (nothingToDo(prepared)) return { prepared, outcome: nothingRun }
    const { ledger, segments, going } = prepared
    const tags = [...going.keys()].map(({ tag }) => tag)
    refuseUnconfirmed(target, options.yes, tags, 'taken back')
    if (options.dryRun) return { prepared, ...(await triedInPlace(world, entered, asked, segments, going.size)) }
    await prepare(entered.session, history, ledger, segments, undefined)
    const running = {
      ...(await runningIn(world, entered, ledger, options)),
      ...backward(prepared),
      ...(await notingIn(world, entered, prepared)),
      told: tell(world, tags.length, 'taken back'),
    }
    return { prepared, outcome: await runSegments(running, segments) }
  }, 'taken back')
}

/** Takes back what is asked for in that environment. The parser must be loaded. */
export const applyRollback = async (world: World, project: Project, environment: string, tag: string | undefined, flags: ApplyFlags): Promise<Report> => {
  const options = applyOptionsOf(tag, flags)
  const history = await world.history({ type: 'folder', path: project.folder }, { snapshots: false })
  assertAnalysed([history])
  assertWhole(history, 'nothing was run')
  const asked = { project, history, target: targetOf(environment, world.config, history), options }
  const started = world.now()
  const ran = await (options.dryRun === 'copy' ? onCopy(world, asked) : inEnvironment(world, asked))
  return reportOf(asked, ran, world.now() - started)
}
