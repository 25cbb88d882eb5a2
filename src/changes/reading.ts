/** The state of reading statements: the catalog so far, what the session has set, and the changes found. */
import type { Catalog, TypeReference } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { Json, Tree } from '../model/json.ts'
import { type QualifiedName, qualified, type RelationName } from '../model/name.ts'
import type { Statement } from '../model/statement.ts'
import { strings, text } from '../sql/tree.ts'
import { qualify, resolveRelation } from './expressions.ts'
import { relationKind } from './names.ts'
import { refuse } from './refusal.ts'
import { readType } from './types.ts'

/** What a session has set that later statements depend on. */
export type SessionState = {
  readonly searchPath: readonly string[]
  /** Temporary relations: they shadow names and leave no trace in the catalog. */
  readonly temporary: ReadonlySet<string>
}

export const freshSession: SessionState = { searchPath: ['public'], temporary: new Set() }

/** A moment of reading, for `rewind`. */
export type Mark = { readonly catalog: Catalog; readonly session: SessionState; readonly changes: number }

/** What changes do. Given to a reading from outside, for the kinds themselves are readers. */
export type Effects = {
  apply(change: Change, catalog: Catalog): Catalog
  /** What PostgreSQL does by itself behind a change. */
  follows(change: Change, before: Catalog, after: Catalog): readonly Change[]
}

/** The session after a change: search path and temporary names. */
export const nextSession = (session: SessionState, change: Change): SessionState => {
  if (change.kind === 'set-session' && change.setting === 'search_path') return { ...session, searchPath: change.value ?? freshSession.searchPath }
  if (change.kind !== 'use-temporary' || change.action === 'alter') return session
  const temporary = new Set(session.temporary)
  if (change.action === 'create') temporary.add(change.name)
  else temporary.delete(change.name)
  return { ...session, temporary }
}

/** Reads one statement into changes. State travels here: each change is applied at once, so that the next one is read against what came before. */
export class Reading {
  statement: Statement
  readonly changes: Change[] = []
  catalog: Catalog
  session: SessionState
  readonly #effects: Effects

  constructor(statement: Statement, catalog: Catalog, session: SessionState, effects: Effects) {
    this.#effects = effects
    this.statement = statement
    this.catalog = catalog
    this.session = session
  }

  /** Records a change that the statement names. */
  emit(change: Change): void {
    const before = this.catalog
    this.catalog = this.#effects.apply(change, before)
    this.session = nextSession(this.session, change)
    this.changes.push(change)
    for (const following of this.#effects.follows(change, before, this.catalog)) this.imply(following)
  }

  /** Records a change that PostgreSQL makes by itself. */
  imply(change: Change): void {
    this.emit({ ...change, implied: true })
  }

  /** This moment, to come back to. */
  mark(): Mark {
    return { catalog: this.catalog, session: this.session, changes: this.changes.length }
  }

  /** Forgets all that was read since the mark, as a rollback to a savepoint does. */
  rewind(mark: Mark): void {
    this.catalog = mark.catalog
    this.session = mark.session
    this.changes.length = mark.changes
  }

  /** Reads a statement inside of the one being read: changes that quote SQL quote that of the inner one. */
  within(statement: Statement, read: () => void): void {
    const outer = this.statement
    this.statement = statement
    try {
      read()
    } finally {
      this.statement = outer
    }
  }

  get searchPath(): readonly string[] {
    return this.session.searchPath
  }

  /** The schema in which unqualified names are made: the first of the search path that exists. */
  creationSchema(): string {
    return this.searchPath.find((schema) => this.catalog.schemas.has(schema)) ?? refuse('3F000', 'no schema has been selected to create in')
  }

  /** Where a new object of that (maybe unqualified) name goes; refuses with 3F000 when the schema is not there. */
  newName(parts: readonly string[]): QualifiedName {
    const schema = parts.length > 1 ? (parts.at(-2) ?? '') : this.creationSchema()
    if (!this.catalog.schemas.has(schema)) return refuse('3F000', `schema "${schema}" does not exist`)
    return qualified(schema, parts.at(-1) ?? '')
  }

  /** Where a new relation goes that a RangeVar names. */
  newRelation(range: Tree): RelationName {
    const schema = text(range, 'schemaname')
    return this.newName([...(schema === undefined ? [] : [schema]), text(range, 'relname') ?? ''])
  }

  /** The relation that a RangeVar names, or undefined when there is none. */
  findRelation(range: Tree): RelationName | undefined {
    const name = resolveRelation(range, this.catalog, this.searchPath)
    return name !== undefined && relationKind(this.catalog, name) !== undefined ? name : undefined
  }

  /** The same; refuses with 42P01. */
  relation(range: Tree): RelationName {
    return (
      this.findRelation(range) ?? refuse('42P01', `relation "${[text(range, 'schemaname'), text(range, 'relname')].filter(Boolean).join('.')}" does not exist`)
    )
  }

  /** True when the range names a temporary relation of this session. */
  isTemporary(range: Tree): boolean {
    return text(range, 'schemaname') === 'pg_temp' || (range.schemaname === undefined && this.session.temporary.has(text(range, 'relname') ?? ''))
  }

  /** Finds an object by the parts of its name: the given schema, or the first of the search path for which `exists` holds. */
  find(parts: readonly string[], exists: (name: QualifiedName) => boolean): QualifiedName | undefined {
    const local = parts.at(-1) ?? ''
    const schemas = parts.length > 1 ? [parts.at(-2) ?? ''] : this.searchPath
    return schemas.map((schema) => qualified(schema, local)).find(exists)
  }

  /** The user type that a list of String nodes names; refuses with 42704. */
  type(nodes: readonly Tree[]): QualifiedName {
    const parts = strings(nodes)
    return this.find(parts, (name) => this.catalog.types.has(name)) ?? refuse('42704', `type "${parts.join('.')}" does not exist`)
  }

  /** A TypeName node as a reference. */
  typeReference(typeName: Tree): TypeReference {
    return readType(typeName, this.catalog, this.searchPath)
  }

  /** An expression with all names qualified. */
  expression<T extends Json>(tree: T): T {
    return qualify(tree, this.catalog, this.searchPath)
  }
}
