/** In which order tables get their rows: parents first; tables that refer to each other in a circle together, twice. */
import { rootOf } from '../changes/found-by.ts'
import type { Catalog } from '../model/catalog.ts'
import type { RelationName } from '../model/name.ts'
import type { Facts, ForeignKey } from './facts.ts'

/** Tables that refer to each other, or one that stands alone. */
export type Group = {
  readonly members: readonly Facts[]
  /** One of them refers to itself or to another that refers back. */
  readonly circular: boolean
  /** Foreign keys that cannot be NULL and whose parents get their rows later. */
  readonly promised: ReadonlySet<ForeignKey>
}

/** True for a foreign key that cannot be NULL. */
export const isRequiredKey = ({ columns }: ForeignKey, { required }: Facts): boolean => columns.every((column) => required.has(column))

/** The tables with all that their foreign keys lead to. */
export const withParents = (
  start: Iterable<RelationName>,
  factsOf: (name: RelationName) => Facts | undefined,
  catalog: Catalog,
): ReadonlyMap<RelationName, Facts> => {
  const found = new Map<RelationName, Facts>()
  const waiting = [...start]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const facts = found.has(name) ? undefined : factsOf(name)
    if (!facts) continue
    found.set(name, facts)
    waiting.push(...facts.foreignKeys.map(({ references }) => rootOf(catalog, references)))
  }
  return found
}

type Graph = { readonly tables: ReadonlyMap<RelationName, Facts>; readonly parentsOf: (facts: Facts) => readonly RelationName[] }

/** Strongly connected components, parents before children (Tarjan). */
const components = ({ tables, parentsOf }: Graph): readonly (readonly Facts[])[] => {
  const index = new Map<RelationName, number>()
  const low = new Map<RelationName, number>()
  const stack: Facts[] = []
  const onStack = new Set<RelationName>()
  const found: Facts[][] = []
  const visit = (facts: Facts): void => {
    const at = index.size
    index.set(facts.name, at)
    low.set(facts.name, at)
    stack.push(facts)
    onStack.add(facts.name)
    for (const parent of parentsOf(facts)) {
      const other = tables.get(parent)
      if (!other) continue
      if (!index.has(parent)) visit(other)
      if (onStack.has(parent)) low.set(facts.name, Math.min(low.get(facts.name) ?? at, low.get(parent) ?? at))
    }
    if (low.get(facts.name) !== at) return
    const component = stack.splice(stack.indexOf(facts))
    for (const { name } of component) onStack.delete(name)
    found.push(component)
  }
  for (const facts of tables.values()) if (!index.has(facts.name)) visit(facts)
  return found
}

/** Those first whose parents may be absent or are there; where all wait for each other, the one that waits for the fewest. */
const inside = (component: readonly Facts[], requiredParents: (facts: Facts) => readonly RelationName[]): readonly Facts[] => {
  const left = new Map(component.map((facts) => [facts.name, facts]))
  const ordered: Facts[] = []
  const waits = (facts: Facts): number => requiredParents(facts).filter((parent) => parent !== facts.name && left.has(parent)).length
  while (left.size > 0) {
    const next = [...left.values()].reduce((best, facts) => (waits(facts) < waits(best) ? facts : best))
    ordered.push(next)
    left.delete(next.name)
  }
  return ordered
}

/** Groups of tables, each after those that it refers to. */
export const groupsOf = (tables: ReadonlyMap<RelationName, Facts>, catalog: Catalog): readonly Group[] => {
  const parentOf = ({ references }: ForeignKey): RelationName => rootOf(catalog, references)
  const parentsOf = ({ foreignKeys }: Facts): readonly RelationName[] => foreignKeys.map(parentOf)
  const requiredParents = (facts: Facts): readonly RelationName[] => facts.foreignKeys.filter((key) => isRequiredKey(key, facts)).map(parentOf)
  return components({ tables, parentsOf }).map((component) => {
    const members = inside(component, requiredParents)
    const position = new Map(members.map(({ name }, at) => [name, at]))
    const circular = members.some((facts) => parentsOf(facts).some((parent) => position.has(parent)))
    const promised = members.flatMap((facts, at) => facts.foreignKeys.filter((key) => isRequiredKey(key, facts) && (position.get(parentOf(key)) ?? -1) > at))
    return { members, circular, promised: new Set(promised) }
  })
}
