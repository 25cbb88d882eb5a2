/** PL/pgSQL as PostgreSQL's own parser reads it: the statements of a DO block or a function body. */
import type { Tree } from '../model/json.ts'
import { quoteIdentifier } from '../model/name.ts'
import { parsePlPgSqlRaw } from './parser.ts'
import { quoteLiteral } from './print.ts'
import { child, flag, list, text, unwrap } from './tree.ts'

export type Branch = { readonly condition: string; readonly body: readonly PlPgSql[] }
export type Handler = { readonly conditions: readonly string[]; readonly body: readonly PlPgSql[] }

type Kind =
  /** SQL as it stands; `perform` is written as the SELECT that it runs. */
  | { readonly kind: 'sql'; readonly sql: string; readonly into: boolean }
  /** EXECUTE of an expression's value. */
  | { readonly kind: 'execute'; readonly expression: string; readonly into: boolean }
  /** IF and CASE. */
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly PlPgSql[] }
  /** LOOP, WHILE, FOR and FOREACH; `source` is the query or expression that it walks. */
  | { readonly kind: 'loop'; readonly source: string | undefined; readonly body: readonly PlPgSql[] }
  | { readonly kind: 'block'; readonly body: readonly PlPgSql[]; readonly handlers: readonly Handler[] }
  /** RAISE: `stops` is what it raises (a condition's name or SQLSTATE) when it is an exception, `''` for a bare RAISE in a handler. */
  | { readonly kind: 'raise'; readonly stops: string | undefined; readonly message: string }
  | { readonly kind: 'return' }
  | { readonly kind: 'exit' }
  /** Assignments, diagnostics, cursors: nothing that a catalog shows. */
  | { readonly kind: 'other' }

/** One statement of PL/pgSQL. `text` is PL/pgSQL again, with its semicolon. */
export type PlPgSql = { readonly text: string } & Kind

/** A variable of the block. */
export type Variable = {
  readonly name: string
  readonly type: string
  /** The initialiser's expression. */
  readonly initial?: string
  /** True when no statement of the block assigns to it. */
  readonly fixed: boolean
  readonly text: string
}

export type PlPgSqlBlock = { readonly variables: readonly Variable[]; readonly body: readonly PlPgSql[] }

const query = (node: Tree | undefined): string => text(child(node, 'PLpgSQL_expr'), 'query') ?? ''
const expression = (node: Tree, key: string): string => query(child(node, key))
const optional = (node: Tree, key: string): string | undefined => (child(node, key) ? expression(node, key) : undefined)

/** The names that a target (variable, record or row) assigns. */
const targetNames = (target: Tree | undefined): readonly string[] => {
  if (!target) return []
  const [node, content] = unwrap(target)
  if (node !== 'PLpgSQL_row') return [text(content, 'refname') ?? '']
  return list(content, 'fields').map((field) => text(field, 'name') ?? '')
}

const printTarget = (node: Tree, key: string): string =>
  targetNames(child(node, key))
    .map((name) => name.split('.').map(quoteIdentifier).join('.'))
    .join(', ')

const statements = (nodes: readonly Tree[]): readonly PlPgSql[] => nodes.map((node) => readStatement(node))
const lines = (body: readonly PlPgSql[]): string => (body.length === 0 ? 'NULL;' : body.map((statement) => statement.text).join('\n'))
const into = (node: Tree): string => (flag(node, 'into') ? ` INTO ${flag(node, 'strict') ? 'STRICT ' : ''}${printTarget(node, 'target')}` : '')
const using = (node: Tree): string => {
  const params = list(node, 'params').map(query)
  return params.length === 0 ? '' : ` USING ${params.join(', ')}`
}

const levels: Readonly<Record<number, string>> = { 14: 'DEBUG', 15: 'LOG', 17: 'INFO', 18: 'NOTICE', 19: 'WARNING', 21: 'EXCEPTION' }
const raiseOptions = ['ERRCODE', 'MESSAGE', 'DETAIL', 'HINT', 'COLUMN', 'CONSTRAINT', 'DATATYPE', 'TABLE', 'SCHEMA']

