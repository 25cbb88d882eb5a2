/** What `status` says to machines. */
import type { Cell } from '../../features/status/situation.ts'
import type { History } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import type { Instant } from '../../model/world.ts'
import type { Deploy } from './predict.ts'
import type { Standing } from './standings.ts'

const iso = (time: Instant | undefined): string | null => (time === undefined ? null : new Date(time).toISOString())

const deployData = (deploy: Deploy | undefined): Json =>
  deploy
    ? {
        runner: deploy.runner,
        run: [...deploy.run],
        blocked: [...deploy.blocked],
        obstacle: deploy.obstacle ? { ...deploy.obstacle } : null,
        unsure: [...deploy.unsure],
        pgstrataMigrateRuns: deploy.otherwise,
      }
    : null

const environmentData = (standing: Standing): Json => {
  const { lane, situation, drift, seen, unread, deploy } = standing
  return {
    name: lane.name,
    environment: lane.environment,
    tenant: lane.tenant ?? null,
    protected: lane.protected,
    state: situation.state,
    last: situation.last ?? null,
    behind: situation.behind,
    ahead: situation.ahead,
    begun: seen?.begun?.map((each) => ({ ...each, stuck: situation.stuck.find(({ migration }) => migration === each.migration)?.why ?? null })) ?? null,
    runsAgain: [...situation.again],
    drift: { ...drift },
    server: seen?.version ?? null,
    ledger: seen?.ledger.layout ?? null,
    observedAt: iso(seen?.observedAt),
    source: seen ? (seen.report ? 'report' : 'live') : null,
    report: seen?.report ? { path: seen.report.path, by: seen.report.by ?? null, commit: seen.report.commit ?? null } : null,
    why: unread?.why ?? null,
    next: deployData(deploy),
  }
}

const cellData = ({ lane, seen }: Standing, { migration, state, appliedAt, appliedBy, after, last, isRow, secondFor }: Cell): Json => ({
  environment: lane.name,
  migration,
  state,
  appliedAt: appliedAt ?? null,
  appliedBy: appliedBy ?? null,
  observedAt: iso(seen?.observedAt),
  ...(after === undefined ? {} : { after }),
  ...(last === undefined ? {} : { last }),
  ...(isRow ? { isRow } : {}),
  ...(secondFor === undefined ? {} : { secondFor }),
})

export const dataOf = (history: History, standings: readonly Standing[], driftLookedAt: boolean): Json => ({
  environments: standings.map(environmentData),
  migrations: history.migrations.map(({ tag, when, hash }) => ({ tag, when: iso(when), hash: hash ?? null })),
  cells: standings.flatMap((standing) => standing.situation.cells.map((cell) => cellData(standing, cell))),
  driftLookedAt,
})
