import { beforeAll, describe, expect, test } from 'vitest'
import { replay } from '../../../src/changes/replay.ts'
import { readTarget } from '../../../src/features/impact/read-target.ts'
import type { Catalog } from '../../../src/model/catalog.ts'
import type { ToolError } from '../../../src/model/error.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { readScript } from '../../../src/sql/script.ts'
import { chat, column, noFacts, table } from './facts.ts'

let catalog: Catalog
beforeAll(async () => {
  await loadSql()
  catalog = replay([
    readScript(`
      CREATE TABLE "Chat" (id uuid PRIMARY KEY, title text NOT NULL CONSTRAINT "Chat_title_unique" UNIQUE, visibility text, "createdAt" timestamp);
      CREATE INDEX chat_created ON "Chat" ("createdAt", lower(title));
      CREATE TABLE only_here (note text)`),
  ]).catalog
})

const read = (text: string) => readTarget({ facts: chat, catalog }, text)
const stopped = (text: string, ground = { facts: chat, catalog }): Pick<ToolError, 'code' | 'help' | 'exit'> => {
  try {
    readTarget(ground, text)
  } catch (error) {
    const { code, help, exit } = error as ToolError
    return { code, help, exit }
  }
  throw new Error(`${text} was read`)
}

describe('names', () => {
  test.each([
    ['column:Chat.title', 'column:Chat.title'],
    ['column:chat.title', 'column:Chat.title'],
    ['column:public.Chat.title', 'column:Chat.title'],
    ['column:"Chat"."title"', 'column:Chat.title'],
    ['Chat.title', 'column:Chat.title'],
    // The key of the code; the column is called `text` in the database.
    ['column:message.kind', 'column:Message_v2.text'],
    ['column:message.text', 'column:Message_v2.text'],
    // A table of the database of that name goes before the code's symbol.
    ['table:Message', 'table:Message'],
    ['table:message', 'table:Message_v2'],
    ['column:only_here.note', 'column:only_here.note'],
    ['enum:kind', 'enum:kind'],
    ['enum:kindEnum', 'enum:kind'],
    ["enumValue:kind.'code'", "enumValue:kind.'code'"],
    ['enumValue:kind.code', "enumValue:kind.'code'"],
    ["enumValue:chat.visibility.'private'", "enumValue:Chat.visibility.'private'"],
    ['index:chat_created', 'index:chat_created'],
    ['constraint:Chat_title_unique', 'constraint:Chat_title_unique'],
  ])('%s is %s', (text, told) => expect(read(text).text).toBe(told))

  test.each([
    ['column:Chat.titel', 'no-such-target', 'Did you mean title?'],
    ['column:Chatt.title', 'no-such-target', 'Did you mean Chat?'],
    ["enumValue:kind.'cod'", 'no-such-target', "Did you mean 'code'?"],
    ['index:chat_creatd', 'no-such-target', 'Did you mean chat_created?'],
    ['column:Chat', 'invalid-target', expect.stringContaining('TABLE.COLUMN')],
    ['nonsense:x', 'invalid-target', expect.stringContaining('column:TABLE.COLUMN')],
  ])('%s stops with %s', (text, code, help) => expect(stopped(text)).toEqual({ code, help, exit: 2 }))

  test('several schemas with equal names: the candidates are listed', () => {
    const facts = { ...noFacts, tables: [table('users', 'users', [column('id')]), table('users', 'authUsers', [column('id')], { schema: 'auth' })] }
    expect(stopped('column:users.id', { facts, catalog })).toMatchObject({ code: 'ambiguous-target', help: 'Say which: users or auth.users.' })
    expect(readTarget({ facts, catalog: undefined }, 'column:auth.users.id').text).toBe('column:auth.users.id')
    expect(readTarget({ facts, catalog: undefined }, 'column:authUsers.id').text).toBe('column:auth.users.id')
  })

  test('the same table in two packages is one target, and the uses of both are meant', () => {
    const facts = { ...noFacts, tables: [table('users', 'users', [column('id')]), table('users', 'usersTable', [column('id')], { file: 'other/schema.ts' })] }
    expect([...readTarget({ facts, catalog: undefined }, 'column:users.id').wanted.columns.keys()]).toEqual([0, 1])
  })

  test('an index needs the migrations', () => expect(() => readTarget({ facts: chat, catalog: undefined }, 'index:x')).toThrow(/no folder of them/))
})

test('an index means what is filtered, joined and sorted by its columns', () => {
  const { columns, roles, via } = read('index:chat_created').wanted
  expect([...columns]).toEqual([[0, new Set(['createdAt', 'title'])]])
  expect([...(roles ?? [])].sort()).toEqual(['group', 'join', 'order', 'where'])
  expect(via).toBe('explicit')
})
