/** A schema as layers: the columns of each version, by when their table was made. */
import type { Chain } from '../../features/version/compatibility.ts'
import type { RelationName } from '../../model/name.ts'
import { inSchema, parseKey, qualified, schemaOf } from '../../model/name.ts'

const mostLayers = 7

type Births = ReadonlyMap<RelationName, number>

/** The version that made each table which is there; a table keeps its age when it is renamed. */
const birthsIn = ({ catalogs, steps }: Chain): readonly Births[] => {
  let known: Births = new Map()
  return catalogs.map(({ tables }, at) => {
    const ages = new Map(known)
    for (const change of (steps.get(at) ?? []).flatMap(({ changes }) => changes)) {
      const from = change.kind === 'rename-table' ? change.name : change.kind === 'set-schema' ? (parseKey(change.object).name as RelationName) : undefined
      const age = from === undefined ? undefined : ages.get(from)
      if (from === undefined || age === undefined) continue
      ages.set(change.kind === 'set-schema' ? inSchema(from, change.to) : qualified(schemaOf(from), change.kind === 'rename-table' ? change.to : ''), age)
    }
    known = new Map([...tables.keys()].map((name) => [name, ages.get(name) ?? at]))
    return known
  })
}

/** The ages at which layers begin, so that each has about as many columns as the others. */
const cuts = (biggest: ReadonlyMap<number, number>): readonly number[] => {
  const ages = [...biggest].toSorted(([a], [b]) => a - b)
  const share = ages.reduce((sum, [, columns]) => sum + columns, 0) / mostLayers
  const found: number[] = []
  let filled = Number.POSITIVE_INFINITY
  for (const [age, columns] of ages) {
    if (filled >= share && found.length < mostLayers) {
      found.push(age)
      filled = 0
    }
    filled += columns
  }
  return found
}

/** By version, the columns of each layer. */
export const layersOf = (chain: Chain): readonly (readonly number[])[] => {
  const births = birthsIn(chain)
  const byAge = births.map((ages, at) => {
    const columns = new Map<number, number>()
    for (const [name, age] of ages) columns.set(age, (columns.get(age) ?? 0) + (chain.catalogs[at]?.tables.get(name)?.columns.length ?? 0))
    return columns
  })
  const biggest = new Map<number, number>()
  for (const columns of byAge) for (const [age, count] of columns) biggest.set(age, Math.max(biggest.get(age) ?? 0, count))
  const starts = cuts(biggest)
  return byAge.map((columns) =>
    starts.map((start, layer) => {
      const next = starts[layer + 1] ?? Number.POSITIVE_INFINITY
      return [...columns].reduce((sum, [age, count]) => (age >= start && age < next ? sum + count : sum), 0)
    }),
  )
}
