import type { Tree } from '../../model/json.ts'
import { displayIdentifier } from '../../model/name.ts'
import { child, list, text, walk } from '../../sql/tree.ts'
import { defineStepRule, type StepView } from '../define.ts'

/** The assignments of one list: whole columns by name; a field or an element of one is another thing. */
const repeated = (targets: readonly Tree[]): readonly string[] => {
  const whole = new Set<string>()
  const parts = new Set<string>()
  const found = new Set<string>()
  for (const target of targets) {
    const node = child(target, 'ResTarget')
    const name = text(node, 'name')
    if (name === undefined) continue
    const isPart = list(node, 'indirection').length > 0
    if (whole.has(name) || (!isPart && parts.has(name))) found.add(name)
    ;(isPart ? parts : whole).add(name)
  }
  return [...found]
}

/** Columns that a statement makes: what PostgreSQL's catalog in memory does not follow, it does not refuse either. */
const made = ({ step: { statement } }: StepView): readonly string[] => {
  const { node, tree } = statement
  const query =
    node === 'CreateTableAsStmt' ? child(child(tree, 'query'), 'SelectStmt') : node === 'SelectStmt' && tree.intoClause !== undefined ? tree : undefined
  const names =
    node === 'CreateForeignTableStmt'
      ? list(child(tree, 'base') ?? tree, 'tableElts').flatMap((element) => text(child(element, 'ColumnDef'), 'colname') ?? [])
      : list(query, 'targetList').flatMap((target) => text(child(target, 'ResTarget'), 'name') ?? [])
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))]
}

/** False for most texts, fast: the words of no statement that writes columns. A foreign key's ON UPDATE is none. */
const mayAssign = (sql: string): boolean => /\b(?:insert|merge)\b|(?<!\bon\s)\bupdate\b/i.test(sql)

const assigned = ({ step: { statement } }: StepView): readonly string[] => {
  if (!mayAssign(statement.text)) return []
  const found: string[] = []
  if (statement.node === 'UpdateStmt') found.push(...repeated(list(statement.tree, 'targetList')))
  if (statement.node === 'InsertStmt') found.push(...repeated(list(statement.tree, 'cols')))
  walk(statement.tree, (node) => {
    const update = child(node, 'UpdateStmt') ?? child(node, 'onConflictClause') ?? child(node, 'MergeWhenClause')
    if (update) found.push(...repeated(list(update, 'targetList')))
    const insert = child(node, 'InsertStmt')
    if (insert) found.push(...repeated(list(insert, 'cols')))
    return undefined
  })
  return [...new Set(found)]
}

export const duplicateSetColumn = defineStepRule({
  id: 'duplicate-set-column',
  severity: 'warning',
  preset: 'taste',
  summary: 'One statement writes a column twice.',
  why: 'PostgreSQL refuses it (42601, or 42701 in the list of an INSERT): the migration stops here, and all of its batch is rolled back.',
  instead: 'Keep the one assignment that is meant.',
  statement(view) {
    const lists = view.step.statement.node === 'InsertStmt' ? repeated(list(view.step.statement.tree, 'cols')) : []
    const columns = made(view)
    return [...assigned(view), ...columns].map((name) => ({
      message: `Column ${displayIdentifier(name)} is written more than once.`,
      object: `column ${name}`,
      claim: { fails: lists.includes(name) || columns.includes(name) ? '42701' : '42601' },
    }))
  },
  bad: [
    {
      shows: 'two values for one column',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: "UPDATE users SET name = 'a', name = 'b' WHERE id = 1",
    },
    {
      shows: 'in the list of an INSERT',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: "INSERT INTO users (id, name, name) VALUES (1, 'a', 'b')",
    },
    { shows: 'in a table made of a query', sql: 'CREATE TABLE totals AS SELECT 1 AS n, 2 AS n' },
  ],
  good: [
    {
      shows: 'two elements of an array',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, names text[])',
      sql: "UPDATE users SET names[1] = 'a', names[2] = 'b' WHERE id = 1",
    },
  ],
})
