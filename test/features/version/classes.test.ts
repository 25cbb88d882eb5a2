import { beforeAll, describe, expect, test } from 'vitest'
import { definitions } from '../../../src/changes/index.ts'
import { classes } from '../../../src/features/version/classes.ts'
import { breaks, type Classified, displayVersion, flagWords, parseVersion, versionsOf } from '../../../src/features/version/numbers.ts'
import { classifyScripts } from '../../../src/features/version.ts'
import type { ChangeKind } from '../../../src/model/change.ts'
import type { Migration } from '../../../src/model/history.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { readScript } from '../../../src/sql/script.ts'
import { examples } from './examples.ts'

beforeAll(loadSql)

const classified = (...scripts: readonly string[]): readonly Classified[] =>
  classifyScripts(
    scripts.map((sql, index): Migration => ({ tag: `000${index}_x`, index, path: `000${index}_x.sql`, sql, hash: undefined, when: 0 })),
    scripts.map((sql) => readScript(sql)),
  )

describe('a migration’s class', () => {
  test.each(examples)('$bump: $what', ({ before, last, bump, flags = [] }) => {
    const [first, second] = classified(before, last)
    expect(first?.statements.filter((statement) => statement.bump === 'unknown')).toEqual([])
    expect({ bump: second?.bump, why: second?.why, flags: second?.flags.toSorted() }).toEqual({ bump, why: second?.why, flags: flags.toSorted() })
    expect(second?.why.length).toBeGreaterThan(10)
    expect(second?.breaking).toBe(breaks(bump))
  })

  /** Kinds that no statement makes, or that need what these tests have not (tablespaces, a foreign server, access methods). */
  const apart: readonly ChangeKind[] = ['set-enum-values', 'reorder-columns', 'set-tablespace', 'set-access-method', 'set-foreign-options', 'attach-index']

  test('there is an example of every kind', () => {
    const shown = new Set([...apart, ...examples.flatMap(({ kinds }) => kinds)])
    expect(Object.keys(classes).filter((kind) => !shown.has(kind as ChangeKind))).toEqual([])
    expect(Object.keys(classes).toSorted()).toEqual(Object.keys(definitions).toSorted())
  })

  test('and of every flag', () => {
    const shown = new Set(examples.flatMap(({ flags = [] }) => flags))
    expect(Object.keys(flagWords).filter((flag) => !shown.has(flag as keyof typeof flagWords))).toEqual([])
  })

  test('over a history', () => {
    const bumps = classified(
      'CREATE TABLE users (id integer, name text, age text)',
      'ALTER TABLE users ADD COLUMN mail text',
      'CREATE INDEX i ON users (mail)',
      'CREATE INDEX j ON users (name)',
      'ALTER TABLE users DROP COLUMN age',
      'CREATE VIEW v AS SELECT id FROM users',
    ).map(({ bump }) => bump)
    expect(versionsOf(bumps).map(displayVersion)).toEqual(['1.0.0', '1.1.0', '1.1.1', '1.1.2', '2.0.0', '2.1.0'])
    expect(versionsOf(bumps, parseVersion('7.3.0')).map(displayVersion)).toEqual(['7.3.0', '7.4.0', '7.4.1', '7.4.2', '8.0.0', '8.1.0'])
    for (const text of ['7.3', 'v7.3.0', '07.3.0', '7.3.0-rc1', '']) expect(parseVersion(text)).toBeUndefined()
  })

  test('each statement has its own, and its place', () => {
    const [, last] = classified(
      'CREATE TABLE a (id integer, note text)',
      '\nCREATE INDEX i ON a (id);\n\nALTER TABLE a DROP COLUMN note;\nUPDATE a SET id = 1;',
    )
    expect(last?.statements.map(({ index, line, bump }) => [index, line, bump])).toEqual([
      [0, 2, 'patch'],
      [1, 4, 'major'],
      [2, 5, 'patch'],
    ])
    expect(last?.why).toBe('column a.note is dropped: code that names the column fails')
  })
})

