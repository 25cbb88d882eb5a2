/** A migration that sets aside what it would drop: tables move into a schema of their own, columns get another name. It costs nothing, and the rollback moves them back. */

import { isDrop } from '../../../changes/drop-change.ts'
import { childrenOf, columnOn, indexesOn, sequencesOwnedBy } from '../../../changes/found-by.ts'
import { apply, applyAll } from '../../../changes/index.ts'
import { clipIdentifier } from '../../../changes/names.ts'
import { freshSession } from '../../../changes/reading.ts'
import { eachReference } from '../../../changes/reference-index.ts'
import type { Reference } from '../../../changes/references.ts'
import { isOpaque, readStep, replay, type Step } from '../../../changes/replay.ts'
import { toSql } from '../../../changes/to-sql.ts'
import type { Catalog, Table } from '../../../model/catalog.ts'
import type { Change } from '../../../model/change.ts'
import { PostgresRefusal } from '../../../model/error.ts'
import {
  archivePrefix,
  display,
  displayIdentifier,
  inSchema,
  keyOf,
  leadingName,
  member,
  type ObjectKey,
  parseKey,
  type RelationName,
} from '../../../model/name.ts'
import type { Statement } from '../../../model/statement.ts'
import { readScript } from '../../../sql/script.ts'
import { Names } from '../names.ts'
import { leads } from '../prune.ts'
import type { Rollback } from '../rollback.ts'
import { breakpoint, numberOf, tablesSchemaFor, writing } from './text.ts'

/** What is aside, by the names that it had before the migration. */
export type Aside = {
  /** The migration's text with other statements in the place of those that drop. */
  readonly sql: string
  /** What that text does. */
  readonly steps: readonly Step[]
  readonly after: Catalog
  readonly tables: ReadonlySet<RelationName>
  /** As `table.column`. */
  readonly columns: ReadonlySet<string>
  /** Drops what is aside. */
  readonly contract: readonly string[]
  /** For people: `users: note`. */
  readonly keeps: readonly string[]
}

const inherits = (catalog: Catalog, on: RelationName, { kind, inherits: parents, partitionOf, ofType }: Table): boolean =>
  kind !== 'table' || parents.length > 0 || partitionOf !== undefined || ofType !== undefined || childrenOf(catalog, on).length > 0

/** Whether something outside refers to what is set aside, or the other way round: one would hold the other when that is dropped later. */
const isTied = (catalog: Catalog, isOwn: (key: ObjectKey) => boolean, isNear: (key: ObjectKey) => boolean): boolean => {
  let tied = false
  eachReference(catalog, ({ from, to }: Reference) => {
    tied ||= (isOwn(from) && !isNear(to)) || (isOwn(to) && !isNear(from))
  })
  return tied
}

/** What of a table acts on others, or others act on. */
const ties = (on: RelationName, { constraints, triggers, policies, rules }: Table): readonly Change[] => [
  ...[...constraints].flatMap(([name, { type }]): readonly Change[] => (type === 'foreign key' ? [{ kind: 'drop-constraint', on, name }] : [])),
  ...[...triggers.keys()].map((name): Change => ({ kind: 'drop-trigger', on, name })),
  ...[...policies.keys()].map((name): Change => ({ kind: 'drop-policy', on, name })),
  ...[...rules.keys()].map((name): Change => ({ kind: 'drop-rule', on, name })),
]

/** A table without its ties, in the archive's schema; undefined where something would still hold it. */
const tableAside = (catalog: Catalog, name: RelationName, schema: string): readonly Change[] | undefined => {
  const table = catalog.tables.get(name)
  if (!table || inherits(catalog, name, table)) return undefined
  const cut = ties(name, table)
  const free = applyAll(cut, catalog)
  const own = new Set<string>([name, ...indexesOn(free, name).map(([index]) => index), ...sequencesOwnedBy(free, name).map(([sequence]) => sequence)])
  const isOwn = (key: ObjectKey): boolean => own.has(parseKey(key).name) || own.has(leadingName(key))
  return isTied(free, isOwn, isOwn) ? undefined : [...cut, { kind: 'set-schema', object: keyOf('table', name), to: schema }]
}

/** A column under another name, which nothing asks a value for. */
const columnAside = (catalog: Catalog, on: RelationName, column: string, to: string): readonly Change[] | undefined => {
  const [table, attribute] = [catalog.tables.get(on), columnOn(catalog, on, column)]
  if (!table || !attribute || attribute.identity || attribute.generated || inherits(catalog, on, table)) return undefined
  if (sequencesOwnedBy(catalog, on).some(([, { ownedBy }]) => ownedBy?.column === column)) return undefined
  const key = keyOf('column', member(on, to))
  // The key of a default is its column's, with a word more.
  const isOwn = (other: ObjectKey): boolean => other === key || other === `${key} default`
  const isNear = (other: ObjectKey): boolean => isOwn(other) || other === keyOf('table', on)
  const renamed: Change = { kind: 'rename-column', on, from: column, to }
  // A default gives new rows a value: they do not stop the rollback.
  const relaxed: readonly Change[] = [
    ...(attribute.notNull ? [{ kind: 'drop-not-null', on, column: to } as const] : []),
    ...(attribute.default === undefined ? [] : [{ kind: 'set-default', on, column: to, to: undefined } as const]),
  ]
  const forms = [...(attribute.default === undefined ? [] : [[renamed]]), [renamed, ...relaxed]]
  return forms.find((changes) => !isTied(applyAll(changes, catalog), isOwn, isNear))
}

