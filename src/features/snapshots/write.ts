/**
 * A catalog as a Drizzle snapshot. What a neighbouring snapshot says of a thing and reads as the catalog has it is taken over byte for byte, so that the next
 * `drizzle-kit generate` sees no difference; only the rest is written anew. What snapshots cannot say is left out.
 */
import { equal } from '../../changes/equal.ts'
import { clipIdentifier } from '../../changes/names.ts'
import { originId } from '../../drizzle/snapshot.ts'
import type { SnapshotCatalog, SnapshotTable } from '../../drizzle/snapshot-catalog.ts'
import { deltasBetween } from '../../drizzle/snapshot-deltas.ts'
import { flatForm } from '../../drizzle/snapshot-flat.ts'
import { treeOf } from '../../drizzle/snapshot-json.ts'
import { emptyNested, nestedForm } from '../../drizzle/snapshot-nested.ts'
import type { SnapshotForm, SnapshotParts, TableParts } from '../../drizzle/snapshot-parts.ts'
import { readSnapshot } from '../../drizzle/snapshot-reader.ts'
import type { Catalog, Constraint, Table } from '../../model/catalog.ts'
import type { Json, Tree } from '../../model/json.ts'
import { archivePrefix, localName, type QualifiedName, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { enumsIn, type Scope } from './compare.ts'
import { columnLikeness, constraintLikeness, indexLikeness, type Likeness, policyLikeness, viewLikeness } from './objects.ts'
import { readSnapshotCatalog } from './read.ts'
import { checkText, columnWords, foreignKeyWords, indexWords, policyWords, sequenceWords, viewWords } from './words.ts'

export type WriteOptions = {
  readonly version: string
  readonly id: string
  readonly prevIds: readonly string[]
  /** A neighbour of the same form (5 to 7, or 8 and 9). For version 9 all that the parents say, as rows (`rowsAt`): what is written is the difference from it. */
  readonly like?: Tree
  /** The catalog that `like` belongs to: what has not changed since keeps `like`'s words even where only PostgreSQL can tell whether they mean the same. */
  readonly before?: Catalog
  /** What the project manages; everything, if it is not said. */
  readonly scope?: Scope
  /** What stood there before the first migration: none of it is the project's. */
  readonly assumed?: Catalog
}

const everything: Scope = { manages: () => true, managesSchema: () => true }

/** What is written, beside what `like` says of it. */
type Work = {
  readonly form: SnapshotForm
  /** The name to write: drizzle-kit 0.31's own, in full, where PostgreSQL has kept the beginning of it. */
  readonly nameOf: (kept: string, usual: readonly string[]) => string
  readonly catalog: Catalog
  readonly before: Catalog | undefined
  readonly scope: Scope
  readonly assumed: Catalog | undefined
  /** `like` in three ways: its JSON, what it says, and that read. */
  readonly parts: SnapshotParts
  readonly said: SnapshotCatalog
  readonly read: Catalog
}

/** Whether `like`'s words stay: they read as the catalog has it; or nothing has changed since, and it is not certain that they mean something else. */
const stays = <V>(now: V, then: V | undefined, likeness: Likeness): boolean =>
  likeness === 'same' || (likeness === 'spelling' && then !== undefined && equal(now, then))

/** Things by name: `like`'s JSON in its order where it stays, then what is new; the rest written anew in its place. */
const merged = <K extends string, V>(
  now: ReadonlyMap<K, V>,
  like: ReadonlyMap<K, Tree> | undefined,
  keeps: (name: K, value: V) => boolean,
  write: (name: K, value: V) => Tree,
): ReadonlyMap<K, Tree> => {
  const names = [...[...(like?.keys() ?? [])].filter((name) => now.has(name)), ...[...now.keys()].filter((name) => !like?.has(name))]
  return new Map(
    names.map((name) => {
      const [value, said] = [now.get(name) as V, like?.get(name)]
      return [name, said && keeps(name, value) ? said : write(name, value)] as const
    }),
  )
}

const filtered = <K, V>(map: ReadonlyMap<K, V>, wanted: (value: V, key: K) => boolean): ReadonlyMap<K, V> =>
  new Map([...map].filter(([key, value]) => wanted(value, key)))

const tablesIn = ({ catalog, scope, assumed }: Work): ReadonlyMap<RelationName, Table> =>
  filtered(
    catalog.tables,
    ({ kind, partitionOf }, name) => kind !== 'foreign' && !partitionOf && !assumed?.tables.has(name) && scope.manages(schemaOf(name), localName(name)),
  )

const columnsOf = (work: Work, name: RelationName, table: Table, like: TableParts | undefined): ReadonlyMap<string, Tree> => {
  const by = (of: Table | undefined) => new Map(of?.columns.map((column) => [column.name, column]))
  const [read, then] = [by(work.read.tables.get(name)), by(work.before?.tables.get(name))]
  return merged(
    filtered(by(table), ({ name: column }) => !column.startsWith(archivePrefix)),
    like?.columns,
    (column, now) => {
      const said = read.get(column)
      return said !== undefined && stays(now, then.get(column), columnLikeness([work.catalog, now], [work.read, said]))
    },
    (_, column) => work.form.column(place(name), columnWords(work.catalog, localName(name), column)),
  )
}

const place = (name: RelationName) => ({ schema: schemaOf(name), name: localName(name) })

/** What `like` says of constraints of a type: its JSON, and under which name of the catalog it stays. */
class Constraints {
  readonly #left: Map<string, Constraint>
  readonly #then: ReadonlyMap<string, Constraint> | undefined
  readonly #read: ReadonlyMap<string, Constraint>

  constructor(now: ReadonlyMap<string, Constraint>, then: ReadonlyMap<string, Constraint> | undefined, read: ReadonlyMap<string, Constraint>) {
    this.#left = new Map(now)
    this.#then = then
    this.#read = read
  }

  /** True where one of the catalog's is what `like` says; it is then accounted for. `free`: Drizzle has left its name to PostgreSQL. */
  take(said: string, free: boolean): boolean {
    const constraint = this.#read.get(clipIdentifier(said))
    if (!constraint) return false
    const found = [clipIdentifier(said), ...(free ? this.#left.keys() : [])].find((name) => {
      const now = this.#left.get(name)
      return now?.type === constraint.type && stays(now, this.#then?.get(name), constraintLikeness(now, constraint))
    })
    return found !== undefined && this.#left.delete(found)
  }

  /** Those that nothing of `like` stands for. */
  rest(): readonly (readonly [string, Constraint])[] {
    return [...this.#left]
  }
}

/** Keys and checks of a table. */
type KeyParts = Pick<TableParts, 'primaryKey' | 'uniques' | 'checks' | 'foreignKeys'>

/** The primary key: `like`'s where it is the catalog's, whatever its name where Drizzle has left that to PostgreSQL. */
const primaryKeyOf = (work: Work, name: RelationName, table: Table, like: TableParts | undefined, said: SnapshotTable | undefined): KeyParts['primaryKey'] => {
  const found = [...table.constraints].find(([, { type }]) => type === 'primary key')
  if (found?.[1].type !== 'primary key') return undefined
  const [key, { columns }] = found
  const old = like?.primaryKey
  const sameName = said?.primaryKey?.name === undefined || clipIdentifier(said.primaryKey.name) === key
  if (old && sameName && equal(old.columns, columns)) return old
  const own = work.form.primaryKey(place(name), { name: work.nameOf(key, [localName(name), ...columns, 'pk']), columns, ownName: true })
  return { columns, ...(own ? { own } : {}) }
}

/** A unique that `like` lists over the primary key's columns: PostgreSQL makes one constraint of both. */
const isImplied = (said: SnapshotTable | undefined, name: string, primaryKey: KeyParts['primaryKey']): boolean =>
  equal(said?.uniques.find((unique) => unique.name === name)?.columns, primaryKey?.columns)

const constraintsOf = (work: Work, name: RelationName, table: Table, like: TableParts | undefined): KeyParts => {
  const said = work.said.tables.find((one) => qualified(one.schema, one.name) === name)
  const sayable = filtered(table.constraints, ({ type }) => type !== 'exclusion' && type !== 'primary key')
  const known = new Constraints(sayable, work.before?.tables.get(name)?.constraints, work.read.tables.get(name)?.constraints ?? new Map())
  const unnamed = new Set([...(said?.uniques ?? []), ...(said?.foreignKeys ?? [])].flatMap(({ name: key, ownName }) => (ownName ? [] : [key])))
  const kept = (members: ReadonlyMap<string, Tree> | undefined) => filtered(members ?? new Map<string, Tree>(), (_, key) => known.take(key, unnamed.has(key)))
  const primaryKey = primaryKeyOf(work, name, table, like, said)
  const uniques = filtered(like?.uniques ?? new Map<string, Tree>(), (_, key) => known.take(key, unnamed.has(key)) || isImplied(said, key, primaryKey))
  const [checks, foreignKeys] = [kept(like?.checks), kept(like?.foreignKeys)]
  const anew = <T extends Constraint['type']>(type: T, write: (key: string, constraint: Extract<Constraint, { type: T }>) => Tree) =>
    known.rest().flatMap(([key, constraint]) => (constraint.type === type ? [[key, write(key, constraint as Extract<Constraint, { type: T }>)] as const] : []))
  const { form, nameOf } = work
  const [on, local] = [place(name), localName(name)]
  return {
    ...(primaryKey ? { primaryKey } : {}),
    uniques: underOwnNames([
      ...uniques,
      ...anew('unique', (key, { columns, nullsNotDistinct }) =>
        form.unique(on, { name: nameOf(key, [local, ...columns, 'unique']), columns, nullsNotDistinct, ownName: true }),
      ),
    ]),
    checks: underOwnNames([...checks, ...anew('check', (key, { expression }) => form.check(on, { name: key, value: checkText(local, expression) }))]),
    foreignKeys: underOwnNames([
      ...foreignKeys,
      ...anew('foreign key', (key, constraint) => {
        const words = foreignKeyWords(key, constraint)
        return form.foreignKey(on, { ...words, name: nameOf(key, [local, ...words.columns, words.references.name, ...words.referenced, 'fk']) })
      }),
    ]),
  }
}

/** Names as PostgreSQL keeps them: longer ones are cut. */
const clippedKeys = (named: ReadonlyMap<string, Tree> | undefined): ReadonlyMap<string, Tree> =>
  new Map([...(named ?? [])].map(([name, tree]) => [clipIdentifier(name), tree]))

/** Back under the names that the JSON has. */
const underOwnNames = (named: Iterable<readonly [string, Tree]>): ReadonlyMap<string, Tree> =>
  new Map([...named].map(([name, tree]) => [String(tree.name ?? name), tree]))

const indexesOf = (work: Work, name: RelationName, like: TableParts | undefined): ReadonlyMap<string, Tree> => {
  const schema = schemaOf(name)
  const now = new Map(
    [...work.catalog.indexes].flatMap(([key, index]) => (index.relation === name && index.attachedTo === undefined ? [[localName(key), index] as const] : [])),
  )
  return underOwnNames(
    merged(
      now,
      clippedKeys(like?.indexes),
      (index, value) => {
        const said = work.read.indexes.get(qualified(schema, index))
        return said !== undefined && stays(value, work.before?.indexes.get(qualified(schema, index)), indexLikeness(value, said))
      },
      (index, value) => work.form.index(place(name), indexWords(qualified(schema, index), value)),
    ),
  )
}

const policiesOf = (work: Work, name: RelationName, table: Table, like: TableParts | undefined): ReadonlyMap<string, Tree> =>
  underOwnNames(
    merged(
      table.policies,
      clippedKeys(like?.policies),
      (policy, now) => {
        const said = work.read.tables.get(name)?.policies.get(policy)
        return said !== undefined && stays(now, work.before?.tables.get(name)?.policies.get(policy), policyLikeness(now, said))
      },
      (policy, now) => work.form.policy(place(name), policyWords(policy, now)),
    ),
  )

const tableOf = (work: Work, name: RelationName, table: Table): TableParts => {
  const like = work.parts.tables.get(name)
  const policies = policiesOf(work, name, table, like)
  const own = like?.own ?? work.form.table(place(name), [...work.parts.tables.values()].at(-1)?.own)
  return {
    own: work.form.rowSecurity(own, table.rowSecurity, policies.size > 0),
    columns: columnsOf(work, name, table, like),
    ...constraintsOf(work, name, table, like),
    indexes: indexesOf(work, name, like),
    policies,
  }
}

/** What is not the project's, and what its filters leave out, stays as `like` has it. */
const untouched = <K extends QualifiedName, V>(
  { assumed, scope }: Work,
  like: ReadonlyMap<K, V>,
  there: ReadonlyMap<K, unknown> | undefined,
): ReadonlyMap<K, V> => filtered(like, (_, name) => (assumed !== undefined && there?.has(name) === true) || !scope.managesSchema(schemaOf(name)))

const enumsOf = (work: Work): SnapshotParts['enums'] => {
  const { form, catalog, read, parts, scope, assumed } = work
  const written = merged(
    filtered(enumsIn(catalog), (_, name) => !assumed?.types.has(name) && scope.managesSchema(schemaOf(name))),
    parts.enums,
    (name, now) => {
      const said = read.types.get(name)
      return said?.kind === 'enum' && equal(said.labels, now)
    },
    (name, now) => form.enumType({ ...place(name), labels: now }),
  )
  return new Map([...untouched(work, parts.enums, assumed?.types), ...written])
}

const sequencesOf = (work: Work): SnapshotParts['sequences'] => {
  const { form, catalog, read, parts, scope, assumed } = work
  const written = merged(
    filtered(catalog.sequences, ({ ownedBy }, name) => ownedBy === undefined && !assumed?.sequences.has(name) && scope.managesSchema(schemaOf(name))),
    parts.sequences,
    (name, { options }) => equal(read.sequences.get(name)?.options, options),
    (name, { options }) => form.sequence({ ...place(name), ...sequenceWords(options, 'bigint') }),
  )
  return new Map([...untouched(work, parts.sequences, assumed?.sequences), ...written])
}

const viewsOf = (work: Work): SnapshotParts['views'] => {
  const { form, catalog, before, read, parts, said, scope, assumed } = work
  const existing = new Set(said.existingViews.map(({ schema, name }) => qualified(schema, name)))
  const written = merged(
    filtered(catalog.views, (_, name) => !existing.has(name) && !assumed?.views.has(name) && scope.manages(schemaOf(name), localName(name))),
    parts.views,
    (name, now) => {
      const view = read.views.get(name)
      return view !== undefined && stays(now, before?.views.get(name), viewLikeness(now, view))
    },
    (name, now) => form.view(viewWords(name, now)),
  )
  return new Map([...untouched(work, parts.views, assumed?.views), ...filtered(parts.views, (_, name) => existing.has(name)), ...written])
}

/** Schemas that the snapshot has, and those that what it says stands in. */
const schemasOf = ({ form, catalog, parts, scope, assumed }: Work, used: readonly RelationName[]): SnapshotParts['schemas'] => {
  const needed = [...new Set(used.map(schemaOf))].filter((name) => name !== 'public' && !assumed?.schemas.has(name) && scope.managesSchema(name))
  const kept = filtered(parts.schemas, (_, name) => catalog.schemas.has(name))
  return new Map([...kept, ...needed.filter((name) => !parts.schemas.has(name)).map((name): [string, Json] => [name, form.schema(name)])])
}

const tablesOf = (work: Work): SnapshotParts['tables'] => {
  const [now, like] = [tablesIn(work), work.parts.tables]
  const left = untouched(work, like, work.assumed?.tables)
  const order = [...new Set([...like.keys(), ...now.keys()])]
  return new Map(
    order.flatMap((name) => {
      const [table, kept] = [now.get(name), left.get(name)]
      return table ? [[name, tableOf(work, name, table)] as const] : kept ? [[name, kept] as const] : []
    }),
  )
}

const writeParts = (work: Work): SnapshotParts => {
  const [tables, enums, sequences, views] = [tablesOf(work), enumsOf(work), sequencesOf(work), viewsOf(work)]
  const schemas = schemasOf(work, [...tables.keys(), ...enums.keys(), ...sequences.keys(), ...views.keys()])
  return { own: work.parts.own, schemas, enums, sequences, tables, views }
}

const isFlat = (version: string): boolean => Number(version) >= 8
const empty = (version: string): Tree => (isFlat(version) ? { version, dialect: 'postgres', ddl: [] } : emptyNested(version))

const headed = (tree: Tree, { version, id, prevIds, like }: WriteOptions): Tree => {
  if (!isFlat(version)) return { ...tree, id, prevId: prevIds[0] ?? originId, version }
  const parents = prevIds.length > 0 ? prevIds : [originId]
  if (version === '8') return { version, dialect: 'postgres', id, prevIds: parents, ddl: tree.ddl ?? [], renames: [] }
  const head = { version, dialect: 'postgres', id, prevIds: parents, footprints: [] }
  const rows = (of: Tree | undefined) => (Array.isArray(of?.ddl) ? (of.ddl as readonly Tree[]) : [])
  // The format knows one base: the folder's first.
  return parents.every((parent) => parent === originId)
    ? { type: 'base', ...head, ddl: tree.ddl ?? [] }
    : { type: 'diff', ...head, deltas: [...deltasBetween(rows(like), rows(tree))] }
}

/** The snapshot of a catalog, as drizzle-kit indents it. The parser must be loaded. Throws what `readSnapshot` throws for `like`. */
export const writeSnapshot = (catalog: Catalog, options: WriteOptions): string => {
  const { version, before, assumed } = options
  const form = isFlat(version) ? flatForm : nestedForm(version)
  const like = options.like && isFlat(String(options.like.version)) === isFlat(version) ? options.like : empty(version)
  const said = readSnapshot(like)
  const { catalog: read } = readSnapshotCatalog(said, catalog)
  const nameOf = (kept: string, usual: readonly string[]): string => (!isFlat(version) && clipIdentifier(usual.join('_')) === kept ? usual.join('_') : kept)
  const work: Work = { form, nameOf, catalog, before, scope: options.scope ?? everything, assumed, parts: form.apart(treeOf(like)), said, read }
  return JSON.stringify(headed(form.together(writeParts(work)), options), null, 2)
}
