/** The real histories that proofs run over. */
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const corpus = process.env.PGSTRATA_CORPUS ?? fileURLToPath(new URL('../../../shared/corpus', import.meta.url))

/** Throws where they are not: a proof that looks at nothing must not pass. */
export const needCorpus = (): void => {
  if (!existsSync(corpus)) throw new Error(`There are no migration histories in ${corpus}; set PGSTRATA_CORPUS.`)
}

/** A history as the folder `drizzle` of a project. */
export const copyHistory = (name: string, project: string): string => {
  const folder = join(project, 'drizzle')
  cpSync(join(corpus, name), folder, { recursive: true })
  return folder
}
