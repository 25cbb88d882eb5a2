import { displayIdentifier } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineStepRule } from '../define.ts'

export const dropDatabase = defineStepRule({
  id: 'drop-database',
  severity: 'error',
  summary: 'A database is dropped.',
  why: 'All schemas, tables and rows of the database go at once, and nothing brings them back but a backup.',
  instead: 'Leave it out of the migrations. A database is dropped by hand, by someone who has looked at the backup first.',
  statement({ step: { statement } }) {
    if (statement.node !== 'DropdbStmt') return undefined
    const name = text(statement.tree, 'dbname') ?? ''
    return {
      message: `Database ${displayIdentifier(name)} is dropped with everything in it.`,
      object: `database ${name}`,
    }
  },
  bad: [
    { shows: 'a database, with the migrator in its transaction', sql: 'DROP DATABASE IF EXISTS shop', also: ['concurrently-in-tx'] },
    { shows: 'a database, with a runner that uses no transaction', sql: 'DROP DATABASE IF EXISTS shop', runner: 'none' },
  ],
  good: [{ shows: 'a table of that name, made by the batch itself', sql: 'CREATE TABLE shop (id bigint); DROP TABLE shop' }],
})
