/** Code as facts, written by hand: a chat with two routes, a page, a job and a test. */
import type {
  Access,
  CodeCall,
  CodeColumn,
  CodeEntry,
  CodeFacts,
  CodeFunction,
  CodeInsert,
  CodeTable,
  CodeUse,
  Confidence,
  EntryKind,
  UseRole,
} from '../../../src/model/code.ts'

export const noFacts: CodeFacts = {
  tables: [],
  enums: [],
  functions: [],
  entries: [],
  mentions: [],
  gaps: [],
  counts: { files: 1, followed: 1, unparsed: 0 },
}

export const column = (name: string, more: Partial<CodeColumn> = {}): CodeColumn => ({
  name,
  key: name,
  line: 1,
  type: 'text',
  notNull: false,
  hasDefault: false,
  ...more,
})

export const table = (name: string, symbol: string, columns: readonly CodeColumn[], more: Partial<CodeTable> = {}): CodeTable => ({
  schema: 'public',
  name,
  symbol,
  kind: 'table',
  file: 'db/schema.ts',
  line: 1,
  columns,
  ...more,
})

export const call = (to: number, confidence: Confidence = 'certain', line = 10 + to): CodeCall => ({ to, line, confidence })

export const does = (of: number, name: string | undefined, access: Access, role: UseRole, more: Partial<CodeUse> = {}): CodeUse => ({
  file: 'db/queries.ts',
  line: 20,
  table: of,
  ...(name === undefined ? {} : { column: name }),
  access,
  via: 'explicit',
  role,
  confidence: 'certain',
  ...more,
})

export const fn = (
  name: string,
  calls: readonly CodeCall[] = [],
  uses: readonly CodeUse[] = [],
  inserts: readonly CodeInsert[] = [],
  file = 'db/queries.ts',
): CodeFunction => ({
  name,
  file,
  line: 5,
  calls,
  uses,
  inserts,
})

export const entry = (name: string, kind: EntryKind, to: number, confidence: Confidence = 'certain', what = 'handler'): CodeEntry => ({
  name,
  kind,
  framework: 'next',
  file: `app/${name.replaceAll(/\W+/g, '-')}.ts`,
  line: 3,
  runs: [{ to, what, confidence }],
})

const wholeRow = { via: 'implicit', confidence: 'likely' } as const

/** `Chat` is `chat` in the code; `Message_v2` is `message`, and an older table is called `Message`. */
export const chat: CodeFacts = {
  ...noFacts,
  tables: [
    table('Chat', 'chat', [
      column('id', { type: 'uuid', notNull: true, hasDefault: true }),
      column('title', { notNull: true }),
      column('visibility', { values: ['public', 'private'] }),
      column('createdAt'),
    ]),
    table('Message_v2', 'message', [
      column('id', { type: 'uuid', notNull: true }),
      column('chatId'),
      column('text', { key: 'kind', enumType: 'kind', values: ['text', 'code'] }),
    ]),
    table('Message', 'messageDeprecated', [column('id', { type: 'uuid' }), column('role')]),
  ],
  enums: [{ schema: 'public', name: 'kind', symbol: 'kindEnum', values: ['text', 'code'], file: 'db/schema.ts', line: 2 }],
  functions: [
    fn('getChatById', [], [does(0, 'id', 'read', 'where'), does(0, 'title', 'read', 'select', { ...wholeRow, line: 21 })]),
    fn(
      'saveChat',
      [],
      [does(0, 'title', 'write', 'values', { line: 30 })],
      [{ file: 'db/queries.ts', line: 30, table: 0, given: ['id', 'title'], open: false }],
    ),
    fn('deleteChat', [], [does(0, undefined, 'delete', 'delete', { line: 40 })]),
    fn('listTitles', [], [does(0, 'title', 'read', 'order', { line: 50 }), does(1, 'text', 'read', 'literal', { value: 'code', line: 51 })]),
    fn('handlePost', [call(1), call(0)], [], [], 'app/route.ts'),
    fn('handleDelete', [call(0), call(2, 'likely')], [], [], 'app/route.ts'),
    fn('Page', [call(5, 'possible'), call(3)], [], [], 'app/page.tsx'),
    fn('neverCalled', [], [does(0, 'title', 'read', 'select', { line: 70, file: 'db/old.ts' })], [], 'db/old.ts'),
  ],
  entries: [
    entry('POST /api/chat', 'route', 4),
    entry('DELETE /api/chat', 'route', 5),
    entry('page /chat/[id]', 'page', 6),
    entry('cleanup', 'cron', 2),
    entry('chat.test.ts', 'test', 1),
  ],
  mentions: [
    { file: 'ui/sidebar.tsx', line: 8, category: 'ui', table: 0, column: 'title', confidence: 'high' },
    { file: 'app/errors.ts', line: 4, category: 'string', text: 'duplicate key: Chat_title_unique', confidence: 'possible' },
  ],
  gaps: [
    { file: 'db/dynamic.ts', line: 9, why: 'the column is chosen at run time', table: 0 },
    { file: 'lib/far.ts', line: 1, why: 'does not parse' },
  ],
  counts: { files: 12, followed: 9, unparsed: 1 },
}
