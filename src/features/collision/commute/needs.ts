/** What statements need that the other side has removed, where memory itself does not look. */
import { statementUsesLabel, takesUpLabel } from '../../../changes/enum-labels.ts'
import { rolesOfStep } from '../../../changes/needed-roles.ts'
import { referencesAbout } from '../../../changes/reference-index.ts'
import type { Reference } from '../../../changes/references.ts'
import type { Catalog } from '../../../model/catalog.ts'
import { leadingName, type ObjectKey, parseKey, partsOf, type QualifiedName } from '../../../model/name.ts'
import { extensionOf } from '../../../sql/extensions.ts'
import { type Effect, renames, touchedBy } from './acts.ts'
import { type Names, namedBy, statementsAbout } from './named.ts'

const relationKinds: ReadonlySet<string> = new Set(['table', 'view', 'type', 'sequence'])

/** True when a name stands for that object: a row type for its table, a routine without its arguments for each of that name. */
const means = (name: ObjectKey, object: ObjectKey): boolean => {
  if (name === object) return true
  const [to, own] = [parseKey(name), parseKey(object)]
  if (own.kind === 'routine') return to.kind === 'routine' && own.name.startsWith(`${to.name}(`)
  return relationKinds.has(own.kind) && relationKinds.has(to.kind) && own.name === to.name
}

const isOf = (effect: Effect): ((from: ObjectKey) => boolean) => {
  const touched = new Set<string>(touchedBy(effect))
  const owners = new Set(touchedBy(effect).map((object) => `${parseKey(object).kind} ${leadingName(object)}`))
  return (from) => touched.has(from.replace(/ default$/, '')) || owners.has(from)
}

const about = (catalog: Catalog, object: ObjectKey): readonly Reference[] => referencesAbout(catalog, object).filter(({ to }) => means(to, object))

/** True when the statement makes something that points to the object. */
export const pointsTo = (effect: Effect, object: ObjectKey): boolean => {
  // What is only called otherwise points to what it pointed to before.
  if (renames(effect)) return false
  const { before, after } = effect.step
  const own = isOf(effect)
  const old = new Set(about(before, object).map(({ from, to }) => `${from}\0${to}`))
  return about(after, object).some(({ from, to }) => own(from) && from !== object && !old.has(`${from}\0${to}`))
}

const names = new WeakMap<Effect, Names>()

/** What a statement names in text that memory does not look up. */
export const namesIn = (effect: Effect): Names => {
  const known = names.get(effect)
  if (known) return known
  const all = effect.changes.flatMap((change) => namedBy(change, effect.act.statement, effect.step.before))
  const found = { certain: new Set(all.flatMap(({ certain }) => [...certain])), possible: new Set(all.flatMap(({ possible }) => [...possible])) }
  names.set(effect, found)
  return found
}

/** Types that are an extension's: memory has no more of them than their name. */
const usesExtension = ({ changes }: Effect, extension: string): boolean => {
  const text = JSON.stringify(changes, (_key, value) => (value instanceof Map ? [...value] : value))
  return [...text.matchAll(/"(?:name|sval)":"([a-z_0-9]+)"/g)].some(([, name]) => extensionOf(name ?? '') === extension)
}

const isWholeNeeded = (effect: Effect, object: ObjectKey): boolean => {
  const { kind, name } = parseKey(object)
  const [first = ''] = partsOf(name)
  if (kind === 'role') return rolesOfStep(effect.step).includes(first)
  return kind === 'extension' && usesExtension(effect, first)
}

/** What a statement does not name (a star's columns, the key that REFERENCES leaves out) is whatever is there when it runs. */
const isNamed = ({ act }: Effect, object: ObjectKey): boolean =>
  parseKey(object).kind === 'extension' || act.statement.text.toLowerCase().includes((partsOf(object.replace(/[(].*$/s, '')).at(-1) ?? '').toLowerCase())

/** How a statement needs an object that was there when it ran alone: `certain` where PostgreSQL refuses it without. */
export const needs = (effect: Effect, object: ObjectKey): 'certain' | 'possible' | undefined => {
  if (!isNamed(effect, object)) return undefined
  const { certain, possible } = namesIn(effect)
  if ([...certain].some((name) => means(name, object)) || pointsTo(effect, object) || isWholeNeeded(effect, object)) return 'certain'
  return [...possible].some((name) => means(name, object)) ? 'possible' : undefined
}

/** Whether a statement writes a label of an enum: in rows, or in an expression that stays. */
export const needsLabel = ({ changes, act, step: { before, after } }: Effect, type: QualifiedName, label: string): boolean =>
  act.statement.text.includes(label) &&
  (takesUpLabel(before, after, type, label) ||
    changes.some((change) => statementsAbout(change, act.statement, before).some((tree) => statementUsesLabel(tree, before, type, label))))
