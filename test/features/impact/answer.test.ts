import { beforeAll, describe, expect, test } from 'vitest'
import { replay } from '../../../src/changes/replay.ts'
import { answerOf } from '../../../src/features/impact/answer.ts'
import { graphOf } from '../../../src/features/impact/graph.ts'
import type { Reach } from '../../../src/features/impact/reach.ts'
import { readTarget } from '../../../src/features/impact/read-target.ts'
import { indexOf } from '../../../src/features/impact/search.ts'
import type { Catalog } from '../../../src/model/catalog.ts'
import type { CodeFacts } from '../../../src/model/code.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { readScript } from '../../../src/sql/script.ts'
import { call, chat, column, does, entry, fn, noFacts, table } from './facts.ts'

beforeAll(loadSql)

const catalogOf = (sql: string): Catalog => replay([readScript(sql)]).catalog
const ask = (facts: CodeFacts, text: string, catalog?: Catalog) => answerOf(indexOf(facts), catalog, readTarget({ facts, catalog }, text))
const told = (reaches: readonly Reach[]): readonly string[] =>
  reaches.map(({ entry: { name }, access, via, confidence }) => `${name} ${access} ${via} ${confidence}`)

describe('a column', () => {
  test('entries by access; what is named goes before what is carried along', () => {
    expect(told(ask(chat, 'column:Chat.title').entries)).toEqual([
      'page /chat/[id] read explicit certain',
      'DELETE /api/chat read implicit likely',
      'POST /api/chat read implicit likely',
      'POST /api/chat write explicit certain',
      'cleanup delete implicit certain',
      'DELETE /api/chat delete implicit likely',
      'page /chat/[id] delete implicit possible',
    ])
  })

  test('the path goes from the entry over the calls to the use', () => {
    const found = ask(chat, 'column:Chat.title').entries.find(({ access, entry: { name } }) => access === 'write' && name === 'POST /api/chat')
    expect(found?.path).toEqual([
      { file: 'app/POST-api-chat.ts', line: 3, what: 'POST /api/chat', confidence: 'certain' },
      { file: 'app/route.ts', line: 11, what: 'calls saveChat', confidence: 'certain' },
      { file: 'db/queries.ts', line: 30, what: 'inserts chat.title', confidence: 'certain' },
    ])
  })

  test('tests are apart, files have their categories, and what nobody reaches is told', () => {
    const answer = ask(chat, 'column:Chat.title')
    expect(told(answer.tests)).toEqual(['chat.test.ts write explicit certain'])
    expect(answer.unreached.map(({ file, line, what }) => `${file}:${line} ${what}`)).toEqual(['db/old.ts:70 selects chat.title'])
    expect(answer.files.filter(({ category }) => category !== 'code')).toEqual([
      { file: 'ui/sidebar.tsx', category: 'ui', lines: [8] },
      { file: 'app/chat-test-ts.ts', category: 'test', lines: [3] },
      { file: 'db/queries.ts', category: 'test', lines: [30] },
      { file: 'db/old.ts', category: 'unreached', lines: [70] },
    ])
  })

  test('what is reached with some arguments is reached', () => {
    const again = fn('listTitles', [], [does(0, 'title', 'read', 'order', { line: 50 })])
    const never = fn('older', [], [does(0, 'title', 'read', 'select', { line: 70, file: 'db/old.ts' })], [], 'db/old.ts')
    const { unreached } = ask({ ...chat, functions: [...chat.functions, again, never] }, 'column:Chat.title')
    expect(unreached.map(({ file, line, what }) => `${file}:${line} ${what}`)).toEqual(['db/old.ts:70 selects chat.title'])
  })

  test('gaps near it are told; those that are far are not its own', () => {
    expect(ask(chat, 'column:Chat.title').gaps).toEqual([chat.gaps[0]])
    expect(ask(chat, 'column:messageDeprecated.role').gaps).toEqual([])
  })

  test('another column of the same name is none', () => expect(ask(chat, 'column:messageDeprecated.id').entries).toEqual([]))
})

test('a value: only where it is named', () => {
  expect(told(ask(chat, "enumValue:kind.'code'").entries)).toEqual(['page /chat/[id] read explicit certain'])
  expect(ask(chat, "enumValue:kind.'text'").entries).toEqual([])
})

