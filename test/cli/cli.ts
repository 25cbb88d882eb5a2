import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const program = join(root, 'dist/cli.cjs')
export const shop = join(root, 'examples/shop/drizzle')

/** The command line always runs from dist/: it must be that of the sources under test. */
export const build = (): void => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale', '--no-types'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the build failed:\n${stderr}`)
}

type Options = { readonly cwd?: string; readonly detached?: boolean; readonly env?: Readonly<Record<string, string>> }

const environment = (env: Options['env']) => {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, COLUMNS: ____, ...rest } = process.env
  return { ...rest, ...env }
}

/** Runs the command line to its end. */
export const pgstrata = (args: readonly string[], { cwd = root, env }: Options = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd, env: environment(env), encoding: 'utf8', timeout: 60_000 })
  return { status, stdout, stderr }
}

/** Starts the command line, `detached` in a process group of its own; the caller listens and stops it. */
export const startPgstrata = (args: readonly string[], { cwd = root, env, detached = false }: Options = {}): ChildProcess =>
  spawn(process.execPath, [program, ...args], { cwd, env: environment(env), detached, stdio: ['ignore', 'pipe', 'pipe'] })

/** A directory of its own, with a copy of the shop's migrations where wanted. */
export const temporary = (withShop = false): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'pgstrata-cli-'))
  if (withShop) cpSync(shop, join(path, 'drizzle'), { recursive: true })
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
