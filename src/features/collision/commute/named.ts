/** What statements about rows, and functions written in SQL, name: memory follows them without looking whether it is there. */
import { qualify } from '../../../changes/expressions.ts'
import { NotUnderstood } from '../../../changes/refusal.ts'
import { resolveBody } from '../../../changes/resolve.ts'
import type { Catalog, Routine } from '../../../model/catalog.ts'
import type { Change } from '../../../model/change.ts'
import { PostgresRefusal } from '../../../model/error.ts'
import type { Tree } from '../../../model/json.ts'
import { keyOf, type ObjectKey, parseKey, partsOf, schemaOf } from '../../../model/name.ts'
import type { Statement } from '../../../model/statement.ts'
import { plainStatements } from '../../../rules/data-statements.ts'
import { child, list, optionNamed, strings, stringValue, text } from '../../../sql/tree.ts'

/** `certain`: without it the statement cannot be run. `possible`: it may be another thing of the same name. */
export type Names = { readonly certain: ReadonlySet<ObjectKey>; readonly possible: ReadonlySet<ObjectKey> }

type Trees = readonly Pick<Statement, 'node' | 'tree'>[]

/** A text, and how names in it are looked up. */
type Held = { readonly trees: Trees; readonly routine: string; readonly parameters: readonly string[]; readonly path: readonly string[] }

const isColumn = (key: ObjectKey): boolean => parseKey(key).kind === 'column'

const namesOf = ({ node, tree }: Trees[number], { routine, parameters, path }: Held, catalog: Catalog): Names => {
  try {
    const { reads, exact } = resolveBody({ [node]: tree }, routine, parameters, catalog, path)
    const isSure = (key: ObjectKey): boolean => !key.startsWith('routine ') && (exact || !isColumn(key))
    return { certain: new Set(reads.filter(isSure)), possible: new Set(reads.filter((key) => !isSure(key))) }
  } catch (error) {
    // What cannot be resolved names nothing that is known to be there.
    if (error instanceof PostgresRefusal || error instanceof NotUnderstood) return { certain: new Set(), possible: new Set() }
    throw error
  }
}

const bodyOf = ({ definition }: Routine): { readonly language: string; readonly body: string; readonly parameters: readonly string[] } => {
  const statement = child(definition, 'CreateFunctionStmt')
  const option = (name: string): Tree | undefined => child(optionNamed(list(statement, 'options'), name), 'arg')
  return {
    language: (stringValue(option('language')) ?? '').toLowerCase(),
    body: strings(list(child(option('as'), 'List'), 'items')).join('\n'),
    parameters: list(statement, 'parameters').flatMap((parameter) => text(child(parameter, 'FunctionParameter'), 'name') ?? []),
  }
}

const isRoutine = (change: Change): change is Change<'create-routine' | 'replace-routine'> =>
  change.kind === 'create-routine' || change.kind === 'replace-routine'

/** The text of a routine's body that PostgreSQL reads only when it runs. */
export const unreadBody = (change: Change): string | undefined => {
  if (!isRoutine(change)) return undefined
  const { language, body } = bodyOf(change.routine)
  return language === 'sql' || body === '' ? undefined : body
}

const heldBy = (change: Change, statement: Statement): Held | undefined => {
  if (change.kind === 'change-data')
    return {
      trees: change.sql === statement.text ? [statement] : plainStatements(change.sql),
      routine: '',
      parameters: [],
      path: [...new Set([...change.relations.map(schemaOf), 'public'])],
    }
  if (!isRoutine(change)) return undefined
  const { language, body, parameters } = bodyOf(change.routine)
  return language === 'sql' && body !== '' ? { trees: plainStatements(body), routine: partsOf(change.name)[1] ?? '', parameters, path: ['public'] } : undefined
}

/** Relations whose rows a change reads, writes or looks after. */
const relationsOf = (change: Change): Names => ({
  certain: new Set(change.kind === 'change-data' || change.kind === 'maintain' ? change.relations.map((name) => keyOf('table', name)) : []),
  possible: new Set(),
})

/** What a change names beyond what memory looks up. */
export const namedBy = (change: Change, statement: Statement, before: Catalog): readonly Names[] => {
  const held = heldBy(change, statement)
  return [relationsOf(change), ...(held?.trees.map((each) => namesOf(each, held, before)) ?? [])]
}

/** The statements about rows that a change holds, with types and relations qualified. */
export const statementsAbout = (change: Change, statement: Statement, before: Catalog): readonly Tree[] => {
  const held = change.kind === 'change-data' ? heldBy(change, statement) : undefined
  return held?.trees.map(({ node, tree }) => qualify({ [node]: tree }, before, held.path)) ?? []
}
