/** Values of enums that come, go, and get other names. */
import type { Catalog } from '../../../model/catalog.ts'
import { keyOf, type QualifiedName, quoteIdentifier } from '../../../model/name.ts'
import { quoteLiteral } from '../../../sql/print.ts'
import { columnsOfType } from '../target/enums.ts'
import type { Wanted } from '../wanted.ts'
import type { Effect, Moment, Reader } from './effect.ts'
import { inSql, said } from './words.ts'

const naming = ({ facts }: Moment, type: QualifiedName, value: string): Wanted => ({ columns: columnsOfType({ facts }, type), value })

export const renameEnumValue: Reader<'rename-enum-value'> = ({ type, from, to }, moment) => [
  {
    what: `renames the value ${quoteLiteral(from)} of ${said(type)} to ${quoteLiteral(to)}`,
    breakage: 'fails',
    breaks: [naming(moment, type, from)],
    needs: [naming(moment, type, to)],
    order: 'expand and contract',
    why: `A query that names a value which the type does not have is refused: before the rename ${quoteLiteral(to)}, after it ${quoteLiteral(from)}.`,
    steps: [
      { kind: 'migration', what: `adds ${quoteLiteral(to)}`, sql: [`ALTER TYPE ${inSql(type)} ADD VALUE ${quoteLiteral(to)} AFTER ${quoteLiteral(from)};`] },
      { kind: 'release', what: `knows both ${quoteLiteral(from)} and ${quoteLiteral(to)}, and writes ${quoteLiteral(to)}` },
      { kind: 'data', what: `writes ${quoteLiteral(to)} in the rows that have ${quoteLiteral(from)}, in batches` },
      { kind: 'release', what: `knows ${quoteLiteral(to)} alone` },
      { kind: 'migration', what: `takes ${quoteLiteral(from)} out of ${said(type)}: the type is made anew` },
    ],
    advice: `know both ${quoteLiteral(from)} and ${quoteLiteral(to)}`,
    objects: [keyOf('type', type)],
  },
]

const removed = (type: QualifiedName, value: string, moment: Moment): Effect => ({
  what: `removes the value ${quoteLiteral(value)} of ${said(type)}`,
  breakage: 'fails',
  breaks: [naming(moment, type, value)],
  needs: [],
  order: 'code first',
  why: `A query that names ${quoteLiteral(value)} is refused after it, and so is the migration while a row has it.`,
  steps: [
    { kind: 'release', what: `neither writes ${quoteLiteral(value)} nor asks for it; wait until no earlier release runs` },
    { kind: 'data', what: `gives the rows that have ${quoteLiteral(value)} another value` },
    { kind: 'migration', what: `takes ${quoteLiteral(value)} out of ${said(type)}: the type is made anew` },
  ],
  advice: `take ${quoteLiteral(value)} out`,
  objects: [keyOf('type', type)],
})

const added = (type: QualifiedName, value: string, moment: Moment): Effect => ({
  what: `adds the value ${quoteLiteral(value)} to ${said(type)}`,
  breakage: 'other rows',
  breaks: [],
  needs: [naming(moment, type, value)],
  order: 'database first',
  why: `A query that names ${quoteLiteral(value)} is refused until it is there. Code from before meets the value as soon as a new release writes it: every switch must be ready.`,
  steps: [
    { kind: 'migration', what: `adds ${quoteLiteral(value)}`, sql: [`ALTER TYPE ${inSql(type)} ADD VALUE ${quoteLiteral(value)};`] },
    { kind: 'release', what: `is ready to read ${quoteLiteral(value)}` },
    { kind: 'release', what: `writes ${quoteLiteral(value)}` },
  ],
  advice: `know ${quoteLiteral(value)} before another release writes it`,
  objects: [keyOf('type', type)],
})

const labelsIn = ({ types }: Catalog, type: QualifiedName): readonly string[] | undefined => {
  const found = types.get(type)
  return found?.kind === 'enum' ? found.labels : undefined
}

/** Values that a migration adds and removes, whatever way it goes: drizzle-kit makes the type anew. `renamed`: those that only have another name. */
export const enumEffects = (moment: Moment, renamed: ReadonlySet<string>): readonly Effect[] =>
  [...moment.start.types.keys()].flatMap((type) => {
    const [old, now] = [labelsIn(moment.start, type), labelsIn(moment.end, type)]
    if (!old || !now || old === now) return []
    const isNew = (value: string): boolean => !renamed.has(`${type} ${quoteIdentifier(value)}`)
    return [
      ...old.filter((value) => !now.includes(value) && isNew(value)).map((value) => removed(type, value, moment)),
      ...now.filter((value) => !old.includes(value) && isNew(value)).map((value) => added(type, value, moment)),
    ]
  })

/** How `enumEffects` knows a value that was renamed. */
export const renamedValues = (type: QualifiedName, ...values: readonly string[]): readonly string[] =>
  values.map((value) => `${type} ${quoteIdentifier(value)}`)
