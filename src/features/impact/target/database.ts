/** Indexes and constraints: only the catalog knows their columns. */

import { constraintColumns, indexColumns } from '../../../changes/columns-of.ts'
import type { Catalog, Constraint, Index } from '../../../model/catalog.ts'
import type { UseRole } from '../../../model/code.ts'
import { ToolError } from '../../../model/error.ts'
import { display, keyOf, localName, member, type RelationName, schemaOf } from '../../../model/name.ts'
import { columnsWanted, type Wanted } from '../wanted.ts'
import { theOne } from './lookup.ts'
import type { Ground, Target } from './target.ts'

const catalogFor = ({ catalog }: Ground, what: string): Catalog => {
  if (catalog) return catalog
  throw new ToolError('no-catalog', `The columns of ${what} are in the migrations, and there is no folder of them here.`, { help: 'Name it with --folder.' })
}

/** Where an index can make a query faster. */
const searching: ReadonlySet<UseRole> = new Set(['where', 'join', 'order', 'group'])

/** Uses that an index serves. */
export const servedBy = (ground: Pick<Ground, 'facts'>, index: Index): Wanted => ({
  ...columnsWanted(ground.facts, index.relation, indexColumns(index)),
  roles: searching,
  via: 'explicit',
})

export const indexTarget = (ground: Ground, words: readonly string[]): Target => {
  const catalog = catalogFor(ground, 'an index')
  const all = [...catalog.indexes.keys()].map((name) => ({
    value: name,
    names: [localName(name), `${schemaOf(name)}.${localName(name)}`],
    shown: display(name),
  }))
  const found = theOne('index', words.join('.'), all, (name) => name)
  const index = catalog.indexes.get(found)
  const name = localName(found)
  return {
    kind: 'index',
    text: `index:${name}`,
    name,
    wanted: { ...(index ? servedBy(ground, index) : { columns: new Map() }), texts: new Set([name]) },
    objects: [keyOf('index', found)],
    note: 'Only how fast they are depends on it: these entries filter, join or sort by its columns.',
  }
}

type Held = { readonly on: RelationName; readonly name: string; readonly constraint: Constraint }

const constraintsIn = (catalog: Catalog): readonly Held[] =>
  [...catalog.tables].flatMap(([on, { constraints }]) => [...constraints].map(([name, constraint]) => ({ on, name, constraint })))

export const constraintTarget = (ground: Ground, words: readonly string[]): Target => {
  const all = constraintsIn(catalogFor(ground, 'a constraint')).map((held) => ({
    value: held,
    names: [held.name, `${localName(held.on)}.${held.name}`, `${schemaOf(held.on)}.${localName(held.on)}.${held.name}`],
    shown: `${display(held.on).replaceAll('"', '')}.${held.name}`,
  }))
  const { on, name, constraint } = theOne('constraint', words.join('.'), all, (held) => member(held.on, held.name))
  return {
    kind: 'constraint',
    text: `constraint:${name}`,
    name,
    wanted: { ...columnsWanted(ground.facts, on, constraintColumns(constraint)), accesses: new Set(['write']), texts: new Set([name]) },
    objects: [keyOf('constraint', member(on, name))],
    note: 'These entries write its columns: they are the ones that it can refuse.',
  }
}
