/** What a history takes for granted of its platform: objects that it names before any migration makes them. */
import type { Script, Statement } from '../../model/statement.ts'
import { extensionOf } from '../extensions.ts'
import { child, list, text, walk } from '../tree.ts'
import type { Platform } from './define.ts'
import { type Event, type Events, eventsIn, type Place, speakOfPlatforms } from './events.ts'
import { Fitting } from './fitting.ts'
import { platforms } from './index.ts'
import { type Mention, schemaMention, schemaOf } from './mentions.ts'

export type AssumedKind = 'schema' | 'table' | 'view' | 'function' | 'type' | 'publication' | 'extension'

/** An object of a platform that the history uses. */
export type AssumedObject = {
  /** `Supabase` */
  readonly platform: string
  /** The extension that brings it, where a migration makes that one. */
  readonly extension?: string
  readonly kind: AssumedKind
  /** As a person writes it: `auth.users`. */
  readonly name: string
  /** Of a table: the columns that the stand-in has. */
  readonly columns: readonly string[]
  /** Where it is first named: position of the migration, and the statement. */
  readonly migration: number
  readonly statement: Statement
}

export type Assumed = {
  /** What the history names, in that order; what only these stand on is not listed. */
  readonly objects: readonly AssumedObject[]
  /** Statements that make the stand-ins, in an order in which they run. */
  readonly sql: readonly string[]
  /** Roles of the platform that DO blocks name: where memory cannot tell what a block does, they must be there. */
  readonly roles: readonly string[]
}

const nothing: Assumed = { objects: [], sql: [], roles: [] }

/** Roles that statements name by the grammar: grants, policies, owners. */
const rolesIn = (scripts: readonly Pick<Script, 'statements'>[]): ReadonlySet<string> => {
  const named = new Set<string>()
  for (const { statements } of scripts) {
    for (const { tree } of statements) {
      walk(tree, (node) => {
        const role = text(node, 'rolename')
        if (role !== undefined) named.add(role)
        return undefined
      })
    }
  }
  return named
}

/** The extension behind a schema, where a migration makes it. */
const extensionBehind = ({ extensionSchemas }: Platform, { made }: Events, schema: string): string | undefined => {
  const extension = extensionSchemas[schema]
  return [...made.keys()].some((name) => name === `extension ${extension}` || name.startsWith(`extension ${extension} in `)) ? extension : undefined
}

/** Whether a history that names none of its objects is meant for the platform all the same. */
const isMeant = (fitting: Fitting, events: Events, scripts: readonly Pick<Script, 'statements'>[]): boolean => {
  const { roles, unmistakable } = fitting.platform
  const schemas = fitting.schemas()
  if (schemas.length === 0) return false
  if (schemas.some((schema) => unmistakable.includes(schema) || extensionBehind(fitting.platform, events, schema) !== undefined)) return true
  const named = rolesIn(scripts)
  return roles.some((role) => named.has(role))
}

const kinds: { readonly [node: string]: AssumedKind } = {
  CreateSchemaStmt: 'schema',
  CreateStmt: 'table',
  ViewStmt: 'view',
  CreateFunctionStmt: 'function',
  CreateEnumStmt: 'type',
  CreatePublicationStmt: 'publication',
}

const columnsOf = ({ node, tree }: Statement): readonly string[] =>
  node === 'CreateStmt' ? list(tree, 'tableElts').flatMap((element) => text(child(element, 'ColumnDef'), 'colname') ?? []) : []

const local = (name: Mention): string => name.slice(name.indexOf(' ') + 1)

/** Extensions whose members are named in the schema into which the platform puts extensions, before a migration puts them there. */
const extensionsOf = (fitting: Fitting, { first, made }: Events): ReadonlyMap<string, Event> => {
  const home = fitting.platform.extensionsIn
  const found = new Map<string, Event>()
  if (home === undefined || fitting.owner(home) === 'own') return found
  for (const [name, event] of first) {
    if (event.how !== 'named' || !name.startsWith(`${home}.`)) continue
    const extension = extensionOf(name.slice(home.length + 1))
    if (extension === undefined || found.has(extension)) continue
    const creation = made.get(`extension ${extension} in ${home}`)
    if (!creation || creation.at > event.at) found.set(extension, event)
  }
  return found
}

