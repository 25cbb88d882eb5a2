import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFiles } from '../../../src/adapters/files/index.ts'
import { recover, writeEdits } from '../../../src/adapters/files/write.ts'
import type { FileEdit } from '../../../src/model/world.ts'
import { type KilledWriter, killedWriter } from '../../support/killed-writer.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-files-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const put = (path: string, text: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}

/** Every file and directory below, with contents. */
const tree = (directory = root): { readonly [path: string]: string } =>
  Object.fromEntries(
    readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const path = join(directory, entry.name)
      return entry.isDirectory() ? [[`${relative(root, path)}/`, ''], ...Object.entries(tree(path))] : [[relative(root, path), readFileSync(path, 'utf8')]]
    }),
  )

const putFolder = (): void => {
  put('drizzle/0000_a.sql', 'old a')
  put('drizzle/meta/_journal.json', 'old journal')
  put('drizzle/gone/only.sql', 'to be removed')
}
const edits: readonly FileEdit[] = [
  { path: 'drizzle/0000_a.sql', bytes: bytes('new a') },
  { path: 'drizzle/0001_b/deep/migration.sql', bytes: bytes('new b') },
  { path: 'drizzle/gone/only.sql', remove: true },
  { path: 'drizzle/meta/_journal.json', bytes: bytes('new journal') },
]
const after = {
  'drizzle/': '',
  'drizzle/0000_a.sql': 'new a',
  'drizzle/0001_b/': '',
  'drizzle/0001_b/deep/': '',
  'drizzle/0001_b/deep/migration.sql': 'new b',
  'drizzle/meta/': '',
  'drizzle/meta/_journal.json': 'new journal',
}

describe('writing several files', () => {
  it('writes, makes and removes, and leaves nothing else; undo takes all of it back', async () => {
    putFolder()
    const was = tree()
    const { undo } = await writeEdits(root, edits)
    expect(tree()).toEqual(after)
    await undo()
    expect(tree()).toEqual(was)
  })

  it('writes nothing when one file cannot be written', async () => {
    putFolder()
    const was = tree()
    const impossible: FileEdit = { path: 'drizzle/0000_a.sql/below-a-file.sql', bytes: bytes('x') }
    await expect(writeEdits(root, [...edits, impossible])).rejects.toThrow()
    expect(tree()).toEqual(was)
  })

  it('refuses two edits of one file', async () => {
    await expect(
      writeEdits(root, [
        { path: 'a', bytes: bytes('1') },
        { path: './a', remove: true },
      ]),
    ).rejects.toThrow('two edits of one file: a')
    expect(tree()).toEqual({})
  })

  it('makes a file that is to be run executable, new or not', async () => {
    put('old.sh', 'old')
    chmodSync(join(root, 'old.sh'), 0o640)
    const paths = ['old.sh', 'new.sh']
    await writeEdits(
      root,
      paths.map((path) => ({ path, bytes: bytes('x'), executable: true })),
    )
    expect(statSync(join(root, 'old.sh')).mode & 0o777).toBe(0o751)
    expect(statSync(join(root, 'new.sh')).mode & 0o111).toBe(0o111)
    await writeEdits(root, [{ path: 'plain', bytes: bytes('x') }])
    expect(statSync(join(root, 'plain')).mode & 0o111).toBe(0)
  })
  it('keeps a file’s mode, and a symbolic link a link', async () => {
    put('real.sh', 'old')
    chmodSync(join(root, 'real.sh'), 0o750)
    symlinkSync('real.sh', join(root, 'link.sh'))
    await writeEdits(root, [{ path: 'link.sh', bytes: bytes('new') }])
    expect(lstatSync(join(root, 'link.sh')).isSymbolicLink()).toBe(true)
    expect(readlinkSync(join(root, 'link.sh'))).toBe('real.sh')
    expect(readFileSync(join(root, 'real.sh'), 'utf8')).toBe('new')
    expect(statSync(join(root, 'real.sh')).mode & 0o777).toBe(0o750)
  })

  it('is the Files port', async () => {
    const files = createFiles(root)
    expect(await files.exists('a.sql')).toBe(false)
    await files.write([{ path: 'a.sql', bytes: bytes('x') }])
    expect(await files.exists('a.sql')).toBe(true)
    expect(new TextDecoder().decode(await files.read('a.sql'))).toBe('x')
  })
})

describe('a write that is interrupted', () => {
  let writer: KilledWriter
  beforeAll(async () => {
    writer = await killedWriter()
  })
  afterAll(() => writer.remove())
  const run = (killAt: number): { readonly signal: string | null; readonly steps: number } => writer.run(root, edits, killAt)

  it('is finished or taken back at the next start, wherever it was killed', async () => {
    putFolder()
    const was = tree()
    const { steps } = run(-1)
    expect(steps).toBeGreaterThanOrEqual(10)
    expect(tree()).toEqual(after)
    const outcomes: string[] = []
    for (let at = 0; at < steps; at++) {
      rmSync(root, { recursive: true })
      putFolder()
      expect(run(at).signal).toBe('SIGKILL')
      outcomes.push(await recover(root))
      const now = tree()
      expect(now, `killed in step ${at}`).toEqual(outcomes.at(-1) === 'finished' ? after : was)
      expect(await recover(root)).toBe('nothing')
    }
    expect([...new Set(outcomes)]).toEqual(['nothing', 'taken-back', 'finished'])
  })

  it('is put right by the next write as well', async () => {
    putFolder()
    const { steps } = run(-1)
    rmSync(root, { recursive: true })
    putFolder()
    run(steps - 1)
    await writeEdits(root, [{ path: 'drizzle/0002_c.sql', bytes: bytes('c') }])
    expect(tree()).toEqual({ ...after, 'drizzle/0002_c.sql': 'c' })
  })

  it('takes an intent that was cut off for one that had not begun', async () => {
    put('.pgstrata/write-intent.json', '{"id":"x","pha')
    expect(await recover(root)).toBe('taken-back')
    expect(tree()).toEqual({})
  })
})

describe('two writers', () => {
  it('do not meet: the second is told to wait', async () => {
    let second: unknown
    await writeEdits(root, [{ path: 'a', bytes: bytes('1') }], async (step) => {
      if (step === 'commit') second = await writeEdits(root, [{ path: 'a', bytes: bytes('2') }]).catch((error: unknown) => error)
    })
    expect(second).toMatchObject({ code: 'write-busy', exit: 3 })
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('1')
  })

  it('do not wait for one that is long gone', async () => {
    const staged = join(root, '.a.x.tmp')
    put('.a.x.tmp', 'half')
    // The parent's number: another process that lives and never wrote this.
    put(
      '.pgstrata/write-intent.json',
      JSON.stringify({ id: 'x', phase: 'staging', pid: process.ppid, files: [{ target: join(root, 'a'), staged }], directories: [] }),
    )
    await expect(recover(root)).rejects.toMatchObject({ code: 'write-busy' })
    const old = Date.now() / 1000 - 3600
    utimesSync(join(root, '.pgstrata/write-intent.json'), old, old)
    expect(await recover(root)).toBe('taken-back')
    expect(tree()).toEqual({})
  })
})
