/** Laws 1 and 2 over generated histories, in memory: shared by the quick and the long test. */
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { diff } from '../../src/changes/diff.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { equal } from '../../src/changes/equal.ts'
import { apply, definitions, invert } from '../../src/changes/index.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import type { Change, ChangeKind } from '../../src/model/change.ts'
import { frozen } from './freeze.ts'
import { histories, type Moment, moments } from './generate.ts'
import { fold } from './sql.ts'

/** Kinds that no generated history holds, and why. */
const notGenerated: { readonly [K in ChangeKind]?: string } = {
  opaque: 'a generated statement is one that memory can follow',
  'set-inheritance': 'inheritance and partitions have tests of their own',
  'attach-partition': 'inheritance and partitions have tests of their own',
  'detach-partition': 'inheritance and partitions have tests of their own',
  'attach-index': 'inheritance and partitions have tests of their own',
  'set-foreign-options': 'foreign tables are no part of generated histories; their examples hold the laws',
}

/** Kinds without an inverse in the catalog. */
const irreversible: ReadonlySet<ChangeKind> = new Set(['opaque', 'change-data'])

/** Plain maps: how a catalog shares its entries with others is no part of what it says. */
const plain = (catalog: Catalog): { readonly [map: string]: unknown } =>
  Object.fromEntries(Object.entries(catalog).map(([name, map]) => [name, new Map(map as ReadonlyMap<unknown, unknown>)]))

const same = (found: Catalog, wanted: Catalog, law: string): void => {
  if (!equal(found, wanted)) expect(plain(found), law).toEqual(plain(wanted))
}

const lawOne = ({ sql, before, changes }: Moment, seen: (change: Change) => void): void => {
  let catalog = before
  for (const change of changes) {
    seen(change)
    const after = apply(change, frozen(catalog))
    const inverse = invert(change, catalog)
    if ('irreversible' in inverse) expect(irreversible, `${change.kind} has no inverse: ${inverse.irreversible}`).toContain(change.kind)
    else {
      inverse.forEach(seen)
      same(fold(inverse, after), catalog, `law 1, ${change.kind} in ${sql}`)
    }
    catalog = after
  }
}

const lawTwo = (a: Catalog, b: Catalog, seen: (change: Change) => void): void => {
  const changes = diff(a, b)
  changes.forEach(seen)
  same(fold(changes, frozen(a)), b, 'law 2')
}

/** `seed` is printed, so that a run can be repeated: PGSTRATA_SEED. */
export const seedOf = (): number => Number(process.env.PGSTRATA_SEED ?? 20_261_122)

/** Runs the properties; fails with the shortest history it can find. */
export const holdsInMemory = ({ runs, length }: { readonly runs: number; readonly length: number }): void => {
  const seed = seedOf()
  const kinds = new Set<ChangeKind>()
  const codes = new Set<string>()
  let statements = 0
  const seen = ({ kind }: Change): void => void kinds.add(kind)
  const property = fc.property(histories(length), fc.nat(length), fc.nat(length), (history, from, to) => {
    const read = moments(history)
    for (const moment of read) lawOne(moment, seen)
    const catalogs = [emptyCatalog, ...read.map(({ after }) => after)]
    const at = (index: number): Catalog => catalogs[Math.min(index, history.length)] ?? emptyCatalog
    const pairs = [
      [0, history.length],
      [from, to],
      [history.length - 1, history.length],
    ] as const
    for (const [a, b] of pairs) {
      lawTwo(at(a), at(b), seen)
      lawTwo(at(b), at(a), seen)
    }
    expect(diff(at(from), at(from))).toEqual([])
    statements += history.length
    for (const { refused } of read) if (refused) codes.add(refused.sqlstate)
  })
  const missing = (): readonly string[] =>
    Object.keys(definitions).filter((kind) => !kinds.has(kind as ChangeKind) && notGenerated[kind as ChangeKind] === undefined)
  fc.assert(property, { seed, numRuns: runs })
  // A rare kind may need some more histories before it comes up.
  for (let round = 1; missing().length > 0 && round <= 10; round++) fc.assert(property, { seed: seed + round, numRuns: 50 })
  console.log(
    `seed ${seed}: ${statements / length} histories, ${statements} statements, ${kinds.size} kinds of change, refusals ${[...codes].sort().join(' ')}`,
  )
  expect(missing(), 'kinds that no history has').toEqual([])
}
