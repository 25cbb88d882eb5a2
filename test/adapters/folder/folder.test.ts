import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readHistoryFolder } from '../../../src/adapters/folder/index.ts'
import type { Cache } from '../../../src/model/world.ts'
import { journalOf, sha256 } from '../../drizzle/folders.ts'

let root = ''
const write = (path: string, content: string | Uint8Array): void => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), content)
}
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-folder-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const snapshot = JSON.stringify({ id: 'one', prevId: 'zero', version: '7', dialect: 'postgresql', tables: {} })
const writeFolder = (folder: string): void => {
  write(`${folder}/meta/_journal.json`, journalOf([{ tag: '0000_a', when: 1 }]))
  write(`${folder}/meta/0000_snapshot.json`, snapshot)
  write(`${folder}/0000_a.sql`, '\uFEFFSELECT 1;\r\nSELECT 2;')
}

describe('a folder on disk', () => {
  it('is read with its bytes as they are: byte order mark and CRLF kept', async () => {
    writeFolder('drizzle')
    write('drizzle/notes.txt', 'not ours')
    const history = await readHistoryFolder(join(root, 'drizzle'), { name: 'drizzle', ledger: { schema: 's', table: 't' } })
    expect(history).toMatchObject({ folder: 'drizzle', ledger: { schema: 's', table: 't' } })
    expect(history.migrations).toMatchObject([{ sql: '\uFEFFSELECT 1;\r\nSELECT 2;', hash: sha256('\uFEFFSELECT 1;\r\nSELECT 2;'), snapshot: { id: 'one' } }])
  })

  it('is read without its snapshots when nobody asks for them', async () => {
    writeFolder('drizzle')
    const { migrations, orphanSnapshots } = await readHistoryFolder(join(root, 'drizzle'), { snapshots: false })
    expect(migrations).toMatchObject([{ tag: '0000_a', hash: sha256('\uFEFFSELECT 1;\r\nSELECT 2;') }])
    expect(migrations[0]).not.toHaveProperty('snapshot')
    expect(orphanSnapshots).toEqual([])
  })

  it('without a journal the newest snapshot still tells the dialect', async () => {
    write('drizzle/20250101000000_a/migration.sql', 'SELECT 1')
    write('drizzle/20250101000000_a/snapshot.json', JSON.stringify({ id: 'one', prevIds: [], version: '8', dialect: 'mysql' }))
    await expect(readHistoryFolder(join(root, 'drizzle'), { snapshots: false })).rejects.toMatchObject({ code: 'other-dialect' })
  })

  it('hashes what Drizzle hashes where a file is not UTF-8', async () => {
    writeFolder('drizzle')
    write('drizzle/0000_a.sql', Uint8Array.from([0x2d, 0x2d, 0xff, 0xfe]))
    const history = await readHistoryFolder(join(root, 'drizzle'))
    expect(history.migrations[0]).toMatchObject({ sql: '--\uFFFD\uFFFD', hash: sha256('--\uFFFD\uFFFD') })
  })

  it('follows symbolic links, and takes one to nowhere for a missing file', async () => {
    writeFolder('real')
    symlinkSync(join(root, 'real'), join(root, 'linked'))
    expect((await readHistoryFolder(join(root, 'linked'))).migrations).toHaveLength(1)
    rmSync(join(root, 'real/0000_a.sql'))
    symlinkSync(join(root, 'nowhere.sql'), join(root, 'real/0000_a.sql'))
    expect((await readHistoryFolder(join(root, 'real'))).migrations[0]?.sql).toBeUndefined()
  })

  it('keeps the heads of snapshots by content, and never reads them from the wrong one', async () => {
    writeFolder('drizzle')
    const kept = new Map<string, Uint8Array>()
    let puts = 0
    const cache: Cache = {
      get: async (key) => kept.get(key),
      put: async (key, bytes) => {
        puts++
        kept.set(key, Buffer.concat([bytes].flat()))
      },
    }
    const read = async (): Promise<unknown> => (await readHistoryFolder(join(root, 'drizzle'), { cache })).migrations[0]?.snapshot
    const first = await read()
    expect(await read()).toEqual(first)
    expect(puts).toBe(1)
    // What is kept is really used: another answer under the same content is believed.
    for (const [key, bytes] of kept) kept.set(key, new TextEncoder().encode(new TextDecoder().decode(bytes).replace('"one"', '"kept"')))
    expect(await read()).toMatchObject({ id: 'kept', path: 'meta/0000_snapshot.json' })
    write('drizzle/meta/0000_snapshot.json', snapshot.replace('one', 'two'))
    expect(await read()).toMatchObject({ id: 'two' })
    write('drizzle/meta/0000_snapshot.json', '{ broken')
    expect(await read()).toMatchObject({ fault: { line: 1, column: 3 } })
    expect(await read()).toMatchObject({ fault: { line: 1, column: 3 } })
  })
})

describe('a folder that cannot be read', () => {
  const code = (path: string): Promise<unknown> =>
    readHistoryFolder(join(root, path)).then(
      () => 'read',
      (error: unknown) => error,
    )

  it('says why', async () => {
    write('file', '')
    mkdirSync(join(root, 'empty'))
    write('other/README.md', '# hello')
    expect(await code('absent')).toMatchObject({
      code: 'no-folder',
      exit: 2,
      message: expect.stringContaining('absent'),
      help: expect.stringContaining('--folder'),
    })
    expect(await code('file')).toMatchObject({ code: 'no-folder', exit: 2, message: expect.stringContaining('not a directory') })
    expect(await code('empty')).toMatchObject({ code: 'empty-folder', exit: 2 })
    expect(await code('other')).toMatchObject({ code: 'no-journal', exit: 2 })
  })

  it('says what may not be read', async () => {
    writeFolder('drizzle')
    chmodSync(root, 0o755)
    chmodSync(join(root, 'drizzle/0000_a.sql'), 0)
    const adapter = fileURLToPath(new URL('../../../src/adapters/folder/index.ts', import.meta.url))
    const contents = `
      import { readHistoryFolder } from ${JSON.stringify(adapter)}
      await readHistoryFolder(process.argv[2]).then(() => console.log('read'), (error) => console.log(JSON.stringify({ ...error, message: error.message, cause: undefined })))
    `
    await build({ stdin: { contents, resolveDir: root, loader: 'js' }, bundle: true, platform: 'node', format: 'esm', outfile: join(root, 'read.mjs') })
    // Root may read everything: then another user looks.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const answer: unknown = JSON.parse(
      execFileSync(process.execPath, [join(root, 'read.mjs'), join(root, 'drizzle')], { ...user, cwd: root, encoding: 'utf8' }),
    )
    expect(answer).toMatchObject({ code: 'no-permission', exit: 2, message: expect.stringContaining('0000_a.sql') })
  })
})
