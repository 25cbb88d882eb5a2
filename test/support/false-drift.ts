/** One history built in two engines: what differs then is no drift. */

import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { startOf } from '../../src/changes/start.ts'
import { type Comparison, compareSides, type Side } from '../../src/features/drift/compare.ts'
import { copyOf, loadScripts } from '../../src/features/drift/load.ts'
import type { Selection } from '../../src/features/drift/select.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { History } from '../../src/model/history.ts'
import { type Facet, facets, type PrintedCatalog } from '../../src/model/printed.ts'
import type { Script } from '../../src/model/statement.ts'
import { extensionsIn } from '../../src/sql/extensions.ts'
import { readScript } from '../../src/sql/script.ts'

export type Built = { readonly history: History; readonly scripts: readonly Script[]; readonly extensions: readonly string[] }

/** A folder's scripts, and the extensions that they need. */
export const readBuilt = async (folder: string): Promise<Built> => {
  const history = await readHistoryFolder(folder, {})
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const { created, assumed } = extensionsIn(scripts)
  return { history, scripts, extensions: [...created, ...assumed] }
}

/** What an engine prints after the whole history. */
export const printedIn = async (engine: Engine, { history, scripts }: Built): Promise<PrintedCatalog> => {
  const printed = await loadScripts(engine, scripts, startOf(scripts), history.ledger)
  if ('refusal' in printed) throw new Error(`${history.migrations[printed.migration]?.tag}: ${printed.refusal.message}`)
  return printed
}

const side = (name: string, printed: PrintedCatalog): Side => ({ name, live: true, printed, unknown: [] })

/** Everything but the minor versions of extensions, which every build of a server brings its own of. */
export const everything: Selection = { facets: new Set(facets.filter((facet): facet is Facet => facet !== 'versions')), include: [], exclude: [] }

/** Compares as `drift` does: where the majors differ, texts are printed by one server, `judge`. */
export const comparedIn = async (judge: Engine, a: PrintedCatalog, b: PrintedCatalog, selection = everything): Promise<Comparison> => {
  const major = ({ version }: PrintedCatalog): number => Math.floor(version / 10_000)
  if (major(a) === major(b)) return compareSides(side('a', a), side('b', b), selection)
  const told: Side[] = []
  for (const [name, printed] of [
    ['a', a],
    ['b', b],
  ] as const) {
    const { session, ...reprinted } = await copyOf(judge, printed)
    await session[Symbol.asyncDispose]()
    told.push({ ...side(name, printed), reprinted })
  }
  return compareSides(told[0] as Side, told[1] as Side, selection)
}
