/** Histories that begin alike, parsed and replayed once as far as they do. */
import type { Catalog } from '../model/catalog.ts'
import type { Script } from '../model/statement.ts'
import { readScript } from '../sql/script.ts'
import { emptyCatalog } from './edit.ts'
import { equal } from './equal.ts'
import { type Replay, replay } from './replay.ts'

type Known = { readonly scripts: readonly Script[]; readonly start: Catalog; readonly replayed: Replay }

/** How many of the first scripts are the same ones. */
const common = (a: readonly Script[], b: readonly Script[]): number => {
  const end = a.findIndex((script, at) => script !== b[at])
  return end < 0 ? a.length : end
}

const continued = (scripts: readonly Script[], { replayed: { steps, catalogs } }: Known, from: number, before: Catalog): Replay => {
  const rest = replay(scripts.slice(from), before)
  return {
    steps: [...steps.filter(({ migration }) => migration < from), ...rest.steps.map((step) => ({ ...step, migration: step.migration + from }))],
    catalogs: [...catalogs.slice(0, from), ...rest.catalogs],
    catalog: rest.catalogs.length === 0 ? before : rest.catalog,
  }
}

/** Remembers what it has read, as long as it lives. The parser must be loaded. */
export class Readings {
  readonly #scripts = new Map<string, Script>()
  readonly #known: Known[] = []

  /** A migration's text as statements. */
  scriptOf(sql: string): Script {
    const known = this.#scripts.get(sql)
    if (known) return known
    const script = readScript(sql)
    this.#scripts.set(sql, script)
    return script
  }

  /** What `replay` answers. Only scripts that were read here are known again. */
  replay(scripts: readonly Script[], start: Catalog = emptyCatalog): Replay {
    const alike = this.#known.filter((each) => equal(each.start, start)).map((each) => ({ each, from: common(each.scripts, scripts) }))
    const best = alike.toSorted((a, b) => b.from - a.from)[0]
    const before = best?.each.replayed.catalogs[best.from - 1]
    const replayed = best && before ? continued(scripts, best.each, best.from, before) : replay(scripts, start)
    this.#known.push({ scripts, start, replayed })
    return replayed
  }
}
