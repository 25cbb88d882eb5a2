/**
 * DO blocks: their statements are read where their conditions can be answered from the catalog, exceptions put the catalog back as PL/pgSQL does, and what
 * only rows or computed SQL decide is opaque, piece by piece.
 */
import { PostgresRefusal } from '../model/error.ts'
import type { Tree } from '../model/json.ts'
import { keyOf, type ObjectKey } from '../model/name.ts'
import type { Statement } from '../model/statement.ts'
import { type Branch, type Handler, type PlPgSql, type PlPgSqlBlock, printDo, readPlPgSql } from '../sql/plpgsql.ts'
import { readExpression } from '../sql/print.ts'
import { readStatements } from '../sql/script.ts'
import { child, list, stringValue, text } from '../sql/tree.ts'
import { type Answer, answer, knownValue } from './conditions.ts'
import { callsDdl } from './data.ts'
import { namesIn } from './expressions.ts'
import type { Reading } from './reading.ts'
import { NotUnderstood, notUnderstood, refuse } from './refusal.ts'
import { catches, codeOf } from './sqlstates.ts'
import type { Value } from './system-tables.ts'

/** Reads one statement's node into a reading. */
export type ReadNode = (reading: Reading, nodeName: string, node: Tree) => void

/** `return`: the block ended. `maybe`: it may have ended, by what rows decide. */
type Flow = 'go' | 'maybe' | 'return'

type Run = {
  readonly reading: Reading
  readonly readNode: ReadNode
  readonly block: PlPgSqlBlock
  readonly variables: ReadonlyMap<string, Value>
  /** The error that a handler is dealing with: what a bare RAISE raises again. */
  readonly handling?: PostgresRefusal
  /** Statements before this one that gave variables their values: opaque pieces need them to run by themselves. */
  readonly prelude: readonly PlPgSql[]
  /** True where rows have decided before whether this is reached: rows may change here, the catalog cannot be followed. */
  readonly doubtful?: true
}

const dataNodes = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'TruncateStmt',
  'CopyStmt',
  'CallStmt',
  'ExplainStmt',
  'PrepareStmt',
  'ExecuteStmt',
  'DeallocateStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'DeclareCursorStmt',
  'VariableSetStmt',
  'VariableShowStmt',
  'VacuumStmt',
  'ReindexStmt',
  'LockStmt',
  'NotifyStmt',
  'ListenStmt',
  'UnlistenStmt',
  'DiscardStmt',
  'LoadStmt',
  'CheckPointStmt',
  'RefreshMatViewStmt',
  'ConstraintsSetStmt',
])

const temporaryRange = (node: Tree): Tree | undefined => child(child(node, 'into'), 'rel') ?? child(node, 'relation')

/** A temporary relation's statement: it leaves no trace in the catalog. */
const isTemporary = (reading: Reading, { node, tree }: Statement): boolean => {
  if (node === 'CreateStmt' || node === 'CreateTableAsStmt') return text(temporaryRange(tree), 'relpersistence') === 't'
  if (node === 'AlterTableStmt' || node === 'IndexStmt') return reading.isTemporary(child(tree, 'relation') ?? {})
  if (node !== 'DropStmt') return false
  return list(tree, 'objects').every((object) =>
    reading.session.temporary.has(
      list(child(object, 'List'), 'items')
        .map((item) => stringValue(item) ?? '')
        .at(-1) ?? '',
    ),
  )
}

const isData = (reading: Reading, statement: Statement): boolean =>
  isTemporary(reading, statement) || (dataNodes.has(statement.node) && callsDdl(reading, { [statement.node]: statement.tree }) === undefined)

