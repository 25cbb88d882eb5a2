/** The server's programs: found among the installed npm packages, copied into the cache, links made, stub extensions added. */
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ToolError } from '../../model/error.ts'
import { withLock } from './lock.ts'
import { installedBinaries, type MajorSource, platformPackage } from './majors.ts'
import type { Places } from './places.ts'
import { type Stub, stubFiles, stubs } from './stubs.ts'

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

const unavailable = (message: string, cause?: unknown) =>
  new ToolError('engine-unavailable', message, {
    help: `Install ${platformPackage()} (an optional dependency that --no-optional leaves out), or give a server with --engine postgres://…`,
    exit: 3,
    ...(cause !== undefined && { cause }),
  })

/** The installed platform package: ours, or the user's own. */
const findPackage = (): string => {
  const found = installedBinaries()
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

const addStub = async (folder: string, stub: Stub): Promise<void> => {
  for (const { file, text } of stubFiles(stub)) await writeFile(join(folder, file), text)
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

const extensionsIn = async (folder: string): Promise<ReadonlySet<string>> =>
  new Set((await readdir(folder)).filter((name) => name.endsWith('.control')).map((name) => name.slice(0, -'.control'.length)))

const versionOf = (program: string): Promise<number> =>
  new Promise((resolve, reject) => {
    execFile(program, ['--version'], (error, said) => {
      const [, text] = /PostgreSQL\) (\d+\.\d+)/.exec(said) ?? []
      if (text === undefined) reject(unavailable(`${program} does not say its version.`, error ?? undefined))
      else resolve(versionNumber(text))
    })
  })

/** The system's programs run where they are: nothing can be added to them. */
const systemBinaries = async ({ folder, share }: Extract<MajorSource, { kind: 'system' }>): Promise<Binaries> => {
  const version = await versionOf(join(folder, 'bin', 'postgres'))
  return { directory: folder, major: Math.floor(version / 10000), version, extensions: await extensionsIn(join(share, 'extension')), stubs: new Set() }
}

/**
 * Programs ready to run, from the cache if they are there. `given` is an unpacked platform package, or a system's installation; without it the installed package is looked up. Throws
 * `ToolError` `engine-unavailable` when there is none, or when it is not of the `major` that was asked for.
 */
export const prepareBinaries = async (places: Places, given: string | MajorSource | undefined, major: number | undefined): Promise<Binaries> => {
  const from = typeof given === 'string' ? ({ kind: 'package', folder: given } as const) : given
  if (from?.kind === 'system') return systemBinaries(from)
  const source = await sourceOf(from?.folder ?? findPackage())
  const found = Math.floor(source.version / 10000)
  if (major !== undefined && major !== found) throw unavailable(`There are binaries of PostgreSQL ${found} here, and ${major} was asked for.`)
  const directory = join(places.binaries, `${source.name}-${stubDigest}`)
  if (!existsSync(directory)) {
    await withLock(join(places.locks, `${source.name}-${stubDigest}`), async () => {
      if (!existsSync(directory)) await install(source, directory)
    })
  }
  const stubNames = JSON.parse(await readFile(join(directory, 'stubs.json'), 'utf8')) as readonly string[]
  return { directory, major: found, version: source.version, extensions: await extensionsIn(await extensionFolder(directory)), stubs: new Set(stubNames) }
}