const assume = (fitting: Fitting, names: readonly Mention[], events: Events): Pick<Assumed, 'objects' | 'sql'> => {
  const { platform, pieces } = fitting
  const object = (name: Mention, kind: AssumedKind, { migration, statement }: Place, columns: readonly string[]): AssumedObject => {
    const extension = extensionBehind(platform, events, schemaOf(name))
    return { platform: platform.name, kind, name: local(name), columns, migration, statement, ...(extension === undefined ? {} : { extension }) }
  }
  const extensions = extensionsOf(fitting, events)
  const home = platform.extensionsIn ?? ''
  const schemas = [...new Set([...fitting.schemas(), ...(extensions.size > 0 ? [home] : [])])]
  const wanted = fitting.closure([...schemas.map(schemaMention), ...names])
  const inUse = new Set([...names.map(schemaOf), ...(extensions.size > 0 ? [home] : [])])
  const listed = [...names, ...schemas.filter((schema) => !inUse.has(schema)).map(schemaMention)]
  const objects = listed.flatMap((name): readonly AssumedObject[] => {
    const event = events.first.get(name) ?? [...events.first].find(([other]) => schemaOf(other) === schemaOf(name))?.[1]
    const [statement] = pieces.get(name)?.statements ?? []
    return event && statement ? [object(name, kinds[statement.node] ?? 'function', event, columnsOf(statement))] : []
  })
  return {
    objects: [...objects, ...[...extensions].map(([name, event]) => object(`extension ${name}`, 'extension', event, []))],
    sql: [
      ...wanted.flatMap(({ statements }) => statements.map((statement) => statement.text)),
      ...[...extensions.keys()].map((name) => `CREATE EXTENSION "${name}" WITH SCHEMA "${home}"`),
    ],
  }
}

const rolesInBlocks = ({ roles }: Platform, scripts: readonly Pick<Script, 'statements'>[]): readonly string[] => {
  const statements = scripts.flatMap((script) => script.statements)
  const made = new Set(statements.flatMap(({ node, tree }) => (node === 'CreateRoleStmt' ? (text(tree, 'role') ?? '') : [])))
  const blocks = statements.filter(({ node }) => node === 'DoStmt').map((statement) => statement.text)
  return roles.filter(
    (role) =>
      !made.has(role) &&
      blocks.some((block) => new RegExp(`\\b${role}\\b`).test(block)) &&
      !blocks.some((block) => new RegExp(`create\\s+(?:role|user)\\s+"?${role}\\b`, 'i').test(block)),
  )
}

/**
 * What of a platform's own objects the history uses and does not make. Only objects that the platform is known to have; nothing where the history makes the schema itself.
 * The parser must be loaded.
 */
export const assumedIn = (scripts: readonly Pick<Script, 'statements'>[]): Assumed => {
  const events = eventsIn(scripts)
  if (!speakOfPlatforms(events)) return nothing
  const fittings = platforms
    .map((platform) => new Fitting(platform, events))
    .map((fitting) => ({ fitting, names: fitting.named().filter((name) => fitting.stands(name)) }))
    .sort((a, b) => b.names.length - a.names.length)
  const taken = new Set<Mention>()
  const found: Assumed[] = []
  for (const { fitting, names } of fittings) {
    const own = names.filter((name) => !taken.has(name))
    if (own.length === 0 && !(found.length === 0 && isMeant(fitting, events, scripts))) continue
    for (const name of own) taken.add(name)
    found.push({ ...assume(fitting, own, events), roles: rolesInBlocks(fitting.platform, scripts) })
  }
  return {
    objects: found.flatMap(({ objects }) => objects),
    sql: [...new Set(found.flatMap(({ sql }) => sql))],
    roles: [...new Set(found.flatMap(({ roles }) => roles))],
  }
}
