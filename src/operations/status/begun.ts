/** What a run of ours has begun and not finished: whoever looks now should know before he does anything. */
import type { Begun } from '../../features/status/situation.ts'
import { plural } from '../../model/numbers.ts'
import type { Block } from '../../model/report.ts'
import type { Column } from './columns.ts'
import type { Standing } from './standings.ts'

/** The command that goes on with it, for a database that there is: a column stands for several. */
const commandOf = ({ migration, direction }: Begun, { standings: [{ lane }, ...others] }: Column): string => {
  const command = direction === 'rollback' ? `pgstrata rollback ${migration} --apply ${lane.name}` : `pgstrata migrate ${lane.name}`
  return others.length === 0 ? command : `${command} (so for each of the ${others.length + 1})`
}

/** pgstrata migrate stops for more than what has begun, and its deployment was then foretold. */
const stopsElsewhere = ({ deploy }: Standing, { direction }: Begun): boolean =>
  direction === 'migrate' && deploy?.runner !== 'drizzle' && deploy?.obstacle !== undefined

const endText = (begun: Begun, column: Column): string => {
  const [standing] = column.standings
  const stuck = standing.situation.stuck.find(({ migration }) => migration === begun.migration)
  if (stuck) return `; ${stuck.why}, and nothing goes on with it.`
  if (stopsElsewhere(standing, begun)) return `; ${commandOf(begun, column)} goes on with it where nothing else stands in its way.`
  return `; ${commandOf(begun, column)} goes on with it.`
}

const begunText = (begun: Begun, column: Column): string =>
  `${begun.direction === 'rollback' ? `the rollback of ${begun.migration}` : begun.migration} has begun and is not finished (${plural(begun.statements, 'statement')} done)${endText(begun, column)}`

/** A heading, and a line for each. */
export const begunBlocks = (columns: readonly Column[]): readonly Block[] => {
  const items = columns.flatMap((column) => (column.standings[0].seen?.begun ?? []).map((begun) => ({ term: column.title, text: begunText(begun, column) })))
  return items.length === 0
    ? []
    : [
        { type: 'heading', level: 2, text: 'begun' },
        { type: 'definition', items },
      ]
}
