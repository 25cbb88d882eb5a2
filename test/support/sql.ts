/** What tests of the algebra share. */

import { emptyCatalog } from '../../src/changes/edit.ts'
import { apply } from '../../src/changes/index.ts'
import { readStatement } from '../../src/changes/read.ts'
import { freshSession, type SessionState } from '../../src/changes/reading.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import type { Change } from '../../src/model/change.ts'
import { readStatements } from '../../src/sql/script.ts'

export type Played = {
  readonly catalog: Catalog
  readonly session: SessionState
  readonly changes: readonly { readonly change: Change; readonly before: Catalog; readonly after: Catalog }[]
}

/** Reads statements in memory, in a fresh session or after another play, and keeps the catalogs around every change. Refusals are thrown. */
export const play = (sql: string, start: Pick<Played, 'catalog' | 'session'> = { catalog: emptyCatalog, session: freshSession }): Played => {
  const changes: { change: Change; before: Catalog; after: Catalog }[] = []
  let { catalog, session } = start
  for (const statement of readStatements(sql)) {
    const read = readStatement(statement, catalog, session)
    for (const change of read.changes) {
      const after = apply(change, catalog)
      changes.push({ change, before: catalog, after })
      catalog = after
    }
    session = read.session
  }
  return { catalog, session, changes }
}

/** Folds changes over a catalog. */
export const fold = (changes: readonly Change[], catalog: Catalog): Catalog => changes.reduce((current, change) => apply(change, current), catalog)
