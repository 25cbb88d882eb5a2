/** drizzle-kit and drizzle-orm 1.0.0-rc.5, installed once into a directory of their own below node_modules/.cache: the judge of folders for 1.0. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../cli/cli.ts'

export const versionOfV1 = '1.0.0-rc.5'

const place = join(root, 'node_modules/.cache/drizzle-v1')
const modules = join(place, 'node_modules')

/** Installs it where it is not there yet; several test files may ask at once, so it is made beside its place and moved there. */
const installDrizzleV1 = (): void => {
  if (existsSync(join(modules, 'drizzle-orm/package.json'))) return
  const beside = `${place}-${process.pid}`
  mkdirSync(beside, { recursive: true })
  writeFileSync(join(beside, 'package.json'), JSON.stringify({ name: 'drizzle-v1', private: true, type: 'module' }))
  const packages = [`drizzle-kit@${versionOfV1}`, `drizzle-orm@${versionOfV1}`, 'pg']
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: beside, encoding: 'utf8' })
  if (status !== 0) throw new Error(`drizzle-kit ${versionOfV1} cannot be installed:\n${stderr}`)
  rmSync(place, { recursive: true, force: true })
  renameSync(beside, place)
}

/** Lets a project's directory use it. */
export const useDrizzleV1 = (cwd: string): void => {
  installDrizzleV1()
  if (!existsSync(join(cwd, 'node_modules'))) symlinkSync(modules, join(cwd, 'node_modules'))
}

/** `drizzle-kit` of 1.0 in a directory whose migrations stand in `drizzle`; answers its exit code and all that it says. */
export const drizzleKitV1 = (cwd: string, ...words: readonly string[]): { readonly status: number | null; readonly said: string } => {
  useDrizzleV1(cwd)
  writeFileSync(join(cwd, 'drizzle.config.mjs'), "export default { dialect: 'postgresql', out: './drizzle', schema: './schema.mjs' }\n")
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(modules, 'drizzle-kit/bin.cjs'), ...words, '--config', 'drizzle.config.mjs'], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return { status, said: `${stdout}${stderr}` }
}

/** drizzle-orm 1.0's own migrator over a connection. */
export const migrateV1 = async (client: unknown, migrationsFolder: string): Promise<void> => {
  installDrizzleV1()
  const load = (name: string) => import(pathToFileURL(join(modules, 'drizzle-orm', name)).href)
  const [{ drizzle }, { migrate }] = await Promise.all([load('node-postgres/index.js'), load('node-postgres/migrator.js')])
  await migrate(drizzle({ client }), { migrationsFolder })
}
