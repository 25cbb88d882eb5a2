/** Differences as a person tells them: one item for a whole table that is missing, not one for each of its columns. */
import { partsOf, quoteIdentifier } from '../../model/name.ts'
import { type Facet, facetOfKind, type PrintedDifference, type PrintedObject } from '../../model/printed.ts'
import { requoted } from '../../sql/printed/parts.ts'
import { tableOfIndex } from '../../sql/printed/tables.ts'
import { schemaOfObject, targetOf } from './names.ts'

/** As the second side is seen from the first. */
export type DriftKind = 'missing' | 'extra' | 'changed'

export type DriftItem = {
  readonly kind: DriftKind
  readonly difference: PrintedDifference
  /** What is missing or extra with it: a table's columns, keys, indexes, owner. */
  readonly parts: readonly PrintedDifference[]
  readonly facet?: Facet
}

export const kindOf = ({ from, to }: PrintedDifference): DriftKind => (from === undefined ? 'extra' : to === undefined ? 'missing' : 'changed')

const eitherOf = ({ from, to }: PrintedDifference): PrintedObject['value'] => from ?? to ?? {}

const key = (kind: string, identity: string): string => `${kind} ${identity}`

const prefix = (identity: string, parts: number): string => partsOf(identity).slice(0, parts).map(quoteIdentifier).join('.')

/** Kinds whose identity is their owner's with a part more. */
const members = new Set(['column', 'attribute', 'constraint', 'not-null', 'trigger', 'rule', 'policy', 'domain constraint'])

/** What an object may be a part of, the nearest first. */
const ownersOf = (difference: PrintedDifference): readonly string[] => {
  const { kind, identity } = difference
  const value = eitherOf(difference)
  if (kind === 'index') {
    const table = tableOfIndex(String(value.definition))
    return [...(typeof value.constraint === 'string' ? [key('constraint', `${table}.${quoteIdentifier(value.constraint)}`)] : []), ...relation(table)]
  }
  if (kind === 'sequence') {
    const owned = value.ownedBy as { readonly table: string; readonly column: string } | undefined
    const table = owned ? requoted(owned.table) : ''
    return owned ? [key('column', `${table}.${quoteIdentifier(owned.column)}`), ...relation(table)] : []
  }
  if (kind === 'statistics') {
    const table = / FROM ((?:"(?:[^"]|"")*"|[^\s"])+)$/.exec(String(value.definition))?.[1]
    return table === undefined ? [] : relation(requoted(table))
  }
  if (kind === 'domain not-null') return [key('type', identity)]
  if (kind === 'not-null') return [key('column', identity), ...relation(prefix(identity, 2))]
  if (members.has(kind)) return relation(prefix(identity, 2))
  if (kind === 'extension version') return [key('extension', identity)]
  const target = targetOf(difference)
  if (target.kind === kind) return []
  return [key(target.kind, target.identity), ...(partsOf(target.identity).length > 2 ? relation(prefix(target.identity, 2)) : [])]
}

const inheritance = ['inherited', 'local']

const sameBut = (from: PrintedObject['value'], to: PrintedObject['value'], keys: readonly string[]): boolean => {
  const rest = (value: PrintedObject['value']): string => JSON.stringify(Object.entries(value).filter(([name]) => !keys.includes(name)))
  return rest(from) === rest(to)
}

const relation = (identity: string): readonly string[] => [key('table', identity), key('view', identity), key('type', identity)]

/** Folds what belongs to a missing or an extra object into it; a schema takes all that stands in it. */
export const itemsOf = (differences: readonly PrintedDifference[]): readonly DriftItem[] => {
  const whole = new Map(differences.filter((each) => kindOf(each) !== 'changed').map((each) => [key(each.kind, each.identity), each]))
  const sameWay = (owner: string, kind: DriftKind): boolean => {
    const found = whole.get(owner)
    return found !== undefined && kindOf(found) === kind
  }
  const holderOf = (each: PrintedDifference): string | undefined => {
    const kind = kindOf(each)
    const schema = schemaOfObject(each)
    const inSchema = schema === undefined ? [] : [key('schema', quoteIdentifier(schema))]
    return [...ownersOf(each), ...inSchema].find((owner) => owner !== key(each.kind, each.identity) && sameWay(owner, kind))
  }
  // A changed constraint changes its index, too.
  const changedWithIt = (each: PrintedDifference): boolean => {
    const value = eitherOf(each)
    if (each.kind !== 'index' || typeof value.constraint !== 'string' || kindOf(each) !== 'changed') return false
    const constraint = `${tableOfIndex(String(value.definition))}.${quoteIdentifier(value.constraint)}`
    return differences.some(({ kind, identity }) => kind === 'constraint' && identity === constraint)
  }
  // A table that leaves its parent takes what it inherited for its own.
  const changedTables = new Map(differences.filter((each) => each.kind === 'table' && kindOf(each) === 'changed').map((each) => [each.identity, each]))
  const disinherited = (each: PrintedDifference): PrintedDifference | undefined =>
    each.from && each.to && members.has(each.kind) && sameBut(each.from, each.to, inheritance) ? changedTables.get(prefix(each.identity, 2)) : undefined
  const holders = new Map(
    differences.map((each) => [each, changedWithIt(each) ? 'its constraint' : disinherited(each) ? 'its table' : holderOf(each)] as const),
  )
  const root = (each: PrintedDifference): PrintedDifference => {
    const holder = holders.get(each)
    const above = holder === undefined ? undefined : (whole.get(holder) ?? disinherited(each))
    return above === undefined ? each : root(above)
  }
  const parts = new Map<PrintedDifference, PrintedDifference[]>()
  for (const each of differences) {
    const holder = root(each)
    if (holder !== each) parts.set(holder, [...(parts.get(holder) ?? []), each])
  }
  return differences
    .filter((each) => holders.get(each) === undefined)
    .map((difference): DriftItem => {
      const facet = difference.kind === 'column order' ? 'order' : facetOfKind(difference.kind)
      return { kind: kindOf(difference), difference, parts: parts.get(difference) ?? [], ...(facet ? { facet } : {}) }
    })
}
