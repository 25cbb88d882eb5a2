/** Objects that are one definition, as SQL: how they are made, dropped, and made from one another by ALTER where PostgreSQL has one for it. */
import type { Definition, Options } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import type { ObjectKey } from '../model/name.ts'
import { printStatement } from '../sql/print.ts'
import { child, list, optionNode, text, unwrap } from '../sql/tree.ts'
import { printDefinitionObject } from './definitions.ts'
import { equal } from './equal.ts'
import { alteredForeignOptions, foreignOptionsCommand } from './foreign-options.ts'
import { alterSubscription, createSubscription, dropSubscription } from './subscriptions.ts'
import { readOptions } from './types.ts'

/** The statements that make it. */
export const createStatements = (definition: Definition): readonly string[] =>
  definition.type === 'subscription' ? createSubscription(definition) : [definition.create, ...definition.alters].map(printStatement)

/** The statements that drop it. */
export const dropStatements = (object: ObjectKey, definition: Definition): readonly string[] =>
  definition.type === 'subscription' ? dropSubscription(definition) : [`DROP ${printDefinitionObject(object)}`]

type Alterations = (object: ObjectKey, from: Definition, to: Definition) => readonly string[] | undefined

/** What an object is beside its OPTIONS, and these; undefined where something else was altered, too. */
const withOptionsApart = ({ create, alters }: Definition): { readonly rest: Tree; readonly options: Options } | undefined => {
  const { options: _options, ...rest } = unwrap(create)[1]
  let options = alteredForeignOptions({}, list(unwrap(create)[1], 'options'))
  for (const alter of alters) {
    const [, tree] = unwrap(alter)
    if (tree.has_version !== undefined || tree.func_options !== undefined) return undefined
    options = alteredForeignOptions(options, list(tree, 'options'))
  }
  return { rest, options }
}

/** ALTER … OPTIONS: the others that stand on it need not go. */
const foreignAlterations: Alterations = (object, from, to) => {
  const [before, after] = [withOptionsApart(from), withOptionsApart(to)]
  if (!before || !after || !equal(before.rest, after.rest)) return undefined
  const command = foreignOptionsCommand(before.options, after.options)
  return command === undefined ? [] : [`ALTER ${printDefinitionObject(object)} ${command}`]
}

/** What CREATE PUBLICATION takes when nothing is said. */
const published: Options = { publish: 'insert, update, delete, truncate', publish_via_partition_root: 'false', publish_generated_columns: 'none' }

/** DROP TABLE of a publication names the table alone. */
const bareObject = (object: Json): Json => {
  const spec = child(object as Tree, 'PublicationObjSpec') ?? {}
  const { whereClause: _where, columns: _columns, ...table } = child(spec, 'pubtable') ?? {}
  return { PublicationObjSpec: spec.pubtable === undefined ? spec : { ...spec, pubtable: table } }
}

const publicationAlterations: Alterations = (_object, from, to) => {
  if (from.alters.length + to.alters.length > 0) return undefined
  const [before, after] = [child(from.create, 'CreatePublicationStmt') ?? {}, child(to.create, 'CreatePublicationStmt') ?? {}]
  if (before.for_all_tables !== after.for_all_tables) return undefined
  const alter = (content: Tree): string => printStatement({ AlterPublicationStmt: { pubname: text(after, 'pubname') ?? '', ...content } })
  const [gone, objects] = [list(before, 'pubobjects'), list(after, 'pubobjects')]
  const [old, options] = [readOptions(list(before, 'options')), readOptions(list(after, 'options'))]
  const changed = [...new Set([...Object.keys(old), ...Object.keys(options)])].filter((name) => old[name] !== options[name])
  return [
    ...(equal(gone, objects)
      ? []
      : [alter(objects.length > 0 ? { pubobjects: objects, action: 'AP_SetObjects' } : { pubobjects: gone.map(bareObject), action: 'AP_DropObjects' })]),
    ...(changed.length === 0 ? [] : [alter({ options: changed.map((name) => optionNode(name, options[name] ?? published[name] ?? 'true')) })]),
  ]
}

/** Objects of which an ALTER sets the one thing that it can: the last one counts. `reset` sets what CREATE makes. */
const lastOf =
  (node: string, reset: (create: Tree) => Tree): Alterations =>
  (_object, from, to) => {
    if (!equal(from.create, to.create) || ![...from.alters, ...to.alters].every((alter) => node in alter)) return undefined
    return [printStatement(to.alters.at(-1) ?? { [node]: reset(unwrap(to.create)[1]) })]
  }

const alterationsByType: Readonly<Record<string, Alterations>> = {
  subscription: (_object, from, to) => alterSubscription(from, to),
  server: foreignAlterations,
  'foreign data wrapper': foreignAlterations,
  'user mapping': foreignAlterations,
  publication: publicationAlterations,
  'event trigger': lastOf('AlterEventTrigStmt', (create) => ({ trigname: text(create, 'trigname') ?? '', tgenabled: 'O' })),
  statistics: lastOf('AlterStatsStmt', (create) => ({ defnames: list(create, 'defnames'), stxstattarget: { Integer: { ival: -1 } } })),
}

/** The ALTERs that lead from one definition of an object to another; undefined where it has to be made anew. */
export const alterationsOf: Alterations = (object, from, to) => {
  const continues = equal(from.create, to.create) && from.alters.every((statement, at) => equal(statement, to.alters[at]))
  if (continues) return to.alters.slice(from.alters.length).map(printStatement)
  return from.type === to.type ? alterationsByType[from.type]?.(object, from, to) : undefined
}