const parse = (sql: string): readonly Statement[] | undefined => {
  try {
    return readStatements(sql)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const expressionOf = (sql: string): Tree | undefined => {
  try {
    return readExpression(sql)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The value of an expression, when it is known here. */
const known = (run: Run, sql: string): string | undefined => {
  const expression = expressionOf(sql)
  const value = expression === undefined ? undefined : knownValue(run.reading, expression, run.variables)
  return typeof value === 'string' ? value : undefined
}

/** The words with which a computed statement begins, as far as they are a constant: `format('GRANT …', …)`, `'UPDATE ' || …`. */
const leadingText = (expression: string): string => /^\s*(?:\w+\.)?(?:format\s*\(|concat\s*\(|\()*\s*E?'((?:[^']|'')*)'/i.exec(expression)?.[1] ?? ''

const dataWords = /^\s*(select|insert|update|delete|merge|with|truncate|analyze|set|lock|copy)\b/i

/** True when a statement can change no catalog, whatever rows and variables hold. */
const harmless = (run: Run, statement: PlPgSql): boolean => {
  switch (statement.kind) {
    case 'sql':
      return parse(statement.sql)?.every((inner) => isData(run.reading, inner)) ?? false
    case 'execute': {
      const sql = known(run, statement.expression)
      if (sql !== undefined) return parse(sql)?.every((inner) => isData(run.reading, inner)) ?? false
      return dataWords.test(leadingText(statement.expression))
    }
    case 'if':
      return [...statement.branches.flatMap(({ body }) => body), ...statement.otherwise].every((inner) => harmless(run, inner))
    case 'block':
      return [...statement.body, ...statement.handlers.flatMap(({ body }) => body)].every((inner) => harmless(run, inner))
    case 'loop':
      return statement.body.every((inner) => harmless(run, inner)) && (parse(statement.source ?? '')?.every((inner) => isData(run.reading, inner)) ?? true)
    default:
      return true
  }
}

const inside = (statement: PlPgSql): readonly PlPgSql[] => {
  switch (statement.kind) {
    case 'if':
      return [...statement.branches.flatMap(({ body }) => body), ...statement.otherwise]
    case 'block':
      return [...statement.body, ...statement.handlers.flatMap(({ body }) => body)]
    case 'loop':
      return statement.body
    default:
      return []
  }
}

/** All statements of some, those inside of others too. */
const allOf = (statements: readonly PlPgSql[]): readonly PlPgSql[] => statements.flatMap((statement) => [statement, ...allOf(inside(statement))])

const grantTargets: Readonly<Record<string, (run: Run) => readonly ObjectKey[]>> = {
  FUNCTION: ({ reading }) => [...reading.catalog.routines.keys()].map((name) => keyOf('routine', name)),
  TABLE: ({ reading }) => [...reading.catalog.tables.keys(), ...reading.catalog.views.keys()].map((name) => keyOf('table', name)),
  SEQUENCE: ({ reading }) => [...reading.catalog.sequences.keys()].map((name) => keyOf('sequence', name)),
  SCHEMA: ({ reading }) => [...reading.catalog.schemas.keys()].map((name) => keyOf('schema', `"${name.replaceAll('"', '""')}"`)),
  TYPE: ({ reading }) => [...reading.catalog.types.keys()].map((name) => keyOf('type', name)),
}

/** What computed SQL may touch: a GRANT only privileges of objects of its class; anything else anything. */
const touchedByText = (run: Run, expression: string): readonly ObjectKey[] | 'unknown' => {
  const words = /^\s*(?:GRANT|REVOKE)\b[^;]*?\bON\s+(?:ALL\s+)?(FUNCTION|PROCEDURE|ROUTINE|TABLE|SEQUENCE|SCHEMA|TYPE)?/i.exec(leadingText(expression))
  if (!words) return 'unknown'
  const object = (words[1] ?? 'TABLE').toUpperCase()
  return grantTargets[object === 'PROCEDURE' || object === 'ROUTINE' ? 'FUNCTION' : object]?.(run) ?? 'unknown'
}

/** The objects that statements name; unknown as soon as one of them is computed or calls a routine that changes the catalog. */
const touched = (run: Run, statements: readonly PlPgSql[]): readonly ObjectKey[] | 'unknown' => {
  const keys = new Set<ObjectKey>()
  for (const statement of allOf(statements)) {
    if (harmless(run, statement) || statement.kind === 'if' || statement.kind === 'loop' || statement.kind === 'block') continue
    const sql = statement.kind === 'execute' ? known(run, statement.expression) : statement.kind === 'sql' ? statement.sql : undefined
    const parsed = sql === undefined ? undefined : parse(sql)
    if (statement.kind === 'execute' && parsed === undefined) {
      const computed = touchedByText(run, statement.expression)
      if (computed === 'unknown') return computed
      for (const key of computed) keys.add(key)
    }
    for (const inner of parsed ?? []) {
      const tree = { [inner.node]: inner.tree }
      if (callsDdl(run.reading, tree) !== undefined) return 'unknown'
      const names = namesIn(run.reading.expression(tree))
      if (names.size === 0) return 'unknown'
      for (const key of names) keys.add(key)
    }
  }
  return [...keys]
}

const opaque = (run: Run, statements: readonly PlPgSql[], reason: string): void => {
  const [only] = statements
  const sql = statements.length === 1 && only?.kind === 'sql' && !only.into ? only.sql : printDo(run.block, [...run.prelude, ...statements])
  run.reading.emit({ kind: 'opaque', sql, reason, touches: touched(run, statements) })
}

/** Reads one SQL statement inside of the block. What memory cannot follow is opaque by itself. */
const readSql = (run: Run, statement: Statement, source: PlPgSql): void => {
  const { reading } = run
  if (run.doubtful && !isData(reading, statement)) return opaque(run, [source], 'rows decide whether it is reached')
  const mark = reading.mark()
  const placed = {
    ...statement,
    chunk: reading.statement.chunk,
    index: reading.statement.index,
    start: reading.statement.start,
    end: reading.statement.end,
    comments: [],
  }
  try {
    reading.within(placed, () => run.readNode(reading, statement.node, statement.tree))
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error
    reading.rewind(mark)
    opaque(run, [source], error.message)
  }
}

const readExecute = (run: Run, statement: PlPgSql & { readonly kind: 'execute' }): void => {
  const sql = known(run, statement.expression)
  if (sql === undefined) {
    if (!harmless(run, statement)) return opaque(run, [statement], 'EXECUTE of a computed text')
    const command = (dataWords.exec(leadingText(statement.expression))?.[1] ?? 'EXECUTE').toUpperCase()
    return run.reading.emit({ kind: 'change-data', command, relations: [], sql: printDo(run.block, [...run.prelude, statement]) })
  }
  const statements = parse(sql) ?? refuse('42601', `syntax error in ${sql}`)
  for (const inner of statements) readSql(run, inner, statement)
}

const conditionOf = (run: Run, condition: string): Answer => {
  const expression = expressionOf(condition)
  return expression === undefined ? 'unknown' : answer(run.reading, expression, run.variables)
}

const readIf = (run: Run, statement: PlPgSql & { readonly kind: 'if' }): Flow => {
  const undecided: Branch[] = []
  for (const branch of statement.branches) {
    const holds = conditionOf(run, branch.condition)
    if (holds === 'yes' && undecided.length === 0) return readAll(run, branch.body)
    if (holds !== 'no') undecided.push(branch)
    if (holds === 'yes')
      return readUndecided(
        run,
        statement,
        undecided.map(({ body }) => body),
      )
  }
  return undecided.length === 0 ? readAll(run, statement.otherwise) : readUndecided(run, statement, [...undecided.map(({ body }) => body), statement.otherwise])
}

/** One of several bodies runs, and rows decide which. */
const readUndecided = (run: Run, whole: PlPgSql, bodies: readonly (readonly PlPgSql[])[]): Flow => {
  const all = bodies.flat()
  if (!all.every((statement) => harmless(run, statement))) opaque(run, [whole], 'rows decide whether it changes the catalog')
  else readData(run, all)
  return allOf(all).some(({ kind }) => kind === 'return') ? 'maybe' : 'go'
}

/** Statements that only rows feel, each once, however often they run. */
const readData = (run: Run, statements: readonly PlPgSql[]): void => {
  for (const statement of allOf(statements)) {
    if (statement.kind === 'sql') for (const inner of parse(statement.sql) ?? []) readSql(run, inner, statement)
    if (statement.kind === 'execute') readExecute(run, statement)
  }
}

const readLoop = (run: Run, statement: PlPgSql & { readonly kind: 'loop' }): Flow => {
  if (!harmless(run, statement)) {
    opaque(run, [statement], 'a loop that changes the catalog')
    return 'go'
  }
  readData(run, statement.body)
  return allOf(statement.body).some(({ kind }) => kind === 'return') ? 'maybe' : 'go'
}

const handlerOf = (handlers: readonly Handler[], error: unknown): Handler | undefined =>
  error instanceof PostgresRefusal ? handlers.find(({ conditions }) => conditions.some((condition) => catches(condition, error.sqlstate))) : undefined

/** A block with handlers: an error that one of them catches puts everything back to the block's start. */
const readBlock = (run: Run, { body, handlers }: PlPgSql & { readonly kind: 'block' }): Flow => {
  if (handlers.length === 0) return readAll(run, body)
  const mark = run.reading.mark()
  try {
    return readAll(run, body)
  } catch (error) {
    const handler = handlerOf(handlers, error)
    if (!handler || !(error instanceof PostgresRefusal)) throw error
    run.reading.rewind(mark)
    return readAll({ ...run, handling: error }, handler.body)
  }
}

const readRaise = (run: Run, { stops, message }: PlPgSql & { readonly kind: 'raise' }): void => {
  if (stops === undefined || run.doubtful) return
  if (stops === '' && run.handling) throw run.handling
  refuse(codeOf(stops) ?? 'P0001', message)
}

const readOne = (run: Run, statement: PlPgSql): Flow => {
  switch (statement.kind) {
    case 'sql': {
      const statements = parse(statement.sql)
      if (!statements) opaque(run, [statement], 'SQL that only PL/pgSQL can parse')
      for (const inner of statements ?? []) readSql(run, inner, statement)
      return 'go'
    }
    case 'execute':
      readExecute(run, statement)
      return 'go'
    case 'if':
      return readIf(run, statement)
    case 'loop':
      return readLoop(run, statement)
    case 'block':
      return readBlock(run, statement)
    case 'raise':
      readRaise(run, statement)
      return 'go'
    case 'return':
      return 'return'
    default:
      return 'go'
  }
}

const readAll = (run: Run, statements: readonly PlPgSql[]): Flow => {
  let here = run
  let flow: Flow = 'go'
  for (const statement of statements) {
    const next = readOne(here, statement)
    if (statement.kind === 'other' || ('into' in statement && statement.into)) here = { ...here, prelude: [...here.prelude, statement] }
    if (next === 'return') return flow === 'maybe' ? 'maybe' : 'return'
    if (next !== 'maybe') continue
    flow = 'maybe'
    here = { ...here, doubtful: true }
  }
  return flow
}

const option = (node: Tree, name: string): string | undefined => {
  const found = list(node, 'args')
    .map((argument) => child(argument, 'DefElem'))
    .find((argument) => text(argument, 'defname') === name)
  return stringValue(found?.arg)
}

/** The block of a DoStmt; stops reading when it is no PL/pgSQL. */
const blockOf = (node: Tree): PlPgSqlBlock => {
  if ((option(node, 'language') ?? 'plpgsql') !== 'plpgsql') return notUnderstood(`DO in the language ${option(node, 'language')}`)
  try {
    return readPlPgSql(option(node, 'as') ?? '')
  } catch (error) {
    return notUnderstood(`PL/pgSQL's parser says: ${(error as Error).message}`)
  }
}

/** Variables that keep the constant they begin with. */
const constants = (reading: Reading, block: PlPgSqlBlock): ReadonlyMap<string, Value> => {
  const values = new Map<string, Value>()
  for (const { name, initial, fixed } of block.variables) {
    const expression = initial === undefined || !fixed ? undefined : expressionOf(initial)
    const value = expression === undefined ? undefined : knownValue(reading, expression, values)
    if (value !== undefined && typeof value !== 'symbol') values.set(name, value)
  }
  return values
}

/** Reads a DO block into the changes of its statements. Throws what PostgreSQL refuses and no handler catches. */
export const readDo = (reading: Reading, node: Tree, readNode: ReadNode): void => {
  const block = blockOf(node)
  readAll({ reading, readNode, block, variables: constants(reading, block), prelude: [] }, block.body)
}

/** Statements of a DO block that are neither rows' nor the session's business and stand under a condition, in a loop or in a handler: for rules. */
export const conditionalDdl = (node: Tree): readonly Statement[] => {
  let block: PlPgSqlBlock
  try {
    block = blockOf(node)
  } catch (error) {
    if (error instanceof NotUnderstood) return []
    throw error
  }
  const conditional = (statement: PlPgSql): readonly PlPgSql[] => {
    if (statement.kind !== 'block') return allOf(inside(statement))
    return [...statement.body.flatMap(conditional), ...allOf(statement.handlers.flatMap(({ body }) => body))]
  }
  return block.body.flatMap(conditional).flatMap((statement): readonly Statement[] => {
    const constant = statement.kind === 'execute' ? constantText(statement.expression) : statement.kind === 'sql' ? statement.sql : undefined
    return (constant === undefined ? [] : (parse(constant) ?? [])).filter((inner) => !dataNodes.has(inner.node))
  })
}

const constantText = (expression: string): string | undefined => {
  const tree = expressionOf(expression)
  return tree === undefined ? undefined : text(child(child(tree, 'A_Const'), 'sval'), 'sval')
}
