/** Parsing with the grammar that a file's name calls for, and with a wider one where that fails. */
import type { ParserOptions } from 'oxc-parser'
import { type Parsed, parseText } from './parser.ts'

type Attempt = Pick<ParserOptions, 'lang' | 'sourceType'>

const wide: Attempt = { lang: 'tsx', sourceType: 'module' }
const script: Attempt = { lang: 'jsx', sourceType: 'commonjs' }

const attemptsFor = (path: string): readonly Attempt[] => {
  if (/\.d\.[cm]?ts$/.test(path)) return [{ lang: 'dts', sourceType: 'module' }]
  if (/\.[cm]?ts$/.test(path)) return [{ lang: 'ts', sourceType: 'module' }, wide]
  if (/\.(tsx|vue|svelte|astro)$/.test(path)) return [wide, { lang: 'ts', sourceType: 'module' }]
  return [{ lang: 'jsx', sourceType: path.endsWith('.cjs') ? 'commonjs' : 'module' }, script, wide]
}

/** The script of an Astro page is the body of a function: `return Astro.redirect('/')`. The parser says so, and reads on. */
const isAllowed = (path: string, message: string): boolean => path.endsWith('.astro') && message.startsWith("A 'return' statement")

const parsedBy = (path: string, text: string, options: ParserOptions): Parsed => {
  const { program, errors } = parseText(path, text, options)
  return { program, errors: errors.filter(({ message }) => !isAllowed(path, message)) }
}

const isSound = ({ errors }: Parsed): boolean => errors.every(({ severity }) => severity !== 'Error')

/** Where none succeeds, the first one's answer: it is the grammar that the file claims. */
export const parseSource = (path: string, text: string): Parsed => {
  const [first = wide, ...others] = attemptsFor(path)
  const parse = (attempt: Attempt): Parsed => parsedBy(path, text, { ...attempt, astType: 'ts', preserveParens: false })
  const result = parse(first)
  if (isSound(result)) return result
  for (const other of others) {
    const again = parse(other)
    if (isSound(again)) return again
  }
  return result
}
