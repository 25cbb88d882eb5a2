/** Views, routines, triggers: what has a definition that code relies on. */
import { equal } from '../../changes/equal.ts'
import { otherParameters, otherResult, statementOf } from '../../changes/routines.ts'
import type { Catalog, Routine, Table, Trigger, View } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { Json, Tree } from '../../model/json.ts'
import { keyOf, leadingName, partsOf, type QualifiedName } from '../../model/name.ts'
import { child, flag, list, strings, text, walk } from '../../sql/tree.ts'
import { type Judgement, major, minor, none, patch, strongest } from './judgement.ts'
import type { Moment } from './moment.ts'
import { lostPrivileges } from './security.ts'

const selectOf = ({ query }: View): Tree => child(query, 'SelectStmt') ?? query

/** What each column of a view is computed from; undefined where that cannot be told (UNION, VALUES). */
const columnsOf = (view: View): ReadonlyMap<string, Json> | undefined => {
  const targets = list(selectOf(view), 'targetList').map((target) => child(target, 'ResTarget')?.val)
  return targets.length === view.columns.length ? new Map(view.columns.map((name, at) => [name, targets[at] ?? null])) : undefined
}

/** A view that PostgreSQL lets code write through: one table, nothing that gathers rows. */
const takesWrites = (view: View): boolean => {
  const select = selectOf(view)
  const from = list(select, 'fromClause')
  const gathers = ['distinctClause', 'groupClause', 'valuesLists', 'windowClause'].some((key) => list(select, key).length > 0)
  const limits = ['havingClause', 'limitCount', 'limitOffset', 'withClause', 'larg'].some((key) => child(select, key) !== undefined)
  return !view.materialized && from.length === 1 && child(from[0], 'RangeVar') !== undefined && !gathers && !limits
}

const viewParts = (old: View, now: View): readonly Judgement[] => {
  const [before, after] = [columnsOf(old), columnsOf(now)]
  return old.columns.map((name) => {
    if (!now.columns.includes(name)) return major(`the view no longer has the column ${name}`)
    const known = before && after && equal(before.get(name), after.get(name))
    return known || equal(old.query, now.query)
      ? none('the column is what it was')
      : major(`its column ${name} is computed otherwise, and may have another type`)
  })
}

const compareViews = (old: View, now: View): Judgement => {
  if (old.materialized !== now.materialized)
    return major(now.materialized ? 'it is materialised now: it shows what it showed at the last REFRESH' : 'REFRESH of it fails')
  const writes = (takesWrites(old) && !takesWrites(now)) || [...old.triggers.keys()].some((name) => !now.triggers.has(name))
  return writes ? major('code that writes through the view may fail') : minor('it may show other rows', 'behaviour')
}

export const viewGone = (change: { readonly name: QualifiedName }, moment: Moment): Judgement => {
  const name = moment.startName(change.name)
  const old = moment.start.views.get(name)
  if (!old) return none('this migration made the view')
  const now = moment.end.views.get(name)
  if (!now) return moment.end.tables.has(name) ? major('a table has the view’s name now') : major('code that reads the view fails')
  const privileges = lostPrivileges(keyOf('view', name), moment) ? [major('the view is made again without the privileges that roles had on it')] : []
  const rest = equal(old, now) ? [patch('the view is made again as it was')] : [compareViews(old, now), ...viewParts(old, now)]
  return strongest(patch('the view is made again'), ...rest, ...privileges)
}

export const replaceView = ({ name }: Change<'replace-view'>, moment: Moment): Judgement => {
  const old = moment.start.views.get(moment.startName(name))
  const now = moment.end.views.get(moment.endName(name))
  if (!old) return minor('the view is new')
  return now ? compareViews(old, now) : none('the view goes')
}

const isOn = (value: string | undefined): boolean => value !== undefined && !['false', 'off', '0', 'no'].includes(value)

export const setViewOptions = ({ name }: Change<'set-view-options'>, moment: Moment): Judgement => {
  const old = moment.start.views.get(moment.startName(name))
  const now = moment.end.views.get(moment.endName(name))
  if (!old || !now) return minor('the view is new, or goes')
  if (now.checkOption !== undefined && now.checkOption !== old.checkOption) return major('writes of rows that the view would not show are refused')
  if (isOn(now.options.security_invoker) && !isOn(old.options.security_invoker)) return major('readers need privileges on the tables behind the view')
  return minor('how the view is run changes', 'behaviour')
}

const optionsOf = (routine: Routine): readonly Tree[] => list(statementOf(routine), 'options').map((option) => child(option, 'DefElem') ?? {})

/** Functions that only triggers call: no code can name them. */
const isForTriggers = (routine: Routine): boolean =>
  ['trigger', 'event_trigger'].includes(strings(list(child(statementOf(routine), 'returnType'), 'names')).at(-1) ?? '')

const isDefiner = (routine: Routine): boolean =>
  optionsOf(routine).some((option) => text(option, 'defname') === 'security' && child(child(option, 'arg'), 'Boolean')?.boolval === true)

const replaced = (old: Routine, now: Routine): Judgement => {
  if (equal(old, now)) return patch('the routine is what it was')
  if (isDefiner(old) && !isDefiner(now)) return major('it runs with its caller’s privileges now')
  return minor('calls of it go on, and may do something else', 'behaviour')
}

