/** Which errors a simulation brings. */
import { readFileSync } from 'node:fs'
import type { CompilerError, Texts } from './compiler.ts'
import { lineAt } from './nodes.ts'

/** That a name is unused says nothing of who uses the part. */
const unused = new Set([6133, 6192, 6196, 6198, 6199, 6205])

/** Where an error is and what it is. Those of a file that was edited are told by their lines, the others by their places; what a message prints of a type may change everywhere. */
const keyOf = ({ file, start, code }: CompilerError, text: string | undefined): string =>
  `${file}:${text === undefined ? start : `line ${lineAt(text, start)}`}:${code}`

/** Errors that were not there before; one that was may hide another, which then names the part as the old one did not. */
export const fresh = (names: readonly string[], before: readonly CompilerError[], after: readonly CompilerError[], texts: Texts): readonly CompilerError[] => {
  const isNamed = ({ message }: CompilerError): boolean => names.some((name) => message.includes(`'${name}'`))
  const disk = new Map(Object.keys(texts).map((file) => [file, readFileSync(file, 'utf8')]))
  const known = new Map<string, boolean>()
  for (const error of before) {
    const key = keyOf(error, disk.get(error.file))
    known.set(key, isNamed(error) || known.get(key) === true)
  }
  return after.filter((error) => {
    const old = known.get(keyOf(error, texts[error.file]))
    return !unused.has(error.code) && (old === undefined || (!old && isNamed(error)))
  })
}
