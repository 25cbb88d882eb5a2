/** A history with archives that nobody has contracted, beside the plain one. */
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine } from '../../src/adapters/engines/index.ts'
import type { Comparison } from '../../src/features/drift/compare.ts'
import { comparedIn, everything, printedIn, readBuilt } from './false-drift.ts'

/** Builds both folders, the second with other texts for some migrations (by tag), and compares them without the archives. */
export const comparedRewritten = async (folder: string, texts: ReadonlyMap<string, string>): Promise<Comparison> => {
  const copy = mkdtempSync(join(tmpdir(), 'pgstrata-rewritten-'))
  try {
    cpSync(folder, copy, { recursive: true })
    for (const [tag, text] of texts) {
      const [journal, own] = [join(copy, `${tag}.sql`), join(copy, tag, 'migration.sql')]
      writeFileSync(existsSync(own) ? own : journal, text)
    }
    const [plain, rewritten] = [await readBuilt(folder), await readBuilt(copy)]
    // Roles that a history makes are a whole server's.
    await using engine = await openEngine({ extensions: plain.extensions, profile: 'replay' })
    await using other = await openEngine({ extensions: plain.extensions, profile: 'replay' })
    const facets = new Set([...everything.facets].filter((facet) => facet !== 'archives' && facet !== 'order'))
    return await comparedIn(engine, await printedIn(engine, plain), await printedIn(other, rewritten), { ...everything, facets })
  } finally {
    rmSync(copy, { recursive: true })
  }
}
