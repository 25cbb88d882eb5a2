/** The list of packages in a pnpm-workspace.yaml. */
import { isObject } from '../../model/json.ts'

const key = /^packages:\s*(?:#.*)?$/
const item = /^\s*-\s+(?:'([^']*)'|"([^"\\]*)"|([A-Za-z./][\w./*-]*))(?:\s+#.*)?\s*$/
const isEmpty = (line: string): boolean => /^\s*(?:#.*)?$/.test(line)

/** The list as people write it: to load what reads YAML takes longer than all else about the workspace. Undefined where it is written otherwise. */
const plainly = (text: string): readonly string[] | undefined => {
  const lines = text.split(/\r?\n/)
  const start = lines.findIndex((line) => key.test(line))
  const below = lines.slice(start + 1)
  const end = below.findIndex((line) => /^\w/.test(line))
  const items = (end < 0 ? below : below.slice(0, end)).filter((line) => !isEmpty(line)).map((line) => item.exec(line))
  if (start < 0 || items.includes(null)) return undefined
  return items.map((found) => found?.[1] ?? found?.[2] ?? found?.[3] ?? '')
}

const fromYaml = async (text: string): Promise<unknown> => {
  const { parse } = await import('yaml')
  // A warning would be written to standard error by Node.
  const value: unknown = parse(text, { logLevel: 'error' })
  return isObject(value) ? value.packages : undefined
}

export const listIn = async (text: string): Promise<unknown> => plainly(text) ?? fromYaml(text)
