/** `diff(a, b)`: the changes that lead from one catalog to another, in an order in which each can be applied. */
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { keyOf, leadingName, member, type ObjectKey, parseKey } from '../model/name.ts'
import { compareFacts } from './compare/facts.ts'
import type { Unit } from './compare/unit.ts'
import { compareCatalogs } from './compare.ts'
import { dropOrder } from './dependents.ts'
import { dropChange } from './drop-change.ts'
import { equal } from './equal.ts'
import { apply, applyAll } from './index.ts'
import { eachReference } from './reference-index.ts'
import { keyBehind } from './references.ts'
import { unlike } from './unlike.ts'

/** Identities that end because another column, or none, has their sequence in `b`: the sequence goes with them and is made anew. */
const freedIdentities = (a: Catalog, b: Catalog): readonly Change[] =>
  [...a.sequences].flatMap(([name, { ownedBy }]): readonly Change[] => {
    const next = b.sequences.get(name)
    if (ownedBy?.mode !== 'internal' || next === undefined || equal(next.ownedBy, ownedBy)) return []
    return [{ kind: 'set-identity', on: ownedBy.table, column: ownedBy.column, to: undefined }]
  })

/** Drops of what `b` has not, or has otherwise than an ALTER can make it; what depends on it goes too and is made again. */
const drops = (a: Catalog, b: Catalog): readonly Change[] => {
  const changes: Change[] = [...freedIdentities(a, b)]
  let catalog = applyAll(changes, a)
  for (const { object } of dropOrder(catalog, unlike(catalog, b), true)) {
    const change = dropChange(catalog, object)
    catalog = apply(change, catalog)
    changes.push(change)
  }
  return changes
}

type Units = ReadonlyMap<string, Unit>

/** The unit that makes what a reference points to, if any unit does. */
const unitFor = (units: Units, to: ObjectKey): Unit | undefined => {
  const exact = units.get(to)
  if (exact) return exact
  const { kind, name } = parseKey(to)
  if (kind === 'column') return units.get(keyOf('table', leadingName(to))) ?? units.get(keyOf('view', leadingName(to)))
  if (kind === 'table' || kind === 'type') return units.get(keyOf('view', name)) ?? units.get(keyOf('table', name)) ?? units.get(keyOf('sequence', name))
  if (kind === 'routine') for (const [key, unit] of units) if (key.startsWith(`${to}(`)) return unit
  return undefined
}

/** What each unit needs made before it, from the references of the goal. */
const needs = (units: Units, b: Catalog): ReadonlyMap<Unit, ReadonlySet<Unit>> => {
  const edges = new Map<Unit, Set<Unit>>()
  const connect = (from: Unit | undefined, to: Unit | undefined): void => {
    if (!from || !to || from === to) return
    const known = edges.get(from) ?? new Set()
    known.add(to)
    edges.set(from, known)
  }
  eachReference(b, ({ from, to }) => {
    // OWNED BY has a unit of its own; the sequence itself comes before its column.
    if (from.startsWith('sequence ')) return
    const object = (from.endsWith(' default') ? from.slice(0, -' default'.length) : from) as ObjectKey
    const maker = units.get(from) ?? units.get(object) ?? units.get(keyOf('table', leadingName(object))) ?? units.get(keyOf('type', leadingName(object)))
    connect(maker, unitFor(units, to))
  })
  for (const [on, table] of b.tables) {
    for (const [name, constraint] of table.constraints) {
      const behind = constraint.type === 'foreign key' ? keyBehind(b, constraint) : undefined
      if (behind !== undefined) connect(units.get(keyOf('constraint', member(on, name))), unitFor(units, behind))
    }
  }
  for (const unit of units.values()) for (const other of unit.after) connect(unit, unitFor(units, other as ObjectKey) ?? units.get(other))
  return edges
}

/** The units in an order in which each comes after what it needs; phases decide where nothing else does. */
const sorted = (units: readonly Unit[], b: Catalog): readonly Unit[] => {
  const byKey = new Map(units.map((unit) => [unit.key as string, unit]))
  const edges = needs(byKey, b)
  const phased = [...units].sort((x, y) => x.phase - y.phase)
  const seen = new Set<Unit>()
  const order: Unit[] = []
  const visit = (unit: Unit): void => {
    if (seen.has(unit)) return
    seen.add(unit)
    const before = [...(edges.get(unit) ?? [])].sort((x, y) => x.phase - y.phase)
    for (const need of before) visit(need)
    order.push(unit)
  }
  for (const unit of phased) visit(unit)
  return order
}

/** Roles go last, when nothing is granted to them and no policy names them any more. */
const goneRoles = (a: Catalog, b: Catalog): readonly Change[] =>
  [...a.roles.keys()].filter((name) => !b.roles.has(name)).map((name) => ({ kind: 'drop-role', name }))

/**
 * The changes that lead from `a` to `b`: folding `apply` over them from `a` gives `b`; `diff(a, a)` is empty. Nothing is taken for a rename: names are
 * identity. Drops come first, dependents before what they depend on; then everything in dependency order.
 */
export const diff = (a: Catalog, b: Catalog): readonly Change[] => {
  if (a === b) return []
  const dropped = drops(a, b)
  const between = applyAll(dropped, a)
  const units = compareCatalogs(between, b)
  const made = sorted(units, b).flatMap(({ changes }) => changes)
  return [...dropped, ...made, ...compareFacts(applyAll(made, between), b), ...goneRoles(a, b)]
}
