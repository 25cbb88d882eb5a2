/** The objects that two catalogs do not have alike, up to the order of columns among themselves. */
import type { Catalog, Routine, Table } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { keyOf, member, type ObjectKey, type ObjectKind, quoteIdentifier, type RelationName } from '../model/name.ts'
import { child, list, text, unwrap } from '../sql/tree.ts'
import { equal } from './equal.ts'

/** An object that only one of the two has, or both otherwise. */
export type Differing = { readonly object: ObjectKey; readonly only?: 'a' | 'b' }

type Entries = ReadonlyMap<string, unknown>

const compared = (a: Entries, b: Entries, key: (name: string) => ObjectKey, alike: (a: unknown, b: unknown) => boolean = equal): readonly Differing[] => {
  if (a === b) return []
  const found: Differing[] = []
  for (const [name, value] of a) {
    if (!b.has(name)) found.push({ object: key(name), only: 'a' })
    else if (value !== b.get(name) && !alike(value, b.get(name))) found.push({ object: key(name) })
  }
  for (const name of b.keys()) if (!a.has(name)) found.push({ object: key(name), only: 'b' })
  return found
}

const partKinds = { constraints: 'constraint', policies: 'policy', triggers: 'trigger', rules: 'rule' } as const
type Parts = keyof typeof partKinds

const noParts: Entries = new Map()
const columnsOf = (table: Table | undefined): Entries => new Map(table?.columns.map((column) => [column.name, column]))

const settingsOf = ({ columns: _columns, constraints: _constraints, policies: _policies, triggers: _triggers, rules: _rules, ...settings }: Table): unknown =>
  settings

const partsDiffering = (on: RelationName, a: Table | undefined, b: Table | undefined): readonly Differing[] => {
  const of = (kind: ObjectKind) => (name: string) => keyOf(kind, member(on, name))
  const parts = (Object.keys(partKinds) as Parts[]).flatMap((part) => compared(a?.[part] ?? noParts, b?.[part] ?? noParts, of(partKinds[part])))
  return [...compared(columnsOf(a), columnsOf(b), of('column')), ...parts]
}

const tablesDiffering = (a: Catalog['tables'], b: Catalog['tables']): readonly Differing[] =>
  a === b
    ? []
    : [...new Set([...a.keys(), ...b.keys()])].flatMap((name): readonly Differing[] => {
        const [before, after] = [a.get(name), b.get(name)]
        if (before === after) return []
        const object = keyOf('table', name)
        const own: readonly Differing[] =
          before && after ? (equal(settingsOf(before), settingsOf(after)) ? [] : [{ object }]) : [{ object, only: before ? 'a' : 'b' }]
        return [...own, ...partsDiffering(name, before, after)]
      })

const optionName = (option: Tree): string => text(child(option, 'DefElem'), 'defname') ?? ''

/** What is said of a routine, each option in its place whenever it was said; settings stay in the order in which they were made. */
const inOrder = ({ definition, ...routine }: Routine): unknown => {
  const [node, statement] = unwrap(definition)
  const options = [...list(statement, 'options')].sort((x, y) => (optionName(x) < optionName(y) ? -1 : optionName(x) > optionName(y) ? 1 : 0))
  return { ...routine, definition: { [node]: { ...statement, options } } }
}

const likeRoutine = (a: unknown, b: unknown): boolean => equal(inOrder(a as Routine), inOrder(b as Routine))

const factKinds = ['comments', 'privileges', 'owners', 'defaultPrivileges'] as const

/** What hangs on an object changes it; it makes and removes none. */
const factsDiffering = (a: Catalog, b: Catalog): readonly Differing[] =>
  factKinds.flatMap((kind) => compared(a[kind], b[kind], (key) => key as ObjectKey).map(({ object }) => ({ object })))

const named =
  (kind: ObjectKind) =>
  (name: string): ObjectKey =>
    keyOf(kind, name)
const quoted =
  (kind: ObjectKind) =>
  (name: string): ObjectKey =>
    keyOf(kind, quoteIdentifier(name))

/** The objects of which one catalog says something else than the other; each once. A table stands for its settings, its parts for themselves. */
export const differing = (a: Catalog, b: Catalog): readonly Differing[] => {
  if (a === b) return []
  const objects = [
    ...compared(a.schemas, b.schemas, quoted('schema')),
    ...compared(a.extensions, b.extensions, quoted('extension')),
    ...compared(a.roles, b.roles, quoted('role')),
    ...compared(a.types, b.types, named('type')),
    ...compared(a.sequences, b.sequences, named('sequence')),
    ...tablesDiffering(a.tables, b.tables),
    ...compared(a.indexes, b.indexes, named('index')),
    ...compared(a.views, b.views, named('view')),
    ...compared(a.routines, b.routines, named('routine'), likeRoutine),
    ...compared(a.definitions, b.definitions, (key) => key as ObjectKey),
  ]
  const known = new Set(objects.map(({ object }) => object))
  return [...objects, ...factsDiffering(a, b).filter(({ object }) => !known.has(object))]
}
