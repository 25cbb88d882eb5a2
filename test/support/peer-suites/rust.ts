/** Tests written in Rust, as far as their SQL stands in them as a string. */
import type { PeerCase, PeerCases } from './case.ts'

const string = /r(#*)"([\s\S]*?)"\1|"((?:[^"\\]|\\[\s\S])*)"/

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' }

/** `\` before a line's end joins it to the next one's first word. */
const unescaped = (text: string): string => text.replaceAll(/\\(\n\s*|[\s\S])/g, (_all, next: string) => (next.startsWith('\n') ? '' : (escapes[next] ?? next)))

/** The value of a string literal that begins the text. */
const literal = (text: string): string | undefined => {
  const found = new RegExp(`^\\s*&?(?:${string.source})`).exec(text)
  if (!found) return undefined
  const [, , raw, plain] = found
  return raw ?? unescaped(plain ?? '')
}

/** The text up to the parenthesis that closes the one before it; strings are stepped over. */
const upToClosing = (text: string): string => {
  const token = new RegExp(`${string.source}|[()]`, 'g')
  let depth = 1
  for (const match of text.matchAll(token)) {
    if (match[0] === '(') depth++
    if (match[0] === ')' && --depth === 0) return text.slice(0, match.index)
  }
  return text
}

export type RustTest = { readonly name: string; readonly body: string }

/** The functions marked `#[test]`. */
export const rustTests = (source: string): readonly RustTest[] =>
  source
    .split(/#\[test\]\s*/)
    .slice(1)
    .flatMap((part) => {
      const [, name] = /^(?:#\[[^\]]*\]\s*)*fn (\w+)\(/.exec(part) ?? []
      return name === undefined ? [] : [{ name, body: part }]
    })

/** A call in a test: its function, all between its parentheses, and its first argument where that is a string or a variable that holds one. */
export type RustCall = { readonly name: string; readonly args: string; readonly text: string | undefined; readonly at: number }

/** The calls of functions whose names match, in order. */
export const callsIn = ({ body }: RustTest, names: RegExp): readonly RustCall[] =>
  [...body.matchAll(new RegExp(`\\b(${names.source})\\(`, 'g'))].map((match) => {
    const at = match.index
    const args = upToClosing(body.slice(at + match[0].length))
    const variable = /^\s*&?(\w+)\s*(?:,|$)/.exec(args)?.[1]
    const bound = variable === undefined ? undefined : [...body.slice(0, at).matchAll(new RegExp(`let ${variable}(?:: [^=]+)? =`, 'g'))].at(-1)
    return { name: match[1] ?? '', args, text: literal(args) ?? (bound && literal(body.slice(bound.index + bound[0].length))), at }
  })

/** True for a call that its assertion negates: `assert!(!fires(…))`. */
export const isNegated = ({ body }: RustTest, { at }: RustCall): boolean => /!\s*$/.test(body.slice(0, at))

/** The cases of a file's tests. A test without any, or with one that could not be read, is told as unread. */
export const casesOf = (file: string, tests: readonly RustTest[], read: (test: RustTest) => readonly (PeerCase | undefined)[]): PeerCases => {
  const all = tests.map((test) => ({ test, found: read(test) }))
  return {
    cases: all.flatMap(({ found }) => found.flatMap((each) => each ?? [])),
    unread: all.flatMap(({ test, found }) => (found.length === 0 || found.includes(undefined) ? [`${file}: ${test.name}`] : [])),
  }
}

/** What was read of several files, together. */
export const together = (parts: readonly PeerCases[]): PeerCases => ({
  cases: parts.flatMap(({ cases }) => cases),
  unread: parts.flatMap(({ unread }) => unread),
})
