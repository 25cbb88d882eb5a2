/** A Drizzle config's values → project. The values come from a config that was run, or from its text; what could not be read is an `Unread`. */
import type { Project } from '../model/config.ts'
import { defaultLedger } from './history.ts'

/** A value that only running the config would tell, and why. */
export class Unread {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

/** A config object's members: plain values, `Unread` where one could not be told. */
export type ConfigValues = { readonly [key: string]: unknown }

/** The dialects that old configs (drizzle-kit below 0.21) name by their driver. */
const driverDialects: { readonly [driver: string]: string } = {
  pg: 'postgresql',
  'aws-data-api': 'postgresql',
  pglite: 'postgresql',
  mysql2: 'mysql',
  'better-sqlite': 'sqlite',
  'better-sqlite3': 'sqlite',
  libsql: 'sqlite',
  turso: 'turso',
  d1: 'sqlite',
  'd1-http': 'sqlite',
  expo: 'sqlite',
  'durable-sqlite': 'sqlite',
  'sqlite-cloud': 'sqlite',
}

/** The dialect that a config names; undefined when it cannot be told. */
export const dialectOf = ({ dialect, driver }: ConfigValues): string | undefined =>
  typeof dialect === 'string' ? dialect : typeof driver === 'string' ? driverDialects[driver] : undefined

const prefixes = ['index', 'timestamp', 'unix', 'supabase', 'none'] as const
type Prefix = Project['prefix']

const isObject = (value: unknown): value is ConfigValues => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unread)
const texts = (value: unknown): readonly string[] | undefined =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined
const textOr = <T>(value: unknown, otherwise: T): string | T => (typeof value === 'string' && value !== '' ? value : otherwise)

const isPrefix = (value: unknown): value is Prefix => prefixes.some((prefix) => prefix === value)

type Roles = NonNullable<Project['entities']>['roles']

const rolesOf = (value: unknown): Roles => {
  if (typeof value === 'boolean') return value
  if (!isObject(value)) return undefined
  const { provider, include, exclude } = { provider: textOr(value.provider, undefined), include: texts(value.include), exclude: texts(value.exclude) }
  return { ...(provider === undefined ? {} : { provider }), ...(include ? { include } : {}), ...(exclude ? { exclude } : {}) }
}

/** Keys that say something about the schema; what stands in the others (credentials) is nobody's business and is not even looked at. */
export const readKeys = [
  'dialect',
  'driver',
  'out',
  'schema',
  'migrations',
  'schemaFilter',
  'tablesFilter',
  'extensionsFilters',
  'entities',
  'casing',
  'breakpoints',
] as const

const unreadIn = (value: unknown, path: string): readonly string[] => {
  if (value instanceof Unread) return [`${path} could not be read without running the config (${value.why})`]
  if (Array.isArray(value)) return value.flatMap((item, index) => unreadIn(item, `${path}[${index}]`))
  return isObject(value) ? Object.entries(value).flatMap(([key, inner]) => unreadIn(inner, path === '' ? key : `${path}.${key}`)) : []
}

/** Tables that an extension brings with it and drizzle-kit leaves alone when the config says so. */
const extensionTables: { readonly [extension: string]: readonly string[] } = { postgis: ['!geography_columns', '!geometry_columns', '!spatial_ref_sys'] }

const tablesFilterOf = (values: ConfigValues): readonly string[] | undefined => {
  const filter = texts(values.tablesFilter)
  const excluded = (texts(values.extensionsFilters) ?? []).flatMap((extension) => extensionTables[extension] ?? [])
  return filter || excluded.length > 0 ? [...(filter ?? []), ...excluded] : undefined
}

export type ProjectPlace = {
  readonly name: string
  readonly config?: string
  readonly read: Project['read']
  /** Turns a path of the config into one relative to the working directory. */
  readonly place: (path: string) => string
  readonly notes?: readonly string[]
}

/** A project from a config's values. Defaults are drizzle-kit's: `out` ./drizzle, ledger drizzle.__drizzle_migrations, prefix index, breakpoints on. */
export const projectOf = (values: ConfigValues, { name, config, read, place, notes = [] }: ProjectPlace): Project => {
  const wanted: ConfigValues = Object.fromEntries(Object.entries(values).filter(([key]) => key.startsWith('...') || readKeys.some((known) => known === key)))
  const migrations = isObject(values.migrations) ? values.migrations : {}
  const schemaFilter = texts(values.schemaFilter)
  const tablesFilter = tablesFilterOf(values)
  const roles = isObject(values.entities) ? rolesOf(values.entities.roles) : undefined
  return {
    name,
    ...(config === undefined ? {} : { config }),
    folder: place(textOr(values.out, './drizzle')),
    schema: (texts(values.schema) ?? []).map(place),
    ledger: { schema: textOr(migrations.schema, defaultLedger.schema), table: textOr(migrations.table, defaultLedger.table) },
    ...(schemaFilter ? { schemaFilter } : {}),
    ...(tablesFilter ? { tablesFilter } : {}),
    ...(values.casing === 'snake_case' || values.casing === 'camelCase' ? { casing: values.casing } : {}),
    ...(roles === undefined ? {} : { entities: { roles } }),
    breakpoints: values.breakpoints !== false,
    prefix: isPrefix(migrations.prefix) ? migrations.prefix : 'index',
    read,
    notes: [...notes, ...unreadIn(wanted, '')],
  }
}
