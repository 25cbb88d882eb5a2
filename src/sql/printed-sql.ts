/** A printed catalog as statements that make it: the way from a live database into memory. */
import { type PrintedCatalog, PrintedObject } from '../model/printed.ts'
import {
  cast,
  collation,
  conversion,
  eventTrigger,
  extension,
  foreignDataWrapper,
  language,
  publication,
  role,
  schema,
  server,
  statistics,
  subscription,
  textSearchConfiguration,
  textSearchDictionary,
  textSearchParser,
  textSearchTemplate,
  transform,
  userMapping,
} from './printed/definitions.ts'
import { comment, defaultPrivileges, extensionDependency, owner, privileges } from './printed/facets.ts'
import { type PhasedSql, phases, type Road, Surroundings, textOf } from './printed/parts.ts'
import { column, constraint, index, knowSequences, policy, rule, sequence, statisticsTarget, storage, table, trigger, view } from './printed/tables.ts'
import { accessMethod, domainConstraint, operator, operatorClass, operatorFamily, routine, type } from './printed/types.ts'

/** A statement with the object that it is for. */
export type PrintedStatement = { readonly sql: string; readonly object: PrintedObject }

/** Statements in an order that fits most; `left`: objects for which there is no statement, or whose secrets were not read. */
export type PrintedSql = { readonly statements: readonly PrintedStatement[]; readonly left: readonly PrintedObject[] }

export type PrintedSqlOptions = {
  /** The role that runs migrations: what it owns has no owner of its own in memory. As the server writes it (`postgres`, `"My role"`); default: who owns most. */
  readonly migratingRole?: string
}

const withItsOwner: Road = () => []

/** How each printed kind becomes statements. */
const roads: Readonly<Record<string, Road>> = {
  schema,
  extension,
  'extension version': withItsOwner,
  role,
  type,
  'domain constraint': domainConstraint,
  'domain not-null': withItsOwner,
  attribute: withItsOwner,
  collation,
  conversion,
  cast,
  sequence,
  routine,
  language,
  transform,
  'event trigger': eventTrigger,
  table,
  column,
  'not-null': withItsOwner,
  constraint,
  index,
  view,
  trigger,
  rule,
  policy,
  statistics,
  operator,
  'operator family': operatorFamily,
  'operator class': operatorClass,
  'access method': accessMethod,
  'text search configuration': textSearchConfiguration,
  'text search dictionary': textSearchDictionary,
  'text search parser': textSearchParser,
  'text search template': textSearchTemplate,
  'foreign data wrapper': foreignDataWrapper,
  server,
  'user mapping': userMapping,
  publication,
  subscription,
  owner,
  privileges,
  'default privileges': defaultPrivileges,
  comment,
  'extension dependency': extensionDependency,
  'statistics target': statisticsTarget,
  storage,
}

/** The role that owns most objects. */
const commonOwner = ({ objects }: PrintedCatalog): string => {
  const counts = new Map<string, number>()
  for (const { kind, value } of objects) {
    const name = kind === 'owner' ? textOf(value, 'owner') : undefined
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].sort(([a, most], [b, fewer]) => fewer - most || (a < b ? -1 : 1))[0]?.[0] ?? ''
}

/** `DROP SCHEMA` where the database has no `public`: a new one has it. */
const withoutPublic = (printed: PrintedCatalog): readonly PrintedStatement[] => {
  if (printed.objects.some(({ kind, identity }) => kind === 'schema' && identity === '"public"')) return []
  return [{ sql: 'DROP SCHEMA "public"', object: new PrintedObject('schema', '"public"', '{}') }]
}

/**
 * The statements that make a printed catalog in an empty database, everything quoted and qualified, for an empty search_path. What one needs and another makes is mostly before it; where it is not,
 * the statement must be tried again after the others.
 */
export const printedSql = (printed: PrintedCatalog, { migratingRole = commonOwner(printed) }: PrintedSqlOptions = {}): PrintedSql => {
  const around = new Surroundings(printed, migratingRole)
  knowSequences(around, printed.objects)
  const left: PrintedObject[] = []
  const made: (PhasedSql & { readonly object: PrintedObject })[] = []
  for (const object of printed.objects) {
    const statements = roads[object.kind]?.(object, around)
    if (!statements) left.push(object)
    else for (const each of statements) made.push({ ...each, object })
  }
  const order = new Map(phases.map((phase, place) => [phase, place]))
  const inOrder = [...made].sort((a, b) => (order.get(a.phase) ?? 0) - (order.get(b.phase) ?? 0))
  return { statements: [...withoutPublic(printed), ...inOrder.map(({ sql, object }) => ({ sql, object }))], left }
}
