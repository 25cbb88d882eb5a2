/** What a text tells without its tree: what it imports, and which words it has. */
import { parseSync } from 'oxc-parser'
import { isTooDeep } from './lower/nesting.ts'
import { scriptOf } from './lower/script.ts'

export type Scan = {
  /** Specifiers, also of re-exports, `import('./x')` and `require('./x')`. */
  readonly imports: readonly string[]
  /** The words that the text has, of those asked for. */
  readonly words: readonly string[]
}

const quoted = /^\s*(['"`])([^'"`$\n]+)\1\s*$/
const required = /\b(?:require|import)\s*\(\s*(['"`])([^'"`$\n]+)\1/g
const importsAnything = /\bimport\b|\bexport\b|\brequire\b/

const languageOf = (path: string): 'ts' | 'tsx' | 'jsx' | 'dts' => {
  if (/\.d\.[cm]?ts$/.test(path)) return 'dts'
  if (/\.[cm]?ts$/.test(path)) return 'ts'
  return /\.[cm]?jsx?$/.test(path) ? 'jsx' : 'tsx'
}

const importsOf = (path: string, text: string): readonly string[] => {
  const source = scriptOf(path, text)
  if (!importsAnything.test(source) || isTooDeep(source)) return []
  // The tree is never touched: it would cost four times as much.
  const { module } = parseSync(path, source, { lang: languageOf(path), sourceType: 'module' })
  const exported = module.staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []))
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest }) => quoted.exec(source.slice(moduleRequest.start, moduleRequest.end))?.[2] ?? [])
  const old = source.includes('require') ? [...source.matchAll(required)].flatMap((match) => match[2] ?? []) : []
  return [...new Set([...module.staticImports.map(({ moduleRequest }) => moduleRequest.value), ...exported, ...dynamic, ...old])]
}

export const scanText = (path: string, text: string, words: readonly string[]): Scan => ({
  imports: importsOf(path, text),
  words: words.filter((word) => text.includes(word)),
})
