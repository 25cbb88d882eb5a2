/** Printed objects that are one definition, as statements. */
import type { Json } from '../../model/json.ts'
import { partsOf, quoteIdentifier } from '../../model/name.ts'
import { quoteLiteral } from '../print.ts'
import { at, isMasked, isSet, listOf, pairsOf, type Road, requoted, type Surroundings, textOf, withoutArguments } from './parts.ts'
import { foreignOptions } from './tables.ts'

export const schema: Road = ({ identity }) => (identity === '"public"' ? [] : at('schema', `CREATE SCHEMA ${identity}`))

/** Every database has it. */
const builtin = '"plpgsql"'

/** A schema that the extension itself makes, or that is not the database's own, is not named. */
export const extension: Road = ({ identity, value }, around) => {
  if (identity === builtin) return []
  const place = quoteIdentifier(textOf(value, 'schema') ?? '')
  const version = textOf(around.get('extension version', identity)?.value ?? {}, 'version')
  const where = place !== '"public"' && around.get('schema', place) ? ` SCHEMA ${place}` : ''
  return at('extension', `CREATE EXTENSION ${identity}${where}${version === undefined ? '' : ` VERSION ${quoteLiteral(version)}`}`)
}

export const statistics: Road = ({ value }) => at('definition', textOf(value, 'definition') ?? '')

const locales: Readonly<Record<string, string>> = { locale: 'locale', collate: 'lc_collate', ctype: 'lc_ctype', rules: 'rules' }

export const collation: Road = ({ identity, value }) => {
  const options = [
    `provider = ${textOf(value, 'provider') ?? 'libc'}`,
    ...Object.entries(locales).flatMap(([key, name]) => (textOf(value, key) === undefined ? [] : [`${name} = ${quoteLiteral(textOf(value, key) ?? '')}`])),
  ]
  return at('collation', `CREATE COLLATION ${identity} (${[...options, ...(isSet(value, 'nondeterministic') ? ['deterministic = false'] : [])].join(', ')})`)
}

export const conversion: Road = ({ identity, value }) => {
  const encoding = (key: string): string => quoteLiteral(textOf(value, key) ?? '')
  return at(
    'definition',
    `CREATE ${isSet(value, 'default') ? 'DEFAULT ' : ''}CONVERSION ${identity} FOR ${encoding('from')} TO ${encoding('to')} FROM ${withoutArguments(textOf(value, 'function') ?? '')}`,
  )
}

const casts: Readonly<Record<string, string>> = { inout: 'WITH INOUT', binary: 'WITHOUT FUNCTION' }
const contexts: Readonly<Record<string, string>> = { assignment: ' AS ASSIGNMENT', implicit: ' AS IMPLICIT' }

/** A range's own multirange: PostgreSQL makes that cast with the type. */
const comesWithRange = (identity: string, around: Surroundings): boolean => {
  const [source = '', target] = identity.split(' AS ')
  return target !== undefined && textOf(around.get('type', requoted(source))?.value ?? {}, 'multirange') === target
}

export const cast: Road = ({ identity, value }, around) =>
  comesWithRange(identity, around)
    ? []
    : at(
        'definition',
        `CREATE CAST (${identity}) ${casts[textOf(value, 'method') ?? ''] ?? `WITH FUNCTION ${textOf(value, 'function') ?? ''}`}${contexts[textOf(value, 'context') ?? ''] ?? ''}`,
      )

export const textSearchConfiguration: Road = ({ identity, value }) => {
  const mappings = value.mappings as { readonly [token: string]: Json } | undefined
  return [
    ...at('definition', `CREATE TEXT SEARCH CONFIGURATION ${identity} (PARSER = ${textOf(value, 'parser') ?? ''})`),
    ...at(
      'definition part',
      ...Object.entries(mappings ?? {}).map(
        ([token, dictionaries]) =>
          `ALTER TEXT SEARCH CONFIGURATION ${identity} ADD MAPPING FOR ${quoteIdentifier(token)} WITH ${(dictionaries as readonly Json[]).map(String).join(', ')}`,
      ),
    ),
  ]
}

