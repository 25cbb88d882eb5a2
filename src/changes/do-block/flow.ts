/** The way through a block: which of its statements run, one after another. */
import { PostgresRefusal } from '../../model/error.ts'
import type { Statement } from '../../model/statement.ts'
import { allOf } from '../../sql/plpgsql/nested.ts'
import type { Handler, PlPgSql } from '../../sql/plpgsql.ts'
import { statementsOf } from '../../sql/texts.ts'
import { NotUnderstood, refuse } from '../refusal.ts'
import { catches, codeOf } from '../sqlstates.ts'
import { dataCommand, harmless, isData } from './harmless.ts'
import { opaque } from './opaque.ts'
import { alone, conditionOf, type Run, textOf } from './run.ts'

/** `return`: the block ended. `maybe`: it may have ended, by what rows decide. */
type Flow = 'go' | 'maybe' | 'return'

type Of<K extends PlPgSql['kind']> = PlPgSql & { readonly kind: K }

/** Reads one SQL statement inside of the block. What memory cannot follow is opaque by itself. */
const readStatement = (run: Run, statement: Statement, source: PlPgSql): void => {
  const { reading } = run
  if (run.doubtful && !isData(reading, statement)) return opaque(run, [source], 'rows decide whether it is reached')
  const mark = reading.mark()
  const { text, node, tree } = statement
  try {
    reading.within({ ...reading.statement, text, node, tree, comments: [] }, () => run.readNode(reading, node, tree))
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error
    reading.rewind(mark)
    opaque(run, [source], error.message)
  }
}

const readSql = (run: Run, statement: Of<'sql'>): void => {
  const statements = statementsOf(statement.sql)
  if (!statements) return opaque(run, [statement], 'SQL that only PL/pgSQL can parse')
  for (const inner of statements) readStatement(run, inner, statement)
}

const readExecute = (run: Run, statement: Of<'execute'>): void => {
  const sql = textOf(run, statement)
  if (sql === undefined) {
    if (!harmless(run, statement)) return opaque(run, [statement], 'EXECUTE of a computed text')
    return run.reading.emit({ kind: 'change-data', command: dataCommand(statement.expression) ?? 'EXECUTE', relations: [], sql: alone(run, [statement]) })
  }
  const statements = statementsOf(sql) ?? refuse('42601', `syntax error in ${sql}`)
  for (const inner of statements) readStatement(run, inner, statement)
}

/** Statements that only rows feel, each once, however often they run. */
const readData = (run: Run, statements: readonly PlPgSql[]): void => {
  for (const statement of allOf(statements)) {
    if (statement.kind === 'sql') readSql(run, statement)
    if (statement.kind === 'execute') readExecute(run, statement)
  }
}

/** Statements inside of `whole` that rows decide over. `lost` says why the catalog cannot be followed through them; undefined when only rows feel them. */
const readUndecided = (run: Run, whole: PlPgSql, statements: readonly PlPgSql[], lost: string | undefined): Flow => {
  if (lost === undefined) readData(run, statements)
  else opaque(run, [whole], lost)
  return allOf(statements).some(({ kind }) => kind === 'return') ? 'maybe' : 'go'
}

/** The branch whose condition holds; several, when rows decide which of them runs. */
const branchesOf = (run: Run, { branches, otherwise }: Of<'if'>): readonly (readonly PlPgSql[])[] => {
  const possible: (readonly PlPgSql[])[] = []
  for (const { condition, body } of branches) {
    const holds = conditionOf(run, condition)
    if (holds !== 'no') possible.push(body)
    if (holds === 'yes') return possible
  }
  return [...possible, otherwise]
}

const readIf = (run: Run, statement: Of<'if'>): Flow => {
  const bodies = branchesOf(run, statement)
  const statements = bodies.flat()
  if (bodies.length === 1) return readAll(run, statements)
  const followed = statements.every((inner) => harmless(run, inner))
  return readUndecided(run, statement, statements, followed ? undefined : 'rows decide whether it changes the catalog')
}

const readLoop = (run: Run, statement: Of<'loop'>): Flow =>
  readUndecided(run, statement, statement.body, harmless(run, statement) ? undefined : 'a loop that changes the catalog')

const handlerOf = (handlers: readonly Handler[], { sqlstate }: PostgresRefusal): Handler | undefined =>
  handlers.find(({ conditions }) => conditions.some((condition) => catches(condition, sqlstate)))

/** A block with handlers: an error that one of them catches puts everything back to the block's start. */
const readBlock = (run: Run, { body, handlers }: Of<'block'>): Flow => {
  const mark = run.reading.mark()
  try {
    return readAll(run, body)
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
    const handler = handlerOf(handlers, error)
    if (!handler) throw error
    run.reading.rewind(mark)
    return readAll({ ...run, handling: error }, handler.body)
  }
}

const readRaise = (run: Run, { stops, message }: Of<'raise'>): void => {
  if (stops === undefined || run.doubtful) return
  if (stops === '' && run.handling) throw run.handling
  refuse(codeOf(stops) ?? 'P0001', message)
}

const readOne = (run: Run, statement: PlPgSql): Flow => {
  switch (statement.kind) {
    case 'sql':
      readSql(run, statement)
      return 'go'
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

/** Reads statements in their order, until the block ends. */
export const readAll = (run: Run, statements: readonly PlPgSql[]): Flow => {
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
