/** The real histories that proofs run over, and the real merges beside them. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const corpus = process.env.PGSTRATA_CORPUS ?? fileURLToPath(new URL('../../../shared/corpus', import.meta.url))

/** All histories; none where there is no corpus. */
export const historyNames: readonly string[] = existsSync(corpus)
  ? readdirSync(corpus, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))
  : []

/** Throws where there are none: a proof that looks at nothing must not pass. */
export const needCorpus = (): void => {
  if (historyNames.length === 0) throw new Error(`There are no migration histories in ${corpus}; set PGSTRATA_CORPUS.`)
}

/** A history as the folder `drizzle` of a project. */
export const copyHistory = (name: string, project: string): string => {
  const folder = join(project, 'drizzle')
  cpSync(join(corpus, name), folder, { recursive: true })
  return folder
}

/** The real merges, unpacked into a new directory. */
export const unpackMerges = (): string => {
  const archive = join(corpus, '../merges.tar.xz')
  if (!existsSync(archive)) throw new Error(`There are no real merges in ${archive}; set PGSTRATA_CORPUS.`)
  const directory = mkdtempSync(join(tmpdir(), 'pgstrata-merges-'))
  execFileSync('tar', ['-xJf', archive, '-C', directory])
  return directory
}