const readRaise = (node: Tree): PlPgSql => {
  const level = Number(node.elog_level ?? 21)
  const message = text(node, 'message')
  const condition = text(node, 'condname')
  const options = list(node, 'options').map((option) => child(option, 'PLpgSQL_raise_option') ?? {})
  const given = (type: number): string | undefined =>
    options.filter((option) => Number(option.opt_type ?? 0) === type).map((option) => expression(option, 'expr'))[0]
  const code = /^'(.*)'$/.exec(given(0)?.trim() ?? '')?.[1]
  const what =
    message !== undefined
      ? ` ${[quoteLiteral(message), ...list(node, 'params').map(query)].join(', ')}`
      : condition === undefined
        ? ''
        : ` SQLSTATE ${quoteLiteral(condition)}`
  const extra =
    options.length === 0
      ? ''
      : ` USING ${options.map((option) => `${raiseOptions[Number(option.opt_type ?? 0)] ?? 'HINT'} = ${expression(option, 'expr')}`).join(', ')}`
  const bare = message === undefined && condition === undefined && options.length === 0
  return {
    kind: 'raise',
    stops: level < 21 ? undefined : bare ? '' : (condition ?? code ?? 'P0001'),
    message: message ?? given(1) ?? condition ?? 'an exception is raised',
    text: bare ? 'RAISE;' : `RAISE ${levels[level] ?? 'NOTICE'}${what}${extra};`,
  }
}

const readIf = (node: Tree): PlPgSql => {
  const elsifs = list(node, 'elsif_list').map((wrapped) => child(wrapped, 'PLpgSQL_if_elsif') ?? {})
  const branches: readonly Branch[] = [
    { condition: expression(node, 'cond'), body: statements(list(node, 'then_body')) },
    ...elsifs.map((elsif) => ({ condition: expression(elsif, 'cond'), body: statements(list(elsif, 'stmts')) })),
  ]
  return printIf(branches, statements(list(node, 'else_body')))
}

const printIf = (branches: readonly Branch[], otherwise: readonly PlPgSql[]): PlPgSql => {
  const printed = branches.map(({ condition, body }, at) => `${at === 0 ? 'IF' : 'ELSIF'} ${condition} THEN\n${lines(body)}\n`).join('')
  return { kind: 'if', branches, otherwise, text: `${printed}${otherwise.length > 0 ? `ELSE\n${lines(otherwise)}\n` : ''}END IF;` }
}

/** CASE is an IF over its subject; without a branch that holds and without ELSE it raises case_not_found. */
const readCase = (node: Tree): PlPgSql => {
  const subject = optional(node, 't_expr')
  const variable = `"__Case__Variable_${Number(node.t_varno ?? 0)}__"`
  const branches = list(node, 'case_when_list').map((wrapped): Branch => {
    const when = child(wrapped, 'PLpgSQL_case_when') ?? {}
    return { condition: expression(when, 'expr').replaceAll(variable, `(${subject ?? 'NULL'})`), body: statements(list(when, 'stmts')) }
  })
  const missing: PlPgSql = { kind: 'raise', stops: '20000', message: 'case not found', text: `RAISE EXCEPTION SQLSTATE '20000';` }
  return printIf(branches, flag(node, 'have_else') ? statements(list(node, 'else_stmts')) : [missing])
}

const readLoop = (node: Tree, head: string, source: string | undefined): PlPgSql => {
  const body = statements(list(node, 'body'))
  return { kind: 'loop', source, body, text: `${head}LOOP\n${lines(body)}\nEND LOOP;` }
}

const readBlock = (node: Tree): PlPgSql => {
  const body = statements(list(node, 'body'))
  const handlers = list(child(child(node, 'exceptions'), 'PLpgSQL_exception_block'), 'exc_list').map((wrapped): Handler => {
    const exception = child(wrapped, 'PLpgSQL_exception') ?? {}
    return {
      conditions: list(exception, 'conditions').map((condition) => text(child(condition, 'PLpgSQL_condition'), 'condname') ?? ''),
      body: statements(list(exception, 'action')),
    }
  })
  const named = (condition: string): string => (/^[0-9A-Z]{5}$/.test(condition) ? `SQLSTATE '${condition}'` : condition)
  const printed = handlers.map((handler) => `WHEN ${handler.conditions.map(named).join(' OR ')} THEN\n${lines(handler.body)}\n`).join('')
  return { kind: 'block', body, handlers, text: `BEGIN\n${lines(body)}\n${handlers.length > 0 ? `EXCEPTION\n${printed}` : ''}END;` }
}

