/** `pgstrata.config.{ts,mjs,json}`: found upward, loaded, checked. */
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config } from '../../model/config.ts'
import { checkConfig } from '../../model/config-schema.ts'
import { command, defineConfig, env } from '../../model/define-config.ts'
import { ToolError } from '../../model/error.ts'
import { codeOf } from '../error-code.ts'
import { noteFile, spoilSights } from '../sights.ts'
import { isData } from './data-config.ts'
import { isDirectory, isFile } from './packages.ts'

const names = ['pgstrata.config.ts', 'pgstrata.config.mjs', 'pgstrata.config.json']

/** The nearest configuration file, from `cwd` up to the repository's root. */
export const findConfig = async (cwd: string): Promise<string | undefined> => {
  for (const name of names) if (await isFile(join(cwd, name))) return join(cwd, name)
  const ends = (await isDirectory(join(cwd, '.git'))) || (await isFile(join(cwd, '.git'))) || dirname(cwd) === cwd
  return ends ? undefined : findConfig(dirname(cwd))
}

const defaultOf = (module: unknown): unknown => (typeof module === 'object' && module !== null && 'default' in module ? module.default : module)

/** Node reads TypeScript by itself from 22.18 on, and finds `pgstrata` only where it is installed; jiti does both everywhere. */
const importFile = async (path: string): Promise<unknown> => {
  // What a program asks for cannot be told.
  noteFile(path)
  if (!isData(readFileSync(path, 'utf8'))) spoilSights()
  try {
    return defaultOf(await import(pathToFileURL(path).href))
  } catch (error) {
    const wantsHelp = [
      'ERR_UNKNOWN_FILE_EXTENSION',
      'ERR_MODULE_NOT_FOUND',
      'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
      'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
    ].includes(codeOf(error) ?? '')
    if (!wantsHelp) throw error
    const { createJiti } = await import('jiti')
    const jiti = createJiti(path, { moduleCache: false, fsCache: false, virtualModules: { pgstrata: { defineConfig, env, command } } })
    return defaultOf(await jiti.import(path))
  }
}

const parseJson = (path: string): unknown => {
  noteFile(path)
  return JSON.parse(readFileSync(path, 'utf8'))
}

const load = async (path: string): Promise<unknown> => {
  try {
    return await (path.endsWith('.json') ? parseJson(path) : importFile(path))
  } catch (error) {
    if (error instanceof ToolError) throw error
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new ToolError('config-unreadable', `${path} cannot be loaded: ${reason}`, {
      help: 'Correct the file, or name another one with --config.',
      cause: error,
    })
  }
}

/**
 * The configuration of `cwd`, or of the file that is named; empty where there is none. Throws `no-config` (a named file is absent), `config-unreadable`, and what
 * `checkConfig` throws.
 */
export const loadConfig = async (cwd: string, path?: string): Promise<Config> => {
  const file = path === undefined ? await findConfig(resolve(cwd)) : resolve(cwd, path)
  if (file === undefined) return {}
  if (!(await isFile(file)))
    throw new ToolError('no-config', `There is no configuration file ${path}.`, { help: 'Name an existing pgstrata.config.ts, or leave --config out.' })
  return checkConfig(await load(file))
}