describe('what authors say in comments', () => {
  const users = 'CREATE TABLE users (id integer, name text, age text)'
  const of = (last: string): Classified => classified(users, last)[1] as Classified

  test('above a statement, of that statement', () => {
    const last = of('-- pgstrata: change minor because nobody reads it\nALTER TABLE users DROP COLUMN name;\nCREATE INDEX i ON users (age);')
    expect(last).toMatchObject({ bump: 'minor', breaking: false, why: expect.stringContaining('nobody reads it (line 1)'), bad: [] })
    expect(last.overrides).toEqual([{ says: 'minor', reason: 'nobody reads it', line: 1, of: 'statement' }])
    expect(last.entries).toContainEqual({ section: 'Removed', text: 'column users.name is dropped', breaking: false })
  })

  test('and not of the others', () => {
    expect(of('-- pgstrata: change patch because unread\nALTER TABLE users DROP COLUMN name;\nALTER TABLE users DROP COLUMN age;')).toMatchObject({
      bump: 'major',
      breaking: true,
    })
    expect(of('CREATE INDEX i ON users (age); -- a word\n-- pgstrata: change patch because unread\nALTER TABLE users DROP COLUMN name;')).toMatchObject({
      bump: 'patch',
    })
  })

  test('at the head of the file with an empty line behind it, of the migration', () => {
    const last = of('-- pgstrata: change minor because expand and contract is done\n\nALTER TABLE users DROP COLUMN name;\nALTER TABLE users DROP COLUMN age;')
    expect(last).toMatchObject({ bump: 'minor', why: 'expand and contract is done (line 1)', breaking: false })
    expect(last.overrides).toMatchObject([{ of: 'migration' }])
  })

  test('in the form of the schema-versioning documents', () => {
    expect(of('-- @schema-change: minor nobody reads it\nALTER TABLE users DROP COLUMN name;')).toMatchObject({ bump: 'minor', bad: [] })
    expect(of('/* @schema-change: major the values mean something else */\nUPDATE users SET age = 1;')).toMatchObject({ bump: 'major', breaking: true })
  })

  test('of what memory cannot follow', () =>
    expect(
      of(
        `-- pgstrata: change patch because it only analyzes\nDO $$ DECLARE r record; BEGIN FOR r IN SELECT relname FROM pg_class LOOP EXECUTE format('ANALYZE %I', r.relname); END LOOP; END $$;`,
      ),
    ).toMatchObject({
      bump: 'patch',
      breaking: false,
    }))

  test('that it breaks nothing, apart from the number', () => {
    const last = of('-- pgstrata: not breaking because all readers are gone since 1.4\nALTER TABLE users DROP COLUMN name;')
    expect(last).toMatchObject({ bump: 'major', breaking: false })
    expect(last.entries).toEqual([{ section: 'Removed', text: 'column users.name is dropped', breaking: false }])
    expect(of('-- pgstrata: breaking because reports read the old value\nUPDATE users SET age = 1;')).toMatchObject({ bump: 'patch', breaking: true })
    expect(of('-- pgstrata: change minor because x\n-- pgstrata: breaking because y\nALTER TABLE users DROP COLUMN name;')).toMatchObject({
      bump: 'minor',
      breaking: true,
      bad: [],
    })
  })

  test('what changes nothing is marked', () => {
    expect(of('-- pgstrata: change major because x\nALTER TABLE users DROP COLUMN name;').overrides).toMatchObject([{ idle: true }])
    expect(of('-- pgstrata: not breaking because x\nCREATE INDEX i ON users (age);').overrides).toMatchObject([{ idle: true }])
    expect(of('-- pgstrata: change patch because x\n\nCREATE INDEX i ON users (age);').overrides).toMatchObject([{ idle: true, of: 'migration' }])
  })

  test.each([
    ['-- pgstrata: change minor\nALTER TABLE users DROP COLUMN name;', 1, 'no reason'],
    ['-- pgstrata: change minor because …\nALTER TABLE users DROP COLUMN name;', 1, 'no reason'],
    ['-- pgstrata: change huge because x\nALTER TABLE users DROP COLUMN name;', 1, 'not written as'],
    ['-- pgstrata: not breaking\nALTER TABLE users DROP COLUMN name;', 1, 'no reason'],
    ['-- @schema-change: minor\nALTER TABLE users DROP COLUMN name;', 1, 'no reason'],
    ['-- @schema-change: tiny x\nALTER TABLE users DROP COLUMN name;', 1, 'not written as'],
    ['ALTER TABLE users DROP COLUMN name; -- pgstrata: change minor because behind it', 1, 'above no statement'],
    ['ALTER TABLE users DROP COLUMN name;\n\n-- pgstrata: change minor because at the end\n', 3, 'above no statement'],
    ['ALTER TABLE users\n-- pgstrata: change minor because inside\nDROP COLUMN name;', 2, 'above no statement'],
    ['-- pgstrata: change minor because x\n-- @schema-change: patch y\nALTER TABLE users DROP COLUMN name;', 2, 'line 1 says it already'],
  ])('what is none is told: %s', (sql, line, why) => {
    expect(of(sql).bad).toEqual([expect.objectContaining({ line, why: expect.stringContaining(why) })])
  })

  test('in a file without a statement', () => {
    expect(of('-- pgstrata: change minor because rows are moved by hand\n')).toMatchObject({ bump: 'minor', bad: [], overrides: [{ of: 'migration' }] })
  })

  test('a file with other comments says nothing', () =>
    expect(of('-- pgstrata: allow drop-column until 2031-01-01 because x\n-- we change minor things\nALTER TABLE users DROP COLUMN name;')).toMatchObject({
      bump: 'major',
      overrides: [],
      bad: [],
    }))
})
