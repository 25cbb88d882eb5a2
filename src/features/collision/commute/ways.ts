/** What can be done about two statements that do not get along. */

import { isPresent } from '../../../changes/presence.ts'
import type { Catalog } from '../../../model/catalog.ts'
import { displayKey, type ObjectKey, parseKey, partsOf } from '../../../model/name.ts'
import { quoteLiteral } from '../../../sql/print.ts'
import { readStatements } from '../../../sql/script.ts'
import type { ClassNumber } from '../classes.ts'
import { type Act, type Effect, play, renames } from './acts.ts'
import type { Alone } from './orders.ts'
import { type Regenerated, regenerated } from './regenerate.ts'
import { type Replacement, renaming, replaced } from './rewrite.ts'
import type { Conflict, Way } from './verdict.ts'

/** A place at which both sides clash. */
export type Place = {
  readonly number: ClassNumber
  readonly base: Catalog
  readonly sides: { readonly landed: Alone; readonly mine: Alone }
  readonly landed: readonly Effect[]
  readonly mine: Effect
  readonly objects: readonly ObjectKey[]
  readonly order: Conflict['order']
}

type Ways = Pick<Conflict, 'ways' | 'settles'>

const dropMine = (text: string): Way => ({ id: 'drop-mine', text, who: 'tool', sql: [] })
const keep = (text: string, who: Way['who']): Way => ({ id: 'keep', text, who })
const byHand = (text: string): Way => ({ id: 'rewrite-mine', text, who: 'person' })

const named = (objects: Iterable<ObjectKey>): string => [...new Set([...objects].map(displayKey))].slice(0, 4).join(', ')

const actsWith = (act: Act, sql: readonly string[]): readonly Act[] =>
  sql.flatMap(readStatements).map((statement, at) => ({ ...act, statement: { ...statement, index: act.statement.index + at } }))

