/** Facts from a replay in memory; loaded only where they are not known already. */
import { touches } from '../../changes/index.ts'
import { replay } from '../../changes/replay.ts'
import { plainStartOf } from '../../changes/start.ts'
import type { Cost } from '../../features/compatibility/way-back.ts'
import { isRewritten } from '../../features/rollback/archive/archive.ts'
import { type Rollback, rollbacksOf } from '../../features/rollback/rollback.ts'
import { classOf } from '../../features/rollback/verdict.ts'
import { type Chain, chainOf, intervalOf, notFollowed } from '../../features/version/compatibility.ts'
import type { Classified } from '../../features/version/numbers.ts'
import { classifyScripts } from '../../features/version.ts'
import type { History, Migration } from '../../model/history.ts'
import { display, leadingName, parseKey, type RelationName } from '../../model/name.ts'
import { loadSql } from '../../sql/parser.ts'
import { readScript } from '../../sql/script.ts'
import { newest } from '../lint/options.ts'
import type { Fact } from './fact.ts'
import { layersOf } from './layers.ts'

/** A history replayed and judged; `classes` where they are known already. */
export const chained = async (migrations: readonly Migration[], classes: readonly Classified[] | undefined): Promise<Chain> => {
  await loadSql()
  const scripts = migrations.map(({ sql }) => readScript(sql ?? ''))
  const start = plainStartOf(scripts).catalog
  return chainOf(replay(scripts, start), start, classes ?? classifyScripts(migrations, scripts))
}

/** Tables that a migration touches, by the names that they have before or after it. */
const touchedBy = ({ steps, catalogs, start }: Chain, at: number): readonly string[] => {
  const [before, after] = [catalogs[at - 1] ?? start, catalogs[at] ?? start]
  const names = (steps.get(at) ?? []).flatMap(({ changes }) =>
    changes.flatMap((change): readonly string[] =>
      change.kind === 'change-data' ? change.relations : touches(change).map((key) => (parseKey(key).kind === 'table' ? parseKey(key).name : leadingName(key))),
    ),
  )
  const isTable = (name: string): boolean => before.tables.has(name as RelationName) || after.tables.has(name as RelationName)
  return [...new Set(names.filter(isTable).map(display))].toSorted()
}

/** Nothing is run here: what only a proof knows is unknown. */
const costOf = (chain: Chain, at: number, rollback: Rollback | undefined): Cost => {
  const unfollowed = notFollowed(chain, at)
  const nobody = { class: 'unknown', loses: [], since: [], stoppedBy: [] } as const
  if (!rollback) return { ...nobody, why: unfollowed?.why ?? 'its file is missing' }
  const claims = {
    loses: rollback.loses.map(({ what }) => what),
    since: rollback.since.map(({ what }) => what),
    stoppedBy: rollback.guards.map(({ what }) => what),
  }
  if (unfollowed) return { ...nobody, ...claims, why: `${unfollowed.what}: ${unfollowed.why}` }
  if (isRewritten(rollback.migration))
    return { ...nobody, ...claims, why: `it keeps an archive: pgstrata rollback ${rollback.migration.tag} --check tells what that brings back` }
  return { class: classOf(rollback, { schema: { state: 'not-run', why: '' }, rows: [] }) === 'lossless' ? 'lossless' : 'lossy', ...claims }
}

export const factsIn = (history: History, chain: Chain, postgres: number = newest): readonly Fact[] => {
  const steps = [...chain.steps.values()].flat()
  const last = chain.catalogs.at(-1) ?? chain.start
  const positions = history.migrations.map((_, at) => at)
  const rollbacks = rollbacksOf(history, { steps, catalogs: chain.catalogs, catalog: last }, positions, { start: chain.start, postgres })
  const layers = layersOf(chain)
  return positions.map((at): Fact => {
    const { tables } = chain.catalogs[at] ?? chain.start
    return {
      runs: intervalOf(chain, at),
      back: costOf(chain, at, rollbacks.get(at)),
      touched: touchedBy(chain, at),
      tables: tables.size,
      columns: [...tables.values()].reduce((sum, { columns }) => sum + columns.length, 0),
      layers: layers[at] ?? [],
    }
  })
}
