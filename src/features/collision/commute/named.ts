/** What statements about rows, and functions written in SQL, name: memory follows them without looking whether it is there. */
import { columnsIn, namesIn, qualify } from '../../../changes/expressions.ts'
import { columnsReadIn } from '../../../changes/scopes.ts'
import type { Catalog, Routine } from '../../../model/catalog.ts'
import type { Change } from '../../../model/change.ts'
import { keyOf, member, type ObjectKey, type RelationName, schemaOf } from '../../../model/name.ts'
import type { Statement } from '../../../model/statement.ts'
import { readStatements } from '../../../sql/script.ts'
import { child, isTree, list, optionNamed, strings, stringValue, text, walk } from '../../../sql/tree.ts'

/** `certain`: without it the statement cannot be run. `possible`: it may be another thing of the same name. */
export type Names = { readonly certain: ReadonlySet<ObjectKey>; readonly possible: ReadonlySet<ObjectKey> }

export const noNames: Names = { certain: new Set(), possible: new Set() }

type Trees = readonly Pick<Statement, 'node' | 'tree'>[]

const parsed = (sql: string): Trees => {
  try {
    return readStatements(sql).filter(({ node }) => node !== 'DoStmt')
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

const targets: { readonly [node: string]: string } = { InsertStmt: 'cols', UpdateStmt: 'targetList' }

/** Columns that INSERT and UPDATE write by name. */
const writtenColumns = (
  tree: Parameters<typeof walk>[0],
  relationOf: (name: string, schema: string | undefined) => RelationName | undefined,
): Set<ObjectKey> => {
  const found = new Set<ObjectKey>()
  walk(tree, (node) => {
    for (const [kind, field] of Object.entries(targets)) {
      const statement = child(node, kind)
      const range = child(statement, 'relation')
      const on = range && relationOf(text(range, 'relname') ?? '', text(range, 'schemaname'))
      if (on === undefined) continue
      for (const target of list(statement, field)) {
        const column = text(child(target, 'ResTarget'), 'name')
        if (column !== undefined) found.add(keyOf('column', member(on, column)))
      }
    }
    return undefined
  })
  return found
}

const namesOf = ({ node, tree }: Trees[number], catalog: Catalog, path: readonly string[]): Names => {
  const resolved = qualify({ [node]: tree }, catalog, path)
  const known = (name: string, schema: string | undefined): RelationName | undefined =>
    [...catalog.tables.keys()].find(
      (key) => (schema === undefined ? path.includes(schemaOf(key)) : schemaOf(key) === schema) && key.endsWith(`.${quoted(name)}`),
    )
  const named = [...namesIn(resolved)]
  const certain = new Set<ObjectKey>([...named.filter((key) => !key.startsWith('routine ')), ...columnsReadIn(resolved), ...writtenColumns(resolved, known)])
  const bare = columnsIn(resolved)
  const relations = named.flatMap((key) => (key.startsWith('table ') ? [catalog.tables.get(key.slice('table '.length) as RelationName)] : []))
  const possible = named.filter((key) => key.startsWith('routine '))
  named.forEach((key) => {
    if (!key.startsWith('table ')) return
    const on = key.slice('table '.length) as RelationName
    for (const { name } of catalog.tables.get(on)?.columns ?? []) if (bare.has(name) && relations.length > 0) possible.push(keyOf('column', member(on, name)))
  })
  return { certain, possible: new Set(possible.filter((key) => !certain.has(key))) }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

const together = (all: readonly Names[]): Names => ({
  certain: new Set(all.flatMap(({ certain }) => [...certain])),
  possible: new Set(all.flatMap(({ possible }) => [...possible])),
})

const bodyOf = ({ definition }: Routine): { readonly language: string; readonly body: string } => {
  const statement = child(definition, 'CreateFunctionStmt')
  const option = (name: string) => child(optionNamed(list(statement, 'options'), name), 'arg')
  return {
    language: (stringValue(option('language')) ?? strings([option('language') ?? {}])[0] ?? '').toLowerCase(),
    body: strings(list(child(option('as'), 'List'), 'items')).join('\n'),
  }
}

/** The text of a routine's body that PostgreSQL reads only when it runs. */
export const unreadBody = (change: Change): string | undefined => {
  if (change.kind !== 'create-routine' && change.kind !== 'replace-routine') return undefined
  const { language, body } = bodyOf(change.routine)
  return language === 'sql' || body === '' ? undefined : body
}

/** The trees that a change holds as text, with the schemas that its names are looked up in. */
const heldBy = (change: Change, statement: Statement): { readonly trees: Trees; readonly path: readonly string[] } => {
  if (change.kind === 'change-data')
    return {
      trees: change.sql === statement.text ? [statement] : parsed(change.sql),
      path: [...new Set([...change.relations.map(schemaOf), 'public'])],
    }
  if (change.kind !== 'create-routine' && change.kind !== 'replace-routine') return { trees: [], path: [] }
  const { language, body } = bodyOf(change.routine)
  return language === 'sql' ? { trees: parsed(body), path: ['public'] } : { trees: [], path: [] }
}

/** What a change names beyond what memory looks up. */
export const namedBy = (change: Change, statement: Statement, before: Catalog): Names => {
  const { trees, path } = heldBy(change, statement)
  return trees.length === 0 ? noNames : together(trees.filter(({ tree }) => isTree(tree)).map((each) => namesOf(each, before, path)))
}