/** PERFORM is written back as PERFORM: a bare SELECT would need a target. */
const perform = (sql: string): string => `${sql.replace(/^\s*SELECT/i, 'PERFORM')};`

const fori = (node: Tree): string => {
  const step = optional(node, 'step')
  const bounds = `${expression(node, 'lower')} .. ${expression(node, 'upper')}`
  return `FOR ${printTarget(node, 'var')} IN ${flag(node, 'reverse') ? 'REVERSE ' : ''}${bounds}${step === undefined ? '' : ` BY ${step}`} `
}

const exit = (node: Tree): string => {
  const condition = optional(node, 'cond')
  return `${flag(node, 'is_exit') ? 'EXIT' : 'CONTINUE'}${text(node, 'label') ? ` ${quoteIdentifier(text(node, 'label') ?? '')}` : ''}${condition === undefined ? '' : ` WHEN ${condition}`};`
}

const readStatement = (wrapped: Tree): PlPgSql => {
  const [name, node] = unwrap(wrapped)
  switch (name) {
    case 'PLpgSQL_stmt_execsql': {
      const sql = expression(node, 'sqlstmt')
      return { kind: 'sql', sql, into: flag(node, 'into'), text: `${sql}${into(node)};` }
    }
    case 'PLpgSQL_stmt_perform':
      return { kind: 'sql', sql: expression(node, 'expr'), into: false, text: perform(expression(node, 'expr')) }
    case 'PLpgSQL_stmt_call':
      return { kind: 'sql', sql: expression(node, 'expr'), into: false, text: `${expression(node, 'expr')};` }
    case 'PLpgSQL_stmt_commit':
      return { kind: 'sql', sql: 'COMMIT', into: false, text: 'COMMIT;' }
    case 'PLpgSQL_stmt_rollback':
      return { kind: 'sql', sql: 'ROLLBACK', into: false, text: 'ROLLBACK;' }
    case 'PLpgSQL_stmt_dynexecute':
      return {
        kind: 'execute',
        expression: expression(node, 'query'),
        into: flag(node, 'into'),
        text: `EXECUTE ${expression(node, 'query')}${into(node)}${using(node)};`,
      }
    case 'PLpgSQL_stmt_if':
      return readIf(node)
    case 'PLpgSQL_stmt_case':
      return readCase(node)
    case 'PLpgSQL_stmt_loop':
      return readLoop(node, '', undefined)
    case 'PLpgSQL_stmt_while':
      return readLoop(node, `WHILE ${expression(node, 'cond')} `, expression(node, 'cond'))
    case 'PLpgSQL_stmt_fori':
      return readLoop(node, fori(node), undefined)
    case 'PLpgSQL_stmt_fors':
      return readLoop(node, `FOR ${printTarget(node, 'var')} IN ${expression(node, 'query')} `, expression(node, 'query'))
    case 'PLpgSQL_stmt_dynfors':
      return readLoop(node, `FOR ${printTarget(node, 'var')} IN EXECUTE ${expression(node, 'query')}${using(node)} `, expression(node, 'query'))
    case 'PLpgSQL_stmt_foreach_a':
      return readLoop(node, `FOREACH ${quoteIdentifier(text(node, 'target_name') ?? '')} IN ARRAY ${expression(node, 'expr')} `, expression(node, 'expr'))
    case 'PLpgSQL_stmt_block':
      return readBlock(node)
    case 'PLpgSQL_stmt_raise':
      return readRaise(node)
    case 'PLpgSQL_stmt_return':
      return { kind: 'return', text: 'RETURN;' }
    case 'PLpgSQL_stmt_exit':
      return { kind: 'exit', text: exit(node) }
    case 'PLpgSQL_stmt_assign':
      return { kind: 'other', text: `${expression(node, 'expr')};` }
    case 'PLpgSQL_stmt_assert': {
      const message = optional(node, 'message')
      return { kind: 'other', text: `ASSERT ${expression(node, 'cond')}${message === undefined ? '' : `, ${message}`};` }
    }
    case 'PLpgSQL_stmt_getdiag': {
      const items = list(node, 'diag_items').map((item) => child(item, 'PLpgSQL_diag_item') ?? {})
      return {
        kind: 'other',
        text: `GET ${flag(node, 'is_stacked') ? 'STACKED ' : ''}DIAGNOSTICS ${items.map((item) => `${quoteIdentifier(text(item, 'target_name') ?? '')} = ${text(item, 'kind') ?? ''}`).join(', ')};`,
      }
    }
    default:
      return { kind: 'other', text: `-- ${name};` }
  }
}

