/** What a TRUNCATE empties, told apart by whether the statement names it. */
import type { Move } from '../changes/batch.ts'
import type { Change } from '../model/change.ts'
import { localName, type RelationName, schemaOf } from '../model/name.ts'
import { readStatements } from '../sql/script.ts'
import { child, list, text } from '../sql/tree.ts'
import type { StepView } from './define.ts'
import { relationAfter, relationBefore } from './origins.ts'

export type Truncated = { readonly named: readonly RelationName[]; readonly along: readonly RelationName[] }

const isNamed =
  (ranges: readonly ReturnType<typeof child>[]) =>
  (relation: RelationName): boolean =>
    ranges.some((range) => text(range, 'relname') === localName(relation) && (text(range, 'schemaname') ?? schemaOf(relation)) === schemaOf(relation))

/** The tables that a TRUNCATE empties, without those that the batch made or drops; undefined for other commands. */
export const truncatedBy = (move: Move<Change<'change-data'>>, { batch }: StepView): Truncated | undefined => {
  const { change } = move
  if (change.command !== 'TRUNCATE') return undefined
  const ranges = readStatements(change.sql)
    .filter(({ node }) => node === 'TruncateStmt')
    .flatMap(({ tree }) => list(tree, 'relations').map((relation) => child(relation, 'RangeVar')))
  const kept = change.relations.filter((name) => relationBefore(batch, move, name) !== undefined && relationAfter(batch, move, name) !== undefined)
  const named = isNamed(ranges)
  return { named: kept.filter(named), along: kept.filter((name) => !named(name)) }
}
