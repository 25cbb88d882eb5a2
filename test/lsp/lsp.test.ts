/** The language server as an editor meets it: a process, real files, real messages. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CancellationTokenSource, DiagnosticSeverity, HoverRequest, LSPErrorCodes } from 'vscode-languageserver/node'
import { build } from '../cli/cli.ts'
import { journal, makePlace, type Place } from '../operations/place.ts'
import { type Editor, ended, openEditor, startServer } from './client.ts'

const config = `export default { dialect: 'postgresql', out: './drizzle', schema: './schema.ts' }`
const tables = 'CREATE TABLE teams (id int PRIMARY KEY);\n--> statement-breakpoint\nCREATE TABLE users (id int PRIMARY KEY, email text, team int);'
const foreignKey = 'ALTER TABLE users ADD CONSTRAINT users_team_fk FOREIGN KEY (team) REFERENCES teams (id);\n'
const at = (line: number, character = 3) => ({ start: { line, character }, end: { line, character } })
const codes = (diagnostics: readonly { readonly code?: string | number }[]) => diagnostics.map(({ code }) => code)

let place: Place
let editor: Editor
const file = (path: string): string => editor.uri(join(place.path, path))

beforeAll(async () => {
  build()
  place = makePlace()
  place.write({ 'drizzle.config.ts': config, 'schema.ts': '', 'queries/lone.sql': 'SELECT 1;' })
  place.migrations([
    { tag: '0000_tables', sql: tables },
    { tag: '0001_work', sql: 'SELECT 1;' },
  ])
  editor = await openEditor(place.path)
})
afterAll(async () => {
  expect(editor.errors).toEqual([])
  expect(await editor.stop()).toBe(0)
  place.remove()
})

test('it says what it can, and counts characters as the protocol does by default', () => {
  expect(editor.initialized.serverInfo?.name).toBe('pgstrata')
  expect(editor.initialized.capabilities).toMatchObject({
    positionEncoding: 'utf-16',
    hoverProvider: true,
    codeActionProvider: { codeActionKinds: ['quickfix'] },
    executeCommandProvider: { commands: ['pgstrata.explain'] },
  })
})

describe('a migration of a project', () => {
  test('is judged from its unsaved text, on top of the migrations before it', async () => {
    const uri = file('drizzle/0001_work.sql')
    expect(await editor.open(uri, 'SELECT 1;')).toEqual([])
    const found = await editor.change(uri, foreignKey)
    expect(found.find(({ code }) => code === 'fk-validating')).toMatchObject({
      severity: DiagnosticSeverity.Error,
      source: 'pgstrata',
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: foreignKey.length - 2 } },
      message: expect.stringContaining('users_team_fk'),
    })
    expect(found.find(({ code }) => code === 'fk-validating')?.relatedInformation?.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^SHARE ROW EXCLUSIVE on users: writes wait/),
        expect.stringMatching(/^In this migration, instead .* NOT VALID;$/),
      ]),
    )
    for (const { codeDescription } of found) expect(codeDescription).toBeUndefined()
    expect(await editor.change(uri, 'SELECT 2;')).toEqual([])
  })

  test('one that has tables of its own is not flagged for them', async () => {
    const uri = file('drizzle/0000_tables.sql')
    const found = await editor.open(uri, `${tables}\n--> statement-breakpoint\n${foreignKey}`)
    expect(codes(found)).not.toContain('fk-validating')
  })

  test('a file that the journal does not name yet comes last', async () => {
    const uri = file('drizzle/0002_new.sql')
    expect(codes(await editor.open(uri, foreignKey))).toContain('fk-validating')
    expect(codes(await editor.change(uri, 'ALTER TABLE nobody ADD COLUMN a int;'))).toContain('refused')
  })

  test('after a save, other open files are judged on what is on disk', async () => {
    const [first, second] = [file('drizzle/0001_work.sql'), file('drizzle/0002_new.sql')]
    await editor.change(first, 'ALTER TABLE users ADD COLUMN note text;')
    expect(codes(await editor.change(second, 'ALTER TABLE users ADD COLUMN note text;'))).not.toContain('refused')
    writeFileSync(join(place.path, 'drizzle/0001_work.sql'), 'ALTER TABLE users ADD COLUMN note text;')
    const from = editor.published.length
    await editor.save(first)
    await expect
      .poll(
        () =>
          editor.published
            .slice(from)
            .findLast(({ uri }) => uri === second)
            ?.diagnostics.map(({ code }) => code),
        { timeout: 40_000 },
      )
      .toContain('refused')
  })

  test('a burst of keystrokes is judged once it stops, and the last text counts', async () => {
    const uri = file('drizzle/0001_work.sql')
    const from = editor.published.length
    const all = Array.from({ length: 20 }, (_, length) => editor.change(uri, foreignKey.slice(0, length + 1)).catch(() => []))
    expect(codes(await editor.change(uri, foreignKey))).toContain('fk-validating')
    expect(editor.published.slice(from).filter((each) => each.uri === uri).length).toBeLessThan(5)
    void all
  })
})

describe('positions', () => {
  test('characters beside the basic plane are two units, as are those of a comment before', async () => {
    const uri = file('drizzle/0001_work.sql')
    const head = "COMMENT ON TABLE users IS '😀😀'; "
    const found = await editor.change(uri, `-- 😀 é\r\n${head}${foreignKey}`)
    expect(found.find(({ code }) => code === 'fk-validating')?.range).toEqual({
      start: { line: 1, character: head.length },
      end: { line: 1, character: head.length + foreignKey.length - 2 },
    })
  })

  test('what cannot be parsed has its place', async () => {
    const uri = file('drizzle/0001_work.sql')
    const [fault] = await editor
      .change(uri, `${foreignKey}--> statement-breakpoint\nALTER TABEL users;\n`)
      .then((all) => all.filter(({ code }) => code === 'unparsed'))
    expect(fault?.range.start).toEqual({ line: 2, character: 6 })
  })
})

describe('hover', () => {
  test('says what a statement does, whom it keeps waiting, and what it reads', async () => {
    const uri = file('drizzle/0001_work.sql')
    await editor.change(uri, `${foreignKey}--> statement-breakpoint\nALTER TABLE users ALTER COLUMN team TYPE bigint;`)
    const first = JSON.stringify(await editor.hover(uri, { line: 0, character: 20 }))
    expect(first).toContain('`SHARE ROW EXCLUSIVE` on `teams`: writes wait')
    expect(first).toContain('1 statement later')
    expect(first).toContain('**Reads all rows of** `users`')
    const second = await editor.hover(uri, { line: 2, character: 20 })
    expect(JSON.stringify(second)).toContain('`ACCESS EXCLUSIVE` on `users`: reads and writes wait')
    expect(JSON.stringify(second)).toContain('**Writes anew** `users`')
    expect(second?.range).toEqual({ start: { line: 2, character: 0 }, end: { line: 2, character: 47 } })
    expect(await editor.hover(uri, { line: 1, character: 2 })).toBeNull()
  })
})

describe('code actions', () => {
  const uri = () => file('drizzle/0001_work.sql')
  const action = async (title: RegExp, character = 3) => {
    const found = (await editor.actions(uri(), at(0, character))).find((each) => title.test(each.title))
    if (!found) throw new Error(`no action ${title}`)
    return found
  }

  test('the remedy stands in the place of the statement, with what is left for later as a comment', async () => {
    await editor.change(uri(), foreignKey)
    const remedy = await action(/\(fk-validating\)$/)
    expect(remedy).toMatchObject({ kind: 'quickfix', isPreferred: true, diagnostics: [{ code: 'fk-validating' }] })
    const text = editor.apply(uri(), remedy)
    expect(text).toMatch(
      /^-- In a migration of the next deployment.*\n-- ALTER TABLE users VALIDATE CONSTRAINT users_team_fk;\nALTER TABLE users ADD .* NOT VALID;\n$/,
    )
    expect(codes(await editor.change(uri(), text))).not.toContain('fk-validating')
  })

  test('what goes before it is a statement of its own, cut as Drizzle cuts', async () => {
    await editor.change(uri(), foreignKey)
    const text = editor.apply(uri(), await action(/\(missing-lock-timeout\)$/))
    expect(text).toBe(`SET LOCAL lock_timeout = '5s';\n--> statement-breakpoint\n${foreignKey}`)
    expect(codes(await editor.change(uri(), text))).not.toContain('missing-lock-timeout')
  })

  test('what has to be done besides is not put in the place of the statement', async () => {
    await editor.change(uri(), foreignKey)
    for (const each of await editor.actions(uri(), at(0))) if (each.edit) expect(editor.apply(uri(), each)).toMatch(/ADD CONSTRAINT users_team_fk/)
  })

  test('nor is a remedy for one part of a statement that says more', async () => {
    await editor.change(uri(), 'ALTER TABLE users ALTER COLUMN email SET NOT NULL, ADD COLUMN kept int;')
    for (const each of await editor.actions(uri(), at(0))) if (each.edit) expect(editor.apply(uri(), each)).toMatch(/ADD COLUMN kept int/)
  })

  test('a waiver holds for 90 days once its reason is filled in', async () => {
    await editor.change(uri(), `  ${foreignKey}`)
    const text = editor.apply(uri(), await action(/^Allow fk-validating here/))
    const [, until = ''] = /^ {2}-- pgstrata: allow fk-validating until (\d{4}-\d\d-\d\d) because …\n {2}ALTER/.exec(text) ?? []
    expect(Math.round((Date.parse(until) - Date.now()) / 86_400_000)).toBeGreaterThanOrEqual(89)
    expect(codes(await editor.change(uri(), text))).toEqual(expect.arrayContaining(['waiver-invalid', 'fk-validating']))
    const filled = text.replace('…', 'the table is small')
    const left = codes(await editor.change(uri(), filled))
    expect(left).not.toContain('waiver-invalid')
    expect(left).not.toContain('fk-validating')
    expect(JSON.stringify(await editor.hover(uri(), { line: 1, character: 5 }))).toContain('Waived until')
  })

  test('a waiver of a statement that shares its line gets a line of its own', async () => {
    await editor.change(uri(), `SELECT 1; ${foreignKey}`)
    const text = editor.apply(uri(), await action(/^Allow fk-validating here/, 12)).replace('…', 'it is small')
    expect(codes(await editor.change(uri(), text))).not.toContain('fk-validating')
  })

  test('lines end as they do in the file', async () => {
    await editor.change(uri(), foreignKey.replace('\n', '\r\n'))
    for (const each of await editor.actions(uri(), at(0))) if (each.edit) expect(editor.apply(uri(), each)).not.toMatch(/[^\r]\n/)
  })

  test('the rule’s page is a message where pages have no address', async () => {
    await editor.change(uri(), foreignKey)
    const { command } = await action(/^Explain fk-validating$/)
    const said = await editor.connection.sendRequest('workspace/executeCommand', { command: command?.command, arguments: command?.arguments })
    expect(said).toMatch(/^fk-validating: .+\n\nWhy: .+\n\nInstead: /)
    expect(editor.asked.messages).toContain(said)
    for (const wrong of [undefined, ['no-such-rule'], [7]])
      expect(await editor.connection.sendRequest('workspace/executeCommand', { command: 'pgstrata.explain', arguments: wrong })).toBeNull()
  })
})

describe('files of no project', () => {
  test('are judged with what they name taken to be there', async () => {
    const found = await editor.open(file('queries/lone.sql'), 'CREATE INDEX a_idx ON somewhere (a);')
    expect(codes(found)).toContain('index-not-concurrent')
    expect(codes(found)).not.toContain('refused')
    const outside = makePlace()
    outside.write({ 'x.sql': '' })
    expect(codes(await editor.open(editor.uri(join(outside.path, 'x.sql')), 'CREATE INDEX a_idx ON somewhere (a);'))).toContain('index-not-concurrent')
    outside.remove()
  })

  test('so is an untitled buffer', async () =>
    expect(codes(await editor.open('untitled:Untitled-1', 'CREATE INDEX a_idx ON somewhere (a);'))).toContain('index-not-concurrent'))

  test('nothing is said of other languages, and of revisions', async () => {
    const uris = [file('schema.ts'), 'git:/x/drizzle/0001_work.sql', 'untitled:Untitled-2']
    await editor.openSilently(uris[0] ?? '', 'CREATE INDEX', 'typescript')
    await editor.openSilently(uris[1] ?? '', 'CREATE INDEX', 'sql')
    await editor.openSilently(uris[2] ?? '', 'CREATE INDEX', 'plaintext')
    for (const uri of uris) expect(await editor.hover(uri, { line: 0, character: 1 })).toBeNull()
    expect(editor.published.filter(({ uri }) => uris.includes(uri))).toEqual([])
  })

  test('nor of a project of another database', async () => {
    const other = makePlace()
    other.write({ 'drizzle.config.ts': config.replace('postgresql', 'mysql'), 'drizzle/0000_a.sql': '' })
    const own = await openEditor(other.path)
    expect(await own.open(own.uri(join(other.path, 'drizzle/0000_a.sql')), 'CREATE TABLE `a` (`b` int AUTO_INCREMENT);')).toEqual([])
    expect(await own.stop()).toBe(0)
    other.remove()
  })
})

describe('whatever is in a file', () => {
  test.each([
    ['nothing', ''],
    ['blanks', ' \r\n\t\r '],
    ['a comment', '-- '],
    ['only breakpoints', '--> statement-breakpoint--> statement-breakpoint'],
    ['half a string', "SELECT 'a"],
    ['half a dollar quote', 'DO $a$ BEGIN'],
    ['zeros', 'SELECT \u0000\u0000 1'],
    ['lone surrogates', "SELECT '\ud800'; ALTER TABLE users ADD COLUMN a int;"],
    ['a byte order mark', `\ufeff${foreignKey}`],
    ['deep nesting', `SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`],
    ['conflict markers', '<<<<<<< HEAD\nSELECT 1;\n=======\n>>>>>>> x'],
    ['bare carriage returns', foreignKey.repeat(3).replaceAll('\n', '\r')],
  ])('%s: the server answers', async (_, text) => {
    const uri = file('drizzle/0001_work.sql')
    await editor.change(uri, text)
    for (const line of [0, 1, 99]) {
      await editor.hover(uri, { line, character: 0 })
      await editor.actions(uri, at(line))
    }
  })

  test('a file that is too long says so', async () => {
    const found = await editor.open(file('queries/lone2.sql'), `${'-- padding\n'.repeat(100_000)}SELECT 1;`)
    expect(found).toMatchObject([{ code: 'file-too-long', severity: DiagnosticSeverity.Information }])
  })
})

test('a closed file has no diagnostics', async () => {
  const uri = file('drizzle/0003_more.sql')
  await editor.open(uri, foreignKey)
  const from = editor.published.length
  await editor.close(uri)
  await expect.poll(() => editor.published.slice(from)).toContainEqual({ uri, diagnostics: [] })
})

test('a request may be taken back', async () => {
  const uri = file('drizzle/0001_work.sql')
  await editor.change(uri, foreignKey)
  const takenBack = async (attempt: number): Promise<unknown> => {
    const source = new CancellationTokenSource()
    // A new version, so that there is work to be done before the answer.
    const changing = editor.change(uri, foreignKey + ' '.repeat(attempt))
    const asked = editor.connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position: { line: 0, character: 1 } }, source.token)
    source.cancel()
    const answer = await asked.then(
      () => 'answered before it was taken back',
      (error: unknown) => error,
    )
    await changing
    return answer
  }
  // On a busy machine the answer may be out before the server hears of it.
  let [attempt, answer]: [number, unknown] = [0, '']
  while (typeof answer === 'string' && attempt < 20) answer = await takenBack(++attempt)
  expect(answer).toMatchObject({ code: LSPErrorCodes.RequestCancelled })
})

test('files that changed on disk are watched', () =>
  expect(editor.asked.watched.filter((method) => method === 'workspace/didChangeWatchedFiles').length).toBeGreaterThan(0))

test('a folder that cannot be read is a diagnostic, and mended by a change on disk', async () => {
  const other = makePlace()
  other.write({ 'drizzle.config.ts': config, 'drizzle/0000_a.sql': 'SELECT 1;', 'pgstrata.config.json': '{ "policy": 7 }' })
  const own = await openEditor(other.path)
  const uri = own.uri(join(other.path, 'drizzle/0000_a.sql'))
  expect(await own.open(uri, 'CREATE INDEX a ON b (c);')).toMatchObject([{ severity: DiagnosticSeverity.Error, message: expect.stringContaining('policy') }])
  writeFileSync(join(other.path, 'pgstrata.config.json'), '{}')
  await own.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: own.uri(join(other.path, 'pgstrata.config.json')), type: 2 }] })
  await expect.poll(() => own.published.at(-1)?.diagnostics.map(({ code }) => code), { timeout: 40_000 }).toContain('no-journal')
  other.write({ 'drizzle/meta/_journal.json': journal([{ tag: '0000_a', sql: '' }]) })
  await own.connection.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ uri: own.uri(join(other.path, 'drizzle/meta/_journal.json')), type: 1 }],
  })
  await expect.poll(() => own.published.at(-1)?.diagnostics.map(({ code }) => code), { timeout: 40_000 }).toContain('refused')
  expect(await own.stop()).toBe(0)
  other.remove()
})

test('migrations that run together are judged together; what has landed is only hinted at', async () => {
  const other = makePlace()
  other.write({ 'drizzle.config.ts': config })
  const type = "CREATE TYPE mood AS ENUM ('ok');\n--> statement-breakpoint\nCREATE TABLE a (m mood);"
  other.migrations([{ tag: '0000_type', sql: type }])
  other.git('init', '-q')
  other.git('add', '.')
  other.git('commit', '-qm', 'landed')
  other.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
  const entries = [
    { tag: '0000_type', sql: type },
    { tag: '0001_value', sql: "ALTER TYPE mood ADD VALUE 'bad';" },
    { tag: '0002_use', sql: 'SELECT 1;' },
  ]
  other.migrations(entries)
  const own = await openEditor(other.path)
  const use = await own.open(own.uri(join(other.path, 'drizzle/0002_use.sql')), "INSERT INTO a VALUES ('bad');")
  expect(codes(use)).toContain('enum-value-used-in-batch')
  const old = await own.open(own.uri(join(other.path, 'drizzle/0000_type.sql')), `${type}\n--> statement-breakpoint\nDROP TABLE nothing;`)
  expect(old.map(({ severity }) => severity)).toEqual(old.map(() => DiagnosticSeverity.Hint))
  expect(old.length).toBeGreaterThan(0)
  expect(await own.stop()).toBe(0)
  other.remove()
})

describe('a client with other abilities', () => {
  test('gets links where pages have an address, and pages that are shown', async () => {
    const own = await openEditor(place.path, { docs: 'https://example.org/pgstrata/' })
    const uri = file('drizzle/0002_new.sql')
    const found = await own.open(uri, foreignKey)
    expect(found.find(({ code }) => code === 'fk-validating')?.codeDescription).toEqual({ href: 'https://example.org/pgstrata/rules/fk-validating' })
    await own.connection.sendRequest('workspace/executeCommand', { command: 'pgstrata.explain', arguments: ['fk-validating'] })
    await expect.poll(() => own.asked.shown).toEqual(['https://example.org/pgstrata/rules/fk-validating'])
    expect(await own.stop()).toBe(0)
  })

  test('one that makes files gets what belongs to another time where --fix writes it', async () => {
    const other = makePlace()
    other.write({ 'drizzle.config.ts': config })
    other.migrations([
      { tag: '0000_tables', sql: tables },
      { tag: '0001_work', sql: 'SELECT 1;' },
    ])
    const own = await openEditor(other.path, { creates: true })
    const uri = own.uri(join(other.path, 'drizzle/0001_work.sql'))
    const index = 'CREATE INDEX users_email_idx ON users (email);\n'
    expect(codes(await own.open(uri, `${index}--> statement-breakpoint\n${foreignKey}`))).toEqual(
      expect.arrayContaining(['index-not-concurrent', 'fk-validating']),
    )
    for (const [title, line] of [
      [/\(index-not-concurrent\)$/, 0],
      [/\(fk-validating\)$/, 2],
    ] as const) {
      const found = (await own.actions(uri, at(line))).find((each) => title.test(each.title))
      if (!found) throw new Error(`no action ${title}`)
      const text = own.apply(uri, found)
      expect(text).not.toMatch(/^-- /m)
      expect(await own.writeOthers(uri, found)).toHaveLength(1)
      await own.change(uri, text)
    }
    expect(readFileSync(join(other.path, 'drizzle.before.sql'), 'utf8')).toMatch(
      /^-- pgstrata: before 0001_work\nCREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx/m,
    )
    expect(readFileSync(join(other.path, 'drizzle.next.sql'), 'utf8')).toMatch(
      /^-- pgstrata: after 0001_work\nALTER TABLE users VALIDATE CONSTRAINT users_team_fk;/m,
    )
    const left = codes(await own.change(uri, `${own.text(uri).getText()}\n`))
    expect(left).not.toContain('index-not-concurrent')
    expect(left).not.toContain('fk-validating')
    expect(await own.stop()).toBe(0)
    other.remove()
  })

  test('one that can nearly nothing gets all in the message, and plain edits', async () => {
    const own = await openEditor(place.path, { bare: true })
    const uri = file('drizzle/0002_new.sql')
    const found = await own.open(uri, foreignKey)
    const one = found.find(({ code }) => code === 'fk-validating')
    expect(one).not.toHaveProperty('relatedInformation')
    expect(one?.message).toContain('NOT VALID;')
    const [remedy] = await own.actions(uri, at(0))
    expect(Object.keys(remedy?.edit ?? {})).toEqual(['changes'])
    expect(await own.stop()).toBe(0)
  })
})

describe('the process ends', () => {
  test('with 1 when the client says exit without shutdown', async () => {
    const own = await openEditor(place.path)
    await own.connection.sendNotification('exit')
    expect(await ended(own.child)).toBe(1)
  })

  test('when its input ends', async () => {
    const child = startServer(place.path)
    await sleep(300)
    child.stdin.end()
    expect(await ended(child)).toBe(1)
  })

  test('when nobody reads its output', async () => {
    const own = await openEditor(place.path)
    own.child.stdout.destroy()
    own.child.stdin.on('error', () => undefined)
    const body = JSON.stringify({ jsonrpc: '2.0', id: 99, method: 'shutdown' })
    own.child.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`)
    expect(await ended(own.child)).not.toBeNull()
  })

  test('on a termination signal', async () => {
    const own = await openEditor(place.path)
    own.child.kill('SIGTERM')
    await ended(own.child)
    expect(own.child.signalCode).toBe('SIGTERM')
  })
})

test('what is no message, or no sensible one, does not end it', async () => {
  const own = await openEditor(place.path)
  const send = (body: string, header = `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`) => own.child.stdin.write(header + body)
  for (const body of ['{', 'null', '[]', '7', '{}', '{"jsonrpc":"2.0"}', '{"jsonrpc":"2.0","id":1,"method":"no/such"}']) send(body)
  for (const method of [
    'textDocument/hover',
    'textDocument/codeAction',
    'textDocument/didOpen',
    'textDocument/didChange',
    'workspace/executeCommand',
    'textDocument/didSave',
  ])
    for (const params of [
      undefined,
      null,
      [],
      {},
      { textDocument: null },
      { textDocument: { uri: 7 } },
      { textDocument: { uri: 'file://%%%' }, position: 'x' },
    ])
      send(JSON.stringify({ jsonrpc: '2.0', id: `${method}`, method, ...(params === undefined ? {} : { params }) }))
  const uri = file('drizzle/0002_new.sql')
  // In one piece, with no answer of the client to follow: what comes with a broken header must not wait for more.
  await expect.poll(() => own.asked.watched.length).toBeGreaterThan(0)
  await sleep(100)
  own.child.stdin.cork()
  send('', 'Content-Length: many\r\n\r\n')
  const opened = own.open(uri, foreignKey)
  await sleep(50)
  own.child.stdin.uncork()
  expect(codes(await opened)).toContain('fk-validating')
  expect(await own.stop()).toBe(0)
})
