/** SQL inside of DO blocks and of functions that code creates. */
import type { Tree } from '../../../model/json.ts'
import { quoteIdentifier } from '../../../model/name.ts'
import { parseRaw, SqlError } from '../../../sql/parser.ts'
import { queriesIn } from '../../../sql/plpgsql/queries.ts'
import { child, flag, list, optionNamed, strings, stringValue, text } from '../../../sql/tree.ts'
import type { Reading } from './reading.ts'
import type { Scope } from './scopes.ts'

const unlessRefused = (work: () => void, what: string, reading: Reading): void => {
  try {
    work()
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    reading.found.unread(`${what}: ${error.message}`)
  }
}

const readSql = (sql: string, scope: Scope, reading: Reading): void =>
  unlessRefused(
    () => {
      for (const { stmt } of parseRaw(sql)) reading.query(stmt, scope)
    },
    'SQL in a body',
    reading,
  )

const withVariables = (scope: Scope, names: readonly string[]): Scope => ({ ...scope, variables: new Set([...scope.variables, ...names]) })

const readPlPgSql = (header: string, body: string, scope: Scope, reading: Reading): void =>
  unlessRefused(
    () => {
      const { queries, variables, computed } = queriesIn(header, body)
      if (computed) reading.found.unread('a body in it runs computed SQL')
      const inner = withVariables(scope, variables)
      for (const sql of queries) readSql(sql, inner, reading)
    },
    'PL/pgSQL',
    reading,
  )

const languageOf = (options: readonly Tree[]): string => stringValue(child(optionNamed(options, 'language'), 'arg')) ?? 'plpgsql'

export const readDo = (content: Tree, scope: Scope, reading: Reading): void => {
  const options = list(content, 'args')
  const body = stringValue(child(optionNamed(options, 'as'), 'arg')) ?? ''
  if (languageOf(options) === 'plpgsql') readPlPgSql('DO', body, scope, reading)
  else reading.found.unread(`a block in ${languageOf(options)}`)
}

type Parameter = { readonly name: string; readonly out: boolean }

const outModes = new Set(['FUNC_PARAM_OUT', 'FUNC_PARAM_INOUT', 'FUNC_PARAM_TABLE'])

const parametersOf = (content: Tree): readonly Parameter[] =>
  list(content, 'parameters').flatMap((wrapped): readonly Parameter[] => {
    const parameter = child(wrapped, 'FunctionParameter')
    const name = text(parameter, 'name')
    return name === undefined ? [] : [{ name, out: outModes.has(text(parameter, 'mode') ?? '') }]
  })

const returned = (content: Tree, parameters: readonly Parameter[]): string => {
  const type = child(content, 'returnType')
  const name = strings(list(type, 'names')).at(-1)
  if (name === 'trigger' || name === 'void' || name === 'event_trigger') return `RETURNS ${name}`
  if (flag(type, 'setof')) return parameters.some(({ out }) => out) ? 'RETURNS SETOF record' : 'RETURNS SETOF text'
  return parameters.some(({ out }) => out) ? '' : 'RETURNS text'
}

/** The function's head as its body needs it: the types do not matter to what it reads. */
const headerOf = (content: Tree): string => {
  const parameters = parametersOf(content)
  const declared = parameters.map(({ name, out }) => `${out ? 'OUT ' : ''}${quoteIdentifier(name)} text`)
  return `CREATE FUNCTION f(${declared.join(', ')}) ${returned(content, parameters)} LANGUAGE plpgsql AS`
}

/** A body of the SQL standard (`BEGIN ATOMIC`, `RETURN x`) is a tree already. */
const readStandardBody = (content: Tree, scope: Scope, reading: Reading): void => {
  const result = child(child(content, 'sql_body'), 'ReturnStmt')
  if (result) return reading.expression(result.returnval, scope, 'sql')
  const statements = list(child(child(content, 'sql_body'), 'List'), 'items').flatMap((item) => list(child(item, 'List'), 'items'))
  for (const statement of statements) reading.query(statement, scope)
}

export const readFunction = (content: Tree, outer: Scope, reading: Reading): void => {
  const options = list(content, 'options')
  const scope = withVariables(
    outer,
    parametersOf(content).map(({ name }) => name),
  )
  const body = stringValue(list(child(child(optionNamed(options, 'as'), 'arg'), 'List'), 'items')[0])
  const language = languageOf(options)
  if (body === undefined) readStandardBody(content, scope, reading)
  else if (language === 'sql') readSql(body, scope, reading)
  else if (language === 'plpgsql') readPlPgSql(headerOf(content), body, scope, reading)
  else reading.found.unread(`a function in ${language}`)
}
