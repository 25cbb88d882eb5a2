/** The catalog that the migrations of a folder make, kept by their content: to ask about code they need not be replayed. */
import { isOpaque, type Replay, replay } from '../../changes/replay.ts'
import { plainStartOf } from '../../changes/start.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { History } from '../../model/history.ts'
import type { Script } from '../../model/statement.ts'
import type { World } from '../../model/world.ts'
import { readScript } from '../../sql/script.ts'
import { keepCatalog, keptCatalog } from '../kept-catalog.ts'

/** The migrations and what each of them does. */
export type Folder = { readonly history: History; readonly scripts: readonly Script[]; readonly start: Catalog; readonly replayed: Replay }

/** What the migrations come to. */
export type Outcome = {
  readonly history: History
  readonly catalog: Catalog
  /** Statements and files that could not be followed: what they made is not in the catalog. */
  readonly lost: number
  /** Replays them, if nobody has. */
  folder(): Folder
}

const replayed = (history: History): Folder => {
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const start = plainStartOf(scripts).catalog
  return { history, scripts, start, replayed: replay(scripts, start) }
}

const lostIn = ({ history, scripts, replayed: { steps } }: Folder): number => {
  const statements = steps.filter((step) => step.refused !== undefined || isOpaque(step)).length
  const faults = scripts.reduce((sum, script) => sum + script.faults.length, 0)
  return statements + faults + history.migrations.filter(({ sql }) => sql === undefined).length
}

const kind = 'outcome'
type Known = Pick<Outcome, 'lost'>
const isKnown = (value: unknown): value is Known => typeof (value as Partial<Known> | null)?.lost === 'number'

/** The parser must be loaded. */
export const outcomeOf = async (world: World, history: History): Promise<Outcome> => {
  const kept = await keptCatalog(world, kind, history.migrations, isKnown)
  let folder: Folder | undefined
  const whole = (): Folder => {
    folder ??= replayed(history)
    return folder
  }
  if (kept) return { history, ...kept.known, catalog: kept.catalog, folder: whole }
  const { catalog } = whole().replayed
  const lost = lostIn(whole())
  await keepCatalog(world, kind, history.migrations, { known: { lost }, catalog })
  return { history, catalog, lost, folder: whole }
}