/** Whether mine runs behind what has landed with this in its statement's place. */
const runs = ({ base, sides, mine }: Place, sql: readonly string[]): boolean => {
  try {
    const own = actsWith(mine.act, sql)
    const before = sides.mine.acts.slice(0, sides.mine.acts.indexOf(mine.act))
    const { steps } = play(base, [...sides.landed.acts, ...before, ...own])
    return own.every((act) => steps.get(act)?.refused === undefined)
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

const same = (): Ways => ({ ways: [dropMine('Take the statement out of mine: what it does has landed.')], settles: 'drop-mine' })

const rowsTold = { lost: (what: string) => ` Rows of ${what} are lost by it.`, cast: () => ' Values that do not fit the new type stop it.' } as const

const regenerate = (place: Place, made: Regenerated | undefined, what: string, text: string): readonly Way[] =>
  made === undefined || !runs(place, made.sql)
    ? []
    : [
        {
          id: 'regenerate-mine',
          text: `${text}${made.aboutRows ? rowsTold[made.aboutRows](what) : ''}`,
          who: made.aboutRows ? 'person' : 'tool',
          sql: made.sql,
        },
      ]

/** Kinds whose names mean nothing to the code that uses the database. */
const freelyNamed: ReadonlySet<string> = new Set(['index', 'constraint', 'trigger', 'policy', 'rule'])

const freeName = (catalogs: readonly Catalog[], object: ObjectKey): string => {
  const own = partsOf(object).at(-1) ?? ''
  for (let count = 2; ; count++) {
    const name = `${own.slice(0, 60)}_${count}`
    const other = `${object.slice(0, object.lastIndexOf(own))}${name}"` as ObjectKey
    if (!catalogs.some((catalog) => isPresent(catalog, other))) return name
  }
}

const renameMine = (place: Place, object: ObjectKey | undefined): readonly Way[] => {
  if (object === undefined) return []
  const from = partsOf(object).at(-1) ?? ''
  const to = freeName([place.sides.landed.catalog, place.sides.mine.catalog], object)
  const { sql, places } = replaced(place.mine.act.statement.text, [{ from, to, literal: false }])
  const who = freelyNamed.has(parseKey(object).kind) && places === 1 && runs(place, [sql]) ? 'tool' : 'person'
  return [{ id: 'rename-mine', text: `Call mine otherwise (${to}), in the schema too.`, who, ...(who === 'tool' ? { sql: [sql] } : {}) }]
}

const definedTwice = (place: Place): Ways => {
  const { sides, mine } = place
  const made = regenerated(sides.landed.catalog, mine.step.after, mine.made)
  const [object] = [...mine.made].filter((each) => freelyNamed.has(parseKey(each).kind))
  return {
    ways: [
      ...regenerate(place, made, named(mine.made), 'Lead from what has landed to what mine wants; what only has landed stays.'),
      dropMine('Take what has landed, and give up mine.'),
      ...(parseKey([...mine.made][0] ?? 'table ""').kind === 'table' ? [] : renameMine(place, object)),
    ],
  }
}

const taken = (place: Place): Ways => {
  const { sides, mine, landed } = place
  const names = new Set(landed.flatMap(({ made }) => [...made].map((object) => partsOf(object).at(-1))))
  const object = [...mine.made].find((each) => names.has(partsOf(each).at(-1)))
  const same = object !== undefined && isPresent(sides.landed.catalog, object) ? regenerated(sides.landed.catalog, mine.step.after, [object]) : undefined
  return {
    ways: [
      ...renameMine(place, object),
      dropMine('Take what has landed, and give up mine.'),
      ...regenerate(place, same, object === undefined ? '' : displayKey(object), 'Put what mine defines in the place of what has landed.'),
    ],
  }
}

const recreate = (place: Place, gone: readonly ObjectKey[]): readonly Way[] => {
  const { sides, base, mine } = place
  const made = regenerated(sides.landed.catalog, base, gone)
  const sql = [...(made?.sql ?? []), mine.act.statement.text]
  return made === undefined || !runs(place, sql)
    ? []
    : [{ id: 'recreate', text: `Make ${named(gone)} again before mine; its rows are gone.`, who: 'person', sql }]
}

const dropped = (place: Place): Ways => {
  const { landed, mine, order, sides } = place
  const gone = landed.flatMap(({ removed }) => [...removed]).filter((object) => !isPresent(sides.landed.catalog, object))
  if (gone.length > 0)
    return { ways: [dropMine(`Give up mine: ${named(gone)} is gone.`), ...recreate(place, gone), byHand(`Write mine without ${named(gone)}.`)] }
  const users = named(landed.flatMap(({ made }) => [...made]))
  return {
    ways: [
      dropMine(`Keep ${named(mine.removed)}: what has landed uses it.`),
      ...(order.landedFirst === 'runs'
        ? [keep(`Let mine run; ${users || 'what has landed on it'} goes with it.`, 'person')]
        : [byHand(`First drop ${users || 'what depends on it'}, then what mine drops.`)]),
    ],
  }
}

const changedTwice = ({ order, objects }: Place): Ways =>
  order.landedFirst === 'runs'
    ? { ways: [keep(`Mine runs last, and decides about ${named(objects)}.`, 'tool'), dropMine('What has landed decides; give up mine.')] }
    : { ways: [dropMine('What has landed decides; give up mine.'), byHand('Write mine for what has landed.')] }

/** ADD VALUE with the place that it gets behind what has landed. */
const placedLabels = ({ base, sides, mine }: Place): readonly string[] => {
  const { catalog } = play(base, [...sides.landed.acts, ...sides.mine.acts.slice(0, sides.mine.acts.indexOf(mine.act) + 1)])
  return mine.changes.flatMap((change): readonly string[] => {
    if (change.kind !== 'add-enum-value') return []
    const type = catalog.types.get(change.type)
    const labels = type?.kind === 'enum' ? type.labels : []
    const at = labels.indexOf(change.value)
    const place = at > 0 ? ` AFTER ${quoteLiteral(labels[at - 1] ?? '')}` : at === 0 && labels[1] !== undefined ? ` BEFORE ${quoteLiteral(labels[1])}` : ''
    return at < 0 ? [] : [`ALTER TYPE ${change.type} ADD VALUE ${quoteLiteral(change.value)}${place}`]
  })
}

const labels = (place: Place): Ways => {
  if (place.order.landedFirst === 'fails') return same()
  const sql = placedLabels(place)
  if (sql.length === 0 || !runs(place, sql)) return { ways: [dropMine('Give up mine.'), byHand('Write mine behind the labels that have landed.')] }
  return {
    ways: [
      { id: 'order-labels', text: 'Say where mine’s label stands: behind those that have landed, in the schema too.', who: 'tool', sql },
      dropMine('Give up mine.'),
    ],
    settles: 'order-labels',
  }
}

const rebuilt = ({ landed, mine }: Place): Ways => ({
  ways: [
    byHand('Make the enum from the labels that both sides want, and decide what becomes of rows and defaults with the others.'),
    dropMine(
      mine.changes.some(({ kind }) => kind === 'drop-type' || kind === 'create-type')
        ? 'Leave the enum as it has landed.'
        : `Give up mine: ${named(landed.flatMap(({ altered }) => [...altered])) || 'the enum'} is another one now.`,
    ),
  ],
})

const isReplacement = (value: Replacement | undefined): value is Replacement => value !== undefined

/** Mine with the names that things have now. */
const onNewNames = (place: Place): Way | undefined => {
  const known = place.sides.landed.effects.flatMap(({ changes }) => changes.map(renaming).filter(isReplacement))
  const { sql, places } = replaced(place.mine.act.statement.text, known)
  if (places === 0 || !runs(place, [sql])) return undefined
  return { id: 'rewrite-mine', text: `Write mine with the new name${known.length > 1 ? 's' : ''}.`, who: places === 1 ? 'tool' : 'person', sql: [sql] }
}

const renamed = (place: Place): Ways => {
  const { mine, order } = place
  if (renames(mine))
    return order.landedFirst === 'runs'
      ? { ways: [keep('Mine runs behind what has landed, and takes that along to the new name.', 'tool'), dropMine('Keep the old name.')], settles: 'keep' }
      : { ways: [dropMine('Keep the old name.'), byHand('Rename what has landed.')] }
  const way = onNewNames(place)
  return {
    ways: [way ?? byHand('Write mine with the new names.'), dropMine('Give up mine.')],
    ...(way?.who === 'tool' ? { settles: way.id } : {}),
  }
}

const renamedTwice = (place: Place): Ways => {
  const way = onNewNames(place)
  return {
    ways: [
      dropMine('The name that has landed stays.'),
      way ? { ...way, text: 'Rename it once more, to mine’s name.' } : byHand('Choose another name for mine.'),
    ],
  }
}

const replacedOrRenamed = ({ mine }: Place): Ways => ({
  ways: [
    byHand(
      renames(mine)
        ? 'What mine renames has been dropped, and its rows with it: decide which of the two was meant.'
        : 'What mine drops has been renamed, and holds rows: decide which of the two was meant.',
    ),
    dropMine('What has landed stays; give up mine.'),
  ],
})

const rows = ({ objects }: Place): Ways => ({
  ways: [
    keep(`Run both orders over rows like those of production, and look at ${named(objects)}.`, 'person'),
    { id: 'guard-rows', text: 'Bring the rows into order first, in a statement before this one.', who: 'person' },
  ],
})

const access = (place: Place): Ways => ({
  ways: [
    byHand('Decide who may see these rows: what one side opens, the other one guards or gives away.'),
    dropMine('What has landed stays; give up mine.'),
    ...recreate(
      place,
      place.landed.flatMap(({ removed }) => [...removed]),
    ),
  ],
})

/** The ways out of a place, the first the one that is proposed. */
export const waysOf = (place: Place): Ways => {
  switch (place.number) {
    case 7:
      return same()
    case 8:
      return definedTwice(place)
    case 9:
      return dropped(place)
    case 11:
      return labels(place)
    case 12:
      return rebuilt(place)
    case 13:
      return taken(place)
    case 14:
      return renamed(place)
    case 15:
      return renamedTwice(place)
    case 16:
      return replacedOrRenamed(place)
    case 17:
      return rows(place)
    case 18:
      return access(place)
    default:
      return changedTwice(place)
  }
}