export const textSearchDictionary: Road = ({ identity, value }) => {
  const options = textOf(value, 'options')
  return at('definition', `CREATE TEXT SEARCH DICTIONARY ${identity} (TEMPLATE = ${textOf(value, 'template') ?? ''}${options ? `, ${options}` : ''})`)
}

const withFunctions =
  (head: string, names: Readonly<Record<string, string>>): Road =>
  ({ identity, value }) => {
    const options = Object.entries(names).flatMap(([key, name]) =>
      textOf(value, key) === undefined ? [] : [`${name} = ${withoutArguments(textOf(value, key) ?? '')}`],
    )
    return at('collation', `CREATE TEXT SEARCH ${head} ${identity} (${options.join(', ')})`)
  }
export const textSearchParser = withFunctions('PARSER', { start: 'START', token: 'GETTOKEN', end: 'END', headline: 'HEADLINE', types: 'LEXTYPES' })
export const textSearchTemplate = withFunctions('TEMPLATE', { init: 'INIT', lexize: 'LEXIZE' })

type PublishedTable = { readonly table: string; readonly where: string | null; readonly columns: readonly string[] | null }

const published = ({ table, where, columns }: PublishedTable): string =>
  `TABLE ${table}${columns ? ` (${columns.map(quoteIdentifier).join(', ')})` : ''}${where ? ` WHERE (${where})` : ''}`

export const publication: Road = ({ identity, value }) => {
  const parts = [
    ...(listOf(value, 'tables') as readonly unknown[] as readonly PublishedTable[]).map(published),
    ...listOf(value, 'schemas').map((name) => `TABLES IN SCHEMA ${String(name)}`),
  ]
  const what = isSet(value, 'allTables') ? ' FOR ALL TABLES' : parts.length > 0 ? ` FOR ${parts.join(', ')}` : ''
  const everything = 'insert, update, delete, truncate'
  const options = [
    ...((textOf(value, 'publish') ?? everything) === everything ? [] : [`publish = ${quoteLiteral(textOf(value, 'publish') ?? '')}`]),
    ...(isSet(value, 'viaRoot') ? ['publish_via_partition_root = true'] : []),
    ...(textOf(value, 'generatedColumns') === undefined ? [] : [`publish_generated_columns = ${textOf(value, 'generatedColumns')}`]),
  ]
  return at('definition', `CREATE PUBLICATION ${identity}${what}${options.length > 0 ? ` WITH (${options.join(', ')})` : ''}`)
}

/** Subscription options as they are printed, with their names in CREATE. */
const subscribed: Readonly<Record<string, string>> = {
  synchronousCommit: 'synchronous_commit',
  binary: 'binary',
  streaming: 'streaming',
  disableOnError: 'disable_on_error',
  twoPhase: 'two_phase',
  origin: 'origin',
  runAsOwner: 'run_as_owner',
  failover: 'failover',
}

/** The connection is a secret that is not read; whoever reads this statement holds it with another one. */
export const subscription: Road = ({ identity, value }) => {
  const slot = textOf(value, 'slot')
  const options = [
    'connect = false',
    `slot_name = ${slot === undefined ? 'NONE' : quoteLiteral(slot)}`,
    ...Object.entries(subscribed).flatMap(([key, name]) =>
      value[key] === undefined || value[key] === null ? [] : [`${name} = ${quoteLiteral(String(value[key]))}`],
    ),
    ...(isSet(value, 'passwordNotRequired') ? ['password_required = false'] : []),
  ]
  const publications = listOf(value, 'publications').map((name) => quoteIdentifier(String(name)))
  return at(
    'definition',
    `CREATE SUBSCRIPTION ${identity} CONNECTION '' PUBLICATION ${publications.join(', ')} WITH (${options.join(', ')})`,
    ...(isSet(value, 'disabled') ? [] : [`ALTER SUBSCRIPTION ${identity} ENABLE`]),
  )
}

const fires: Readonly<Record<string, string>> = { disabled: 'DISABLE', replica: 'ENABLE REPLICA', always: 'ENABLE ALWAYS' }

