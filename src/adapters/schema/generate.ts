/** drizzle-kit 1.0's own `generate`, over a copy of the folder's snapshots: it writes there what it would write, and the copy is thrown away. */
import { readFile } from 'node:fs/promises'
import { basename, dirname, sep } from 'node:path'
import { members, part, word, words } from '../../drizzle/snapshot-json.ts'
import { ToolError } from '../../model/error.ts'
import type { Json, Tree } from '../../model/json.ts'
import type { Generated } from '../../model/world.ts'
import { splitChunks } from '../../sql/chunks.ts'
import { isTree } from '../../sql/tree.ts'
import { byKit } from './failure.ts'

/** A path as a glob that means nothing but it. */
export const asGlob = (path: string): string =>
  path
    .split(sep)
    .join('/')
    .replaceAll(/[*?[\]{}()!+@]/g, '\\$&')

const question = (missing: Tree): string =>
  `whether ${(word(missing, 'kind') ?? 'an object').replaceAll('_', ' ')} ${words(missing, 'entity').join('.')} is new or renamed`

/** What is asked where nobody says of what. */
export const anyRename = 'what of it is new and what is renamed'

const questionsOf = (answer: Tree): readonly string[] => {
  const missing = members(answer, 'unresolved')
  return missing.length === 0 ? [anyRename] : missing.map(question)
}

const statementsIn = async (path: string): Promise<readonly string[]> =>
  splitChunks(await readFile(path, 'utf8'))
    .map(({ text }) => text.trim())
    .filter((text) => text !== '')

const conflictIn = (error: Tree): string => {
  const [a, b] = members(members(error, 'details')[0] ?? {}, 'branches').map((branch) => word(branch, 'statementDescription') ?? 'a statement')
  return `for it ${a} and ${b} are in conflict`
}

/** Its own messages do not come with the answer, only what they are about. */
const whyRefused = (error: Tree): string => {
  const snapshot = `${basename(dirname(word(error, 'snapshot') ?? ''))}/snapshot.json`
  switch (word(error, 'kind')) {
    case 'conflicts':
      return conflictIn(error)
    case 'non_latest':
      return `${snapshot} is of an older version`
    case 'unsupported':
      return `${snapshot} is of a version that it does not know`
    case 'order':
      return `${snapshot} comes before its parent`
    case 'malformed':
      return `${snapshot} is malformed, or what it comes from is missing`
    default:
      return word(error, 'kind') ?? 'it does not say why'
  }
}

const refusal = (error: Tree, version: string): ToolError => {
  if (word(error, 'code') !== 'check_error') return byKit(version, word(error, 'message') ?? word(error, 'code') ?? '')
  return new ToolError('drizzle-kit-refuses', `drizzle-kit ${version} refuses the folder: ${whyRefused(error)}.`, {
    help: '`drizzle-kit check` says more; `drizzle-kit up` brings old snapshots to its version.',
    exit: 3,
  })
}

/** What it says: the statements that it has written, what it asks, or why it does neither. */
export const generatedOf = async (answer: Json, version: string): Promise<Generated> => {
  const told = isTree(answer) ? answer : {}
  switch (word(told, 'status')) {
    case 'no_changes':
      return { statements: [], questions: [] }
    case 'ok':
      return { statements: await statementsIn(word(told, 'migration_path') ?? ''), questions: [] }
    case 'missing_hints':
      return { statements: [], questions: questionsOf(told) }
    default:
      throw refusal(part(told, 'error'), version)
  }
}