const assignable = ['PLpgSQL_var', 'PLpgSQL_rec']

/** Numbers of the variables that statements assign to, and names of their targets. */
const assigned = (node: unknown, numbers: Set<number>, names: Set<string>): void => {
  if (Array.isArray(node)) {
    for (const item of node) assigned(item, numbers, names)
    return
  }
  if (node === null || typeof node !== 'object') return
  for (const [key, value] of Object.entries(node as Tree)) {
    if (key === 'varno') numbers.add(Number(value))
    if (key === 'PLpgSQL_diag_item') numbers.add(Number((value as Tree).target ?? 0))
    if (key === 'var' || key === 'target') for (const name of targetNames(value as Tree)) names.add(name)
    assigned(value, numbers, names)
  }
}

const readVariables = (datums: readonly Tree[], action: Tree): readonly Variable[] => {
  const numbers = new Set<number>()
  const names = new Set<string>()
  assigned(action, numbers, names)
  return datums.flatMap((datum, number): readonly Variable[] => {
    const [node, content] = unwrap(datum)
    const name = text(content, 'refname') ?? ''
    if (!assignable.includes(node) || content.lineno === undefined || ['sqlstate', 'sqlerrm'].includes(name) || name.startsWith('__Case__')) return []
    const type = text(child(child(content, 'datatype'), 'PLpgSQL_type'), 'typname') ?? 'text'
    const initial = optional(content, 'default_val')
    const cursor = optional(content, 'cursor_explicit_expr')
    const declared = cursor === undefined ? type : `CURSOR FOR ${cursor}`
    const line = `${quoteIdentifier(name)} ${flag(content, 'isconst') ? 'CONSTANT ' : ''}${declared}${flag(content, 'notnull') ? ' NOT NULL' : ''}${initial === undefined ? '' : ` := ${initial}`};`
    return [{ name, type, ...(initial === undefined ? {} : { initial }), fixed: !numbers.has(number) && !names.has(name), text: line }]
  })
}

/** FOREACH, GET DIAGNOSTICS say their variables by number only: gives each such node the variable's name, in place. */
const nameTargets = (value: unknown, datums: readonly Tree[]): void => {
  if (Array.isArray(value)) {
    for (const item of value) nameTargets(item, datums)
    return
  }
  if (value === null || typeof value !== 'object') return
  for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
    const number = key === 'PLpgSQL_stmt_foreach_a' ? 'varno' : key === 'PLpgSQL_diag_item' ? 'target' : undefined
    const node = item as Record<string, unknown>
    const datum = number === undefined ? undefined : datums[Number(node[number] ?? 0)]
    if (datum) node.target_name = text(unwrap(datum)[1], 'refname') ?? ''
    nameTargets(item, datums)
  }
}

/** The text between dollar quotes that it does not contain. */
export const dollarQuote = (body: string): string => {
  let tag = '$body$'
  for (let number = 1; body.includes(tag); number++) tag = `$body${number}$`
  return `${tag}${body}${tag}`
}

/** Reads the body of a DO block. Throws an Error with PostgreSQL's message when it is not PL/pgSQL. */
export const readPlPgSql = (body: string): PlPgSqlBlock => {
  const raw = parsePlPgSqlRaw(`DO ${dollarQuote(body)}`)
  const whole = child(list(raw, 'plpgsql_funcs')[0], 'PLpgSQL_function')
  const datums = list(whole, 'datums')
  const action = child(child(whole, 'action'), 'PLpgSQL_stmt_block') ?? {}
  const outer = list(action, 'body').filter((node) => child(node, 'PLpgSQL_stmt_return')?.lineno !== undefined || !('PLpgSQL_stmt_return' in node))
  nameTargets(outer, datums)
  return { variables: readVariables(datums, action), body: statements(outer) }
}

/** A DO block of some statements of a block, with its variables. */
export const printDo = (block: PlPgSqlBlock, some: readonly PlPgSql[]): string => {
  const declarations = block.variables.length > 0 ? `DECLARE\n${block.variables.map((variable) => variable.text).join('\n')}\n` : ''
  return `DO ${dollarQuote(`\n${declarations}BEGIN\n${lines(some)}\nEND `)}`
}