export const replaceRoutine = ({ name }: Change<'replace-routine'>, { start, end }: Moment): Judgement => {
  const [old, now] = [start.routines.get(name), end.routines.get(name)]
  if (!old) return minor('the routine is new')
  return now ? replaced(old, now) : none('the routine goes')
}

const inputsOf = (routine: Routine): readonly Tree[] =>
  list(statementOf(routine), 'parameters')
    .map((parameter) => child(parameter, 'FunctionParameter') ?? {})
    .filter((parameter) => !['FUNC_PARAM_OUT', 'FUNC_PARAM_TABLE'].includes(text(parameter, 'mode') ?? ''))

/** A function of the same name and result that takes calls of the old one too: more parameters, all with defaults. */
const takesOldCalls = (old: Routine, now: Routine): boolean => {
  const [before, after] = [inputsOf(old), inputsOf(now)]
  const alike = before.every(
    (parameter, at) => equal(child(parameter, 'argType'), child(after[at], 'argType')) && text(parameter, 'name') === text(after[at], 'name'),
  )
  return (
    old.kind === 'function' &&
    !otherResult(old, now) &&
    after.length > before.length &&
    alike &&
    after.slice(before.length).every(({ defexpr }) => defexpr !== undefined)
  )
}

export const dropRoutine = ({ name }: Change<'drop-routine'>, moment: Moment): Judgement => {
  const { start, end } = moment
  const old = start.routines.get(name)
  if (!old) return none('this migration made the routine')
  const now = end.routines.get(name)
  if (!now && isForTriggers(old)) return minor('only triggers could call it', 'trigger')
  const heir = now ?? [...end.routines].find(([other, routine]) => leadingName(other) === leadingName(name) && takesOldCalls(old, routine))?.[1]
  if (!heir) return major('code that calls it fails')
  if (now && (otherResult(old, now) || otherParameters(old, now))) return major('it is made again with another result or other parameters')
  if (lostPrivileges(keyOf('routine', name), moment)) return major('it is made again without the privileges that roles had on it')
  return now ? replaced(old, now) : minor('another function of that name takes the same calls', 'behaviour')
}

const textsIn = (tree: Tree): readonly string[] => {
  const found: string[] = []
  walk(tree, (node) => {
    if (typeof node.sval === 'string') found.push(node.sval)
    return undefined
  })
  return found
}

/** PL/pgSQL that can refuse a write. */
const raises = (routine: Routine | undefined): boolean =>
  routine !== undefined &&
  optionsOf(routine).some(
    (option) => text(option, 'defname') === 'as' && textsIn(option).some((body) => /\braise\s+(?!(?:notice|warning|info|log|debug)\b)/i.test(body)),
  )

const triggerFunction = (definition: Tree, { routines }: Catalog): Routine | undefined => {
  const create = child(definition, 'CreateTrigStmt') ?? definition
  const called = strings(list(create, 'funcname'))
  return [...routines].find(([name]) => {
    const parts = partsOf(leadingName(name))
    return parts.at(-1) === called.at(-1) && (called.length < 2 || parts[0] === called[0])
  })?.[1]
}

type OfTrigger = { readonly on: Change<'create-trigger'>['on']; readonly name: string }

const triggerStatement = ({ definition }: Trigger): Tree => child(definition, 'CreateTrigStmt') ?? definition

/** Whether the table had a trigger for these events that could refuse a write and is gone now: then writes were refused before. */
const takesPlace = (trigger: Trigger, old: Pick<Table, 'triggers'>, now: Pick<Table, 'triggers'>, start: Catalog): boolean => {
  const events = Number(triggerStatement(trigger).events ?? 0)
  return [...old.triggers].some(
    ([name, other]) =>
      !now.triggers.has(name) && (Number(triggerStatement(other).events ?? 0) & events) === events && raises(triggerFunction(other.definition, start)),
  )
}

const firing = (after: Trigger, old: Pick<Table, 'triggers'>, now: Pick<Table, 'triggers'>, { start, end }: Moment): Judgement => {
  if (after.enabled === 'disabled') return minor('it does not fire', 'trigger')
  if (flag(triggerStatement(after), 'isconstraint')) return major('a constraint trigger stands to refuse writes', 'trigger')
  if (!raises(triggerFunction(after.definition, end))) return minor('writes of old code fire it', 'trigger')
  return takesPlace(after, old, now, start)
    ? minor('its function raises errors, as that of a trigger which this migration drops did', 'trigger')
    : major('its function raises errors: writes of old code may be refused', 'trigger')
}

/** A trigger by its name, before the migration and after it. */
export const triggerChange = ({ on, name }: OfTrigger, moment: Moment): Judgement => {
  const old = moment.oldTable(on) ?? moment.start.views.get(moment.startName(on))
  const now = moment.newTable(on) ?? moment.end.views.get(moment.endName(on))
  if (!old || !now) return old ? none('the table goes') : minor('the table is new')
  const [before, after] = [old.triggers.get(name), now.triggers.get(name)]
  if (!after) return before ? minor('writes no longer do what it did', 'trigger') : none('this migration made the trigger')
  return before && equal(before, after) ? patch('after the migration the trigger is what it was') : firing(after, old, now, moment)
}

/** What a name of another sort leads to after the migration. */
export const madeAgain = <T>(old: T | undefined, now: T | undefined, why: string): Judgement => {
  if (old === undefined) return none('this migration made it')
  if (now === undefined) return major(why)
  return equal(old, now) ? patch('it is made again as it was') : minor('it is made again, in another form', 'behaviour')
}
