/**
 * `pgstrata.lock` as text: one line for each migration with the hash of its SQL and of all before it, and a last line that is another one with every migration. Two
 * branches that each add a migration both change that line, so git stops at it, whatever else of their files fits together.
 */
import { ToolError } from '../model/error.ts'
import { withLf } from '../model/text.ts'

export const lockPath = 'pgstrata.lock'

/** One migration as the lock has it; `chain` is the hash of all up to and with it. */
export type LockLine = { readonly tag: string; readonly hash: string; readonly chain: string; readonly line: number }

/** `broken`: the line (from 1) at which the text is no lock any more. */
export type Lock = { readonly lines: readonly LockLine[]; readonly broken?: number }

type Hash = (text: string) => string

const head = [
  '# Every migration and the sha256 of its SQL, in order. pgstrata lock --write keeps it, pgstrata check compares.',
  '# The last line changes with every migration: branches that both add one conflict here on purpose; pgstrata resolve --write puts them in line.',
]

const link = (hash: Hash, before: string, tag: string, own: string): string => hash(`${before}\n${tag}\n${own}`)

/** The hash of a migration's SQL: what Drizzle's ledger has, and the same where git checks lines out with CR. */
export const lockHash = (hash: Hash, sql: string): string => hash(withLf(sql))

/** The lock of migrations in their order. Throws `journal-missing-file`: of a text that is not there nothing can be held. */
export const writeLock = (migrations: readonly { readonly tag: string; readonly sql: string | undefined }[], hash: Hash): string => {
  const lines: string[] = []
  let chain = ''
  for (const { tag, sql } of migrations) {
    if (sql === undefined)
      throw new ToolError('journal-missing-file', `The SQL file of ${tag} is missing: the journal names it, and no lock can hold its text.`, {
        help: 'Bring the file back from git (git log --all finds it), or take the entry out of the journal.',
      })
    const own = lockHash(hash, sql)
    chain = link(hash, chain, tag, own)
    lines.push(`${tag}  ${own}  ${chain.slice(0, 8)}`)
  }
  return `${[...head, ...lines, `end ${lines.length} ${chain.slice(0, 16)}`].join('\n')}\n`
}

/** Reads a lock, and whether it is whole: every line follows from those before it. What stands before the fault is answered. */
export const readLock = (text: string, hash: Hash): Lock => {
  const lines: LockLine[] = []
  let chain = ''
  for (const [at, row] of text.split(/\r?\n/).entries()) {
    if (row === '' || row.startsWith('#')) continue
    if (row === `end ${lines.length} ${chain.slice(0, 16)}`) return { lines }
    const [, tag, own, short] = /^(.+) {2}([0-9a-f]{64}) {2}([0-9a-f]{8})$/.exec(row) ?? []
    if (tag === undefined || own === undefined || short === undefined) return { lines, broken: at + 1 }
    chain = link(hash, chain, tag, own)
    if (!chain.startsWith(short)) return { lines, broken: at + 1 }
    lines.push({ tag, hash: own, chain: short, line: at + 1 })
  }
  return { lines, broken: text.split(/\r?\n/).length }
}