/** One thing that is set aside. */
type Thing = { readonly table: RelationName; readonly column?: string; readonly drop: Change }

/** A default that goes because its table does is no change by itself. */
const withoutDefaults = (changes: readonly Change[]): readonly Change[] => {
  const gone = new Set(changes.flatMap((change) => (change.kind === 'drop-table' ? [change.name] : [])))
  return changes.filter((change) => !(change.kind === 'set-default' && gone.has(change.on)))
}

/** What statements do where they set aside instead of dropping; follows what they are called. */
class Setting {
  readonly #names = new Names()
  readonly #number: string
  readonly #schema: string
  readonly things: Thing[] = []

  constructor(number: string, schema: string) {
    this.#number = number
    this.#schema = schema
  }

  /** What is done in place of a drop; undefined where nothing from before the migration goes, or it cannot be set aside. */
  #instead(change: Change, catalog: Catalog): { readonly changes: readonly Change[]; readonly thing: Thing } | undefined {
    if (change.kind === 'drop-table') {
      const table = this.#names.table(change.name)
      const changes = table === undefined ? undefined : tableAside(catalog, change.name, this.#schema)
      return table !== undefined && changes ? { changes, thing: { table, drop: { ...change, name: inSchema(change.name, this.#schema) } } } : undefined
    }
    if (change.kind !== 'drop-column') return undefined
    const [table, column] = [this.#names.table(change.on), this.#names.column(change.on, change.column)]
    const to = clipIdentifier(`${archivePrefix}${this.#number}_${change.column}`)
    const changes = table === undefined || column === undefined ? undefined : columnAside(catalog, change.on, change.column, to)
    return table !== undefined && column !== undefined && changes ? { changes, thing: { table, column, drop: { ...change, column: to } } } : undefined
  }

  /** The changes of a statement, with other ones in the place of drops where it does nothing but drop; undefined where it stays as it is. */
  of({ changes: all }: Step, start: Catalog): readonly Change[] | undefined {
    const found: Change[] = []
    const before = this.things.length
    const changes = withoutDefaults(all)
    const onlyDrops = changes.every(isDrop)
    let catalog = start
    for (const change of changes) {
      const instead = onlyDrops ? this.#instead(change, catalog) : undefined
      const made = instead?.changes ?? [change]
      if (instead) this.things.push(instead.thing)
      catalog = applyAll(made, catalog)
      for (const each of made) this.#names.follow(each)
      found.push(...made)
    }
    return this.things.length > before ? found : undefined
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

type Replaced = { readonly statement: Statement; readonly text: string }

const spliced = (sql: string, replaced: readonly Replaced[]): string => {
  let at = 0
  const parts: string[] = []
  for (const { statement, text } of replaced) {
    parts.push(sql.slice(at, statement.start.offset), text)
    at = statement.end.offset
  }
  return [...parts, sql.slice(at)].join('')
}

const described = (things: readonly Thing[]): readonly string[] =>
  things.map(({ table, column }) => `${display(table)}: ${column === undefined ? 'all rows' : displayIdentifier(column)} (set aside)`)

/** The statements of a migration, and those that are other ones; undefined where one is not followed in memory. */
const replacedIn = (statements: readonly Statement[], setting: Setting, start: Catalog, write: (sql: string) => string): readonly Replaced[] | undefined => {
  const replaced: Replaced[] = []
  let [catalog, session] = [start, freshSession]
  for (const statement of statements) {
    const read = readStep(0, statement, catalog, session)
    if (read.step.refused || isOpaque(read.step)) return undefined
    const other = setting.of(read.step, catalog)
    if (other) {
      const text = toSql(other, catalog).map(write).join(`;${breakpoint}`)
      replaced.push({ statement, text: `-- set aside instead of: ${oneLine(statement.text)}\n${text}` })
    }
    session = read.session
    catalog = other ? applyAll(other, catalog) : read.step.after
  }
  return replaced
}

/** Undefined where nothing can be set aside, or what is left would not be what the migration leaves. */
export const setAside = (rollback: Rollback): Aside | undefined => {
  const { migration, rows } = rollback
  const schema = tablesSchemaFor(migration.tag)
  const setting = new Setting(numberOf(migration.tag), schema)
  const made: Change = { kind: 'create-schema', name: schema }
  const write = writing(rollback)
  try {
    const replaced = replacedIn(readScript(migration.sql ?? '').statements, setting, apply(made, rows.before), write)
    const { things } = setting
    if (!replaced || things.length === 0) return undefined
    const moved = things.some(({ column }) => column === undefined)
    const text = spliced(migration.sql ?? '', replaced)
    const sql = moved ? `${toSql([made], rows.before).map(write).join(`;${breakpoint}`)};${breakpoint}${text}` : text
    const { steps, catalog: after } = replay([readScript(sql)], rows.before)
    const contract = [...things.map(({ drop }) => drop), ...(moved ? [{ kind: 'drop-schema', name: schema } as const] : [])]
    if (steps.some(({ refused }) => refused) || !leads(contract, after, rows.after)) return undefined
    return {
      sql,
      steps,
      after,
      tables: new Set(things.flatMap(({ table, column }) => (column === undefined ? [table] : []))),
      columns: new Set(things.flatMap(({ table, column }) => (column === undefined ? [] : [member(table, column)]))),
      contract: toSql(contract, after),
      keeps: described(things),
    }
  } catch (error) {
    if (error instanceof PostgresRefusal) return undefined
    throw error
  }
}
