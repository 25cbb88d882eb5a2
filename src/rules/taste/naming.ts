import { display, displayIdentifier, keyOf, localName, member, type QualifiedName } from '../../model/name.ts'
import { defineStepRule, type PolicyHit } from '../define.ts'

const plain = /^[a-z_][a-z0-9_]*$/
/** Prefixes that repeat what kind of thing it is. */
const prefixed = /^(?:tbl|table|vw|view|enum|col)_/

const fault = (name: string): string | undefined =>
  plain.test(name) ? (prefixed.test(name) ? 'repeats its kind in its prefix' : undefined) : 'is not snake_case'

const named = (kind: 'view' | 'type' | 'index', name: QualifiedName): PolicyHit | undefined => {
  const wrong = fault(localName(name))
  return wrong === undefined ? undefined : { message: `The name of ${kind} ${display(name)} ${wrong}.`, object: keyOf(kind, name) }
}

const listed = (on: QualifiedName, names: readonly string[]): string | undefined => {
  const wrong = names.filter((name) => !plain.test(name)).map(displayIdentifier)
  if (wrong.length === 0) return undefined
  const [noun, are] = wrong.length === 1 ? ['name of column', 'is'] : ['names of columns', 'are']
  return `the ${noun} ${wrong.join(', ')} of ${display(on)} ${are} not snake_case`
}

const column = (on: QualifiedName, name: string): PolicyHit | undefined => {
  const wrong = listed(on, [name])
  return wrong === undefined ? undefined : { message: `T${wrong.slice(1)}.`, object: keyOf('column', member(on, name)) }
}

/** One finding for a table and its columns. */
const table = (name: QualifiedName, columns: readonly string[]): PolicyHit | undefined => {
  const wrong = fault(localName(name))
  const faults = [...(wrong === undefined ? [] : [`the name of table ${display(name)} ${wrong}`]), listed(name, columns) ?? []].flat().join('; ')
  return faults === '' ? undefined : { message: `T${faults.slice(1)}.`, object: keyOf('table', name) }
}

export const naming = defineStepRule({
  id: 'naming',
  severity: 'note',
  preset: 'taste',
  summary: 'A new name is not snake_case, or repeats its kind.',
  why: 'A name with capitals, blanks or dashes must be quoted in every query; without the quotes PostgreSQL folds it to lower case and does not find it.',
  instead: 'Name it in lower case with underscores; let Drizzle map it (casing: snake_case) where the code wants another spelling.',
  judges: {
    'create-table': ({ change }) =>
      table(
        change.name,
        change.table.columns.filter(({ inherited }) => !inherited).map(({ name }) => name),
      ),
    'add-column': ({ change: { on, attribute, implied } }) => (implied ? undefined : column(on, attribute.name)),
    'rename-column': ({ change: { on, to, implied } }) => (implied ? undefined : column(on, to)),
    'create-view': ({ change: { name } }) => named('view', name),
    'create-type': ({ change: { name } }) => named('type', name),
    'create-index': ({ change: { name, implied } }) => (implied ? undefined : named('index', name)),
  },
  bad: [
    { shows: 'capitals', sql: 'CREATE TABLE "userAccounts" (id bigint PRIMARY KEY, "createdAt" timestamptz)' },
    { shows: 'a prefix that says nothing', sql: 'CREATE TABLE tbl_users (id bigint PRIMARY KEY)' },
  ],
  good: [
    { shows: 'lower case', sql: 'CREATE TABLE user_accounts (id bigint PRIMARY KEY, created_at timestamptz)' },
    { shows: 'capitals that are not quoted: PostgreSQL folds them', sql: 'CREATE TABLE Users (ID bigint PRIMARY KEY)' },
  ],
})
