/** The drizzle-kit of the user's project, and where its programming interface is. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ToolError } from '../../model/error.ts'
import { isFile } from '../project/packages.ts'

export type Kit = {
  readonly version: string
  /** The module to load: of 1.0 `drizzle-kit/api-postgres`, before `drizzle-kit/api`. */
  readonly api: string
  /** The module whose `generate` is the command itself: `drizzle-kit/cli`, from 1.0.0-rc.4 on. */
  readonly generator?: string
  /** 1.0 and its betas: filters of schemas are part of what the schema is. */
  readonly isV1: boolean
}

/** `package.json` of the drizzle-kit that a module in the directory would get. */
const manifestOf = async (directory: string): Promise<string | undefined> => {
  const path = join(directory, 'node_modules', 'drizzle-kit', 'package.json')
  if (await isFile(path)) return path
  return dirname(directory) === directory ? undefined : manifestOf(dirname(directory))
}

const resolved = (from: string, name: string): string | undefined => {
  try {
    return createRequire(from).resolve(name)
  } catch {
    // Not among what this version exports.
    return undefined
  }
}

const versionIn = (text: string): string => {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null && 'version' in value ? String(value.version) : 'of no version'
}

/** Throws `no-drizzle-kit` where none is installed, `drizzle-kit-not-known` where its version has no such interface. */
export const findKit = async (directory: string): Promise<Kit> => {
  const manifest = await manifestOf(directory)
  if (manifest === undefined)
    throw new ToolError('no-drizzle-kit', `drizzle-kit is not installed in ${directory}.`, {
      help: 'A TypeScript schema is turned into SQL by the project’s own drizzle-kit: npm install --save-dev drizzle-kit',
    })
  const version = versionIn(await readFile(manifest, 'utf8'))
  const [postgres, api, generator] = ['drizzle-kit/api-postgres', 'drizzle-kit/api', 'drizzle-kit/cli'].map((name) =>
    resolved(manifest.replace(/package\.json$/, 'x.js'), name),
  )
  const module = postgres ?? api
  if (module === undefined)
    throw new ToolError('drizzle-kit-not-known', `drizzle-kit ${version} cannot be asked for the SQL of a schema.`, {
      help: 'drizzle-kit 0.24 to 0.31 and 1.0 can: npm install --save-dev drizzle-kit@latest',
    })
  return { version, api: module, isV1: !version.startsWith('0.'), ...(generator === undefined ? {} : { generator }) }
}
