/** A live catalog in memory: what a server prints, written as statements and read as any other. */
import type { Catalog } from '../model/catalog.ts'
import { PostgresRefusal, refusalText } from '../model/error.ts'
import { partsOf, qualified, type RelationName } from '../model/name.ts'
import { type PrintedCatalog, type PrintedObject, printedKey } from '../model/printed.ts'
import type { Statement } from '../model/statement.ts'
import { listsAgain, rowsAgain } from '../sql/printed/as-written.ts'
import { type PrintedSqlOptions, type PrintedStatement, printedSql } from '../sql/printed-sql.ts'
import { readStatements } from '../sql/script.ts'
import { emptyCatalog } from './edit.ts'
import { equal } from './equal.ts'
import { apply } from './index.ts'
import { readStatement } from './read.ts'
import { freshSession, type SessionState } from './reading.ts'

/** A printed object, or a part of one, that is not in memory, and why. */
export type LeftObject = { readonly kind: string; readonly identity: string; readonly why: string }

export type LiveCatalog = {
  readonly catalog: Catalog
  /** What of the printed catalog is not in memory, by name. Objects that stand on one of these are named too. */
  readonly left: readonly LeftObject[]
}

/** Printed texts have every name in full; only an extension goes where the search path says, and that is always there. */
const sessionFor = ({ node }: Statement, { schemas }: Catalog): SessionState => ({
  ...freshSession,
  searchPath: node === 'CreateExtensionStmt' ? ['public', ...schemas.keys()] : [],
})

type Open = { readonly statement: Statement; readonly object: PrintedObject }
type Tried = { readonly catalog: Catalog } | { readonly why: string }

const tryStatement = ({ statement }: Open, catalog: Catalog): Tried => {
  try {
    const read = readStatement(statement, catalog, sessionFor(statement, catalog))
    const opaque = read.changes.flatMap((change) => (change.kind === 'opaque' ? change.reason : [])).at(0)
    return opaque === undefined ? { catalog: read.catalog } : { why: `memory does not follow it: ${opaque}` }
  } catch (error) {
    if (error instanceof PostgresRefusal) return { why: refusalText(error) }
    throw error
  }
}

/** A child that got columns before its parents did has them in an order that no statement makes. */
const inLiveOrder = (catalog: Catalog, { objects }: PrintedCatalog): Catalog => {
  const positions = new Map<string, { readonly name: string; readonly position: number }[]>()
  for (const { kind, identity, value } of objects) {
    const [schema = '', table = '', name = ''] = kind === 'column' ? partsOf(identity) : []
    const owner = qualified(schema, table)
    if ((catalog.tables.get(owner)?.inherits.length ?? 0) > 0)
      positions.set(owner, [...(positions.get(owner) ?? []), { name, position: Number(value.position) }])
  }
  return [...positions].reduce((current, [owner, columns]) => {
    const on = owner as RelationName
    const to = columns.sort((a, b) => a.position - b.position).map(({ name }) => name)
    const same = equal(
      current.tables.get(on)?.columns.map(({ name }) => name),
      to,
    )
    return same ? current : apply({ kind: 'reorder-columns', on, to }, current)
  }, catalog)
}

const leftBehind = ({ kind, identity }: PrintedObject, why: string): LeftObject => ({ kind, identity, why })

/** Kinds whose text is a person's, not the server's print. */
const verbatim = new Set(['routine', 'comment'])

/** Each object once, with its first reason. */
const unique = (left: readonly LeftObject[]): readonly LeftObject[] =>
  [...new Map([...left].reverse().map((object) => [printedKey(object), object])).values()].reverse()

type Parsed = { readonly statements: readonly Statement[] } | { readonly why: string }

/** What the parser makes of a text; one that it refuses is left. */
const parsed = (sql: string): Parsed => {
  try {
    return { statements: readStatements(sql).map((statement) => ({ ...statement, tree: listsAgain(statement.tree) })) }
  } catch (error) {
    if (error instanceof SyntaxError) return { why: `its printed text cannot be parsed: ${error.message}` }
    throw error
  }
}

/** Texts that were parsed before: two catalogs that are nearly the same have most of them in common. */
export type ParsedTexts = Map<string, Parsed>

const parsedIn = (texts: ParsedTexts, { sql, object }: PrintedStatement): Parsed => {
  const text = verbatim.has(object.kind) ? sql : rowsAgain(sql)
  const known = texts.get(text) ?? parsed(text)
  texts.set(text, known)
  return known
}

type Refused = Open & { readonly why: string }

/** Runs statements in order, and those that were refused again after the others, until no round makes progress. */
const settle = (statements: readonly Open[], before: Catalog): { readonly catalog: Catalog; readonly refused: readonly Refused[] } => {
  let open = statements
  let catalog = before
  for (;;) {
    const refused: Refused[] = []
    for (const each of open) {
      const tried = tryStatement(each, catalog)
      if ('catalog' in tried) catalog = tried.catalog
      else refused.push({ ...each, why: tried.why })
    }
    if (refused.length === 0 || refused.length === open.length) return { catalog, refused }
    open = refused
  }
}

/** They would be granted to everything that comes after them. */
const isDefaultPrivilege = ({ statement }: Open): boolean => statement.node === 'AlterDefaultPrivilegesStmt'

export type CatalogOfOptions = PrintedSqlOptions & { readonly texts?: ParsedTexts }

/**
 * The catalog that a printed one is, in memory. A statement that needs another one first is tried again after it, until no round makes progress; what remains is answered in `left`. The parser must be
 * loaded. `migratingRole` as in `printedSql`; what is parsed is kept in `texts`.
 */
export const catalogOf = (printed: PrintedCatalog, { texts = new Map(), ...options }: CatalogOfOptions = {}): LiveCatalog => {
  const { statements, left } = printedSql(printed, options)
  const unwritten = left.map((object) =>
    leftBehind(object, object.kind in { 'user mapping': true, server: true, table: true } ? 'it holds a secret, which is not read' : 'no statement makes it'),
  )
  const read = statements.map((statement) => ({ object: statement.object, result: parsedIn(texts, statement) }))
  const unparsed = read.flatMap(({ object, result }) => ('why' in result ? [leftBehind(object, result.why)] : []))
  const open = read.flatMap(({ object, result }) => ('why' in result ? [] : result.statements.map((statement) => ({ statement, object }))))
  const made = settle(
    open.filter((each) => !isDefaultPrivilege(each)),
    emptyCatalog,
  )
  const { catalog, refused } = settle(open.filter(isDefaultPrivilege), made.catalog)
  const lost = [...made.refused, ...refused].map(({ object, why }) => leftBehind(object, why))
  return { catalog: inLiveOrder(catalog, printed), left: unique([...unwritten, ...unparsed, ...lost]) }
}