test('a constraint: who writes its columns, and the texts that name it', () => {
  const catalog = catalogOf('CREATE TABLE "Chat" (id uuid, title text CONSTRAINT "Chat_title_unique" UNIQUE)')
  const answer = ask(chat, 'constraint:Chat_title_unique', catalog)
  expect(told(answer.entries)).toEqual(['POST /api/chat write explicit certain'])
  expect(answer.files).toContainEqual({ file: 'app/errors.ts', category: 'string', lines: [4] })
})

describe('the database', () => {
  const catalog = () =>
    catalogOf(`
      CREATE TABLE chats (id integer PRIMARY KEY, title text, short text GENERATED ALWAYS AS (left(title, 3)) STORED);
      CREATE TABLE votes (chat integer REFERENCES chats (id) ON DELETE CASCADE);
      CREATE TABLE notes (vote integer);
      CREATE VIEW titles AS SELECT title FROM chats;
      CREATE VIEW loud AS SELECT upper(title) AS title FROM titles;
      CREATE INDEX chats_title ON chats (title);
      ALTER TABLE chats ADD CONSTRAINT title_given CHECK (title <> '');
      CREATE POLICY own ON chats USING (title = current_user);
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.title := trim(NEW.title); RETURN NEW; END $$;
      CREATE FUNCTION other() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;
      CREATE TRIGGER touch BEFORE INSERT ON chats FOR EACH ROW EXECUTE FUNCTION touch()`)
  const facts: CodeFacts = {
    ...noFacts,
    tables: [
      table('chats', 'chats', [column('id'), column('title')]),
      table('votes', 'votes', [column('chat')]),
      table('loud', 'loud', [column('title')], { kind: 'view' }),
    ],
    functions: [
      fn('ofView', [], [does(2, 'title', 'read', 'select')]),
      fn('remove', [], [does(0, undefined, 'delete', 'delete')]),
      fn('both', [call(0), call(1)]),
    ],
    entries: [entry('GET /loud', 'route', 0), entry('DELETE /chat', 'route', 1)],
  }

  test('views of views, generated columns, indexes, checks, policies and functions depend on a column', () => {
    expect(
      ask(facts, 'column:chats.title', catalog())
        .dependents.map(({ kind, name, confidence }) => `${kind} ${name} ${confidence}`)
        .sort(),
    ).toEqual([
      'check constraint chats.title_given certain',
      'column chats.short certain',
      'function touch() possible',
      'index chats_title certain',
      'policy chats.own certain',
      'view loud certain',
      'view titles certain',
    ])
  })

  test('a read of a view is a likely read of what the view reads', () => {
    const [read] = ask(facts, 'column:chats.title', catalog()).entries
    expect(read).toMatchObject({ entry: { name: 'GET /loud' }, access: 'read', confidence: 'likely', use: { through: 'the view loud' } })
    expect(ask(facts, 'column:chats.title').entries.map(({ entry: { name } }) => name)).toEqual(['DELETE /chat'])
  })

  test('ON DELETE CASCADE: who deletes the parent deletes rows of the child', () => {
    const { entries, dependents } = ask(facts, 'table:votes', catalog())
    expect(entries).toMatchObject([
      { entry: { name: 'DELETE /chat' }, access: 'delete', via: 'implicit', confidence: 'likely', use: { through: 'votes_chat_fkey, ON DELETE CASCADE' } },
    ])
    expect(dependents.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['foreign key votes.votes_chat_fkey'])
    expect(ask(facts, 'table:chats', catalog()).dependents.map(({ kind, name, why }) => `${kind} ${name}: ${why}`)).toEqual(
      expect.arrayContaining(['foreign key votes.votes_chat_fkey: refers to chats, ON DELETE CASCADE', 'trigger chats.touch: fires when its rows are written']),
    )
  })
})

test('the graph goes from the table over query and function to the entry, each edge once', () => {
  const { nodes, edges } = graphOf(chat, ask(chat, 'column:Chat.title').entries)
  const ids = new Set(nodes.map(({ id }) => id))
  expect(new Set(nodes.map(({ kind }) => kind))).toEqual(new Set(['table', 'query', 'function', 'entry']))
  expect(edges.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true)
  expect(new Set(edges.map(({ from, to }) => `${from} ${to}`)).size).toBe(edges.length)
  expect(nodes.filter(({ kind }) => kind === 'table').map(({ name }) => name)).toEqual(['Chat'])
})