export const eventTrigger: Road = ({ identity, value }) => {
  const tags = listOf(value, 'tags').map((tag) => quoteLiteral(String(tag)))
  const when = tags.length > 0 ? ` WHEN TAG IN (${tags.join(', ')})` : ''
  const state = fires[textOf(value, 'enabled') ?? '']
  return at(
    'definition',
    `CREATE EVENT TRIGGER ${identity} ON ${textOf(value, 'event') ?? ''}${when} EXECUTE FUNCTION ${textOf(value, 'function') ?? ''}`,
    ...(state === undefined ? [] : [`ALTER EVENT TRIGGER ${identity} ${state}`]),
  )
}

/** ` HANDLER f`, ` VALIDATOR f`: a routine by its name alone; nothing where there is none. */
const routineClause = (value: Parameters<typeof textOf>[0], key: 'handler' | 'inline' | 'validator'): string => {
  const routine = textOf(value, key)
  return routine === undefined ? '' : ` ${key.toUpperCase()} ${withoutArguments(routine)}`
}

export const language: Road = ({ identity, value }) => {
  return at(
    'language',
    `CREATE ${isSet(value, 'trusted') ? 'TRUSTED ' : ''}LANGUAGE ${identity}${routineClause(value, 'handler')}${routineClause(value, 'inline')}${routineClause(value, 'validator')}`,
  )
}

export const transform: Road = ({ identity, value }) => {
  const clauses = [
    ...(textOf(value, 'fromSql') === undefined ? [] : [`FROM SQL WITH FUNCTION ${textOf(value, 'fromSql')}`]),
    ...(textOf(value, 'toSql') === undefined ? [] : [`TO SQL WITH FUNCTION ${textOf(value, 'toSql')}`]),
  ]
  return at('definition', `CREATE TRANSFORM FOR ${identity} (${clauses.join(', ')})`)
}

export const foreignDataWrapper: Road = ({ identity, value }) => {
  if (isMasked(value, 'options')) return undefined
  return at(
    'extension',
    `CREATE FOREIGN DATA WRAPPER ${identity}${routineClause(value, 'handler')}${routineClause(value, 'validator')}${foreignOptions(value)}`,
  )
}

export const server: Road = ({ identity, value }) => {
  if (isMasked(value, 'options')) return undefined
  const clause = (key: string, word: string): string => (textOf(value, key) === undefined ? '' : ` ${word} ${quoteLiteral(textOf(value, key) ?? '')}`)
  return at(
    'collation',
    `CREATE SERVER ${identity}${clause('type', 'TYPE')}${clause('version', 'VERSION')} FOREIGN DATA WRAPPER ${quoteIdentifier(textOf(value, 'wrapper') ?? '')}${foreignOptions(value)}`,
  )
}

export const userMapping: Road = ({ identity, value }) =>
  isMasked(value, 'options') ? undefined : at('definition', `CREATE USER MAPPING FOR ${identity}${foreignOptions(value)}`)

const roleOptions: Readonly<Record<string, string>> = {
  superuser: 'SUPERUSER',
  createRole: 'CREATEROLE',
  createDatabase: 'CREATEDB',
  login: 'LOGIN',
  replication: 'REPLICATION',
  bypassRowSecurity: 'BYPASSRLS',
  noInherit: 'NOINHERIT',
}

/** Passwords are no part of a printed catalog. The migrating role is there already. */
export const role: Road = ({ identity, value }, around) => {
  const name = partsOf(identity)[0] ?? ''
  if (quoteIdentifier(name) === around.migratingRole || name === around.migratingRole) return []
  const options = [
    ...Object.entries(roleOptions).flatMap(([key, word]) => (isSet(value, key) ? [word] : [])),
    ...(textOf(value, 'connectionLimit') === undefined ? [] : [`CONNECTION LIMIT ${textOf(value, 'connectionLimit')}`]),
    ...(textOf(value, 'validUntil') === undefined ? [] : [`VALID UNTIL ${quoteLiteral(textOf(value, 'validUntil') ?? '')}`]),
  ]
  const memberships = listOf(value, 'memberOf').map((each) => Object.fromEntries(pairsOf({ each }, 'each')))
  return [
    ...at('role', [`CREATE ROLE ${identity}`, ...options].join(' ')),
    ...at('extension', ...memberships.map((each) => `GRANT ${each.role} TO ${identity}${each.admin === 'true' ? ' WITH ADMIN OPTION' : ''}`)),
  ]
}
