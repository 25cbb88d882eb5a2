/** The one declared schema of `pgstrata.config.ts`, and the check of a value against it. */
import type { Config, EnvironmentConfig, VersionConfig } from './config.ts'
import { ToolError } from './error.ts'
import { isObject } from './json.ts'
import { facets } from './printed.ts'

/** What a value may be. */
export type Shape =
  | { readonly type: 'text' | 'number' | 'boolean' | 'version' | 'ref part' | 'secret' | 'public url' }
  | { readonly type: 'one of'; readonly values: readonly (string | number | boolean)[] }
  | { readonly type: 'list'; readonly of: Shape }
  | { readonly type: 'record'; readonly of: Shape }
  | { readonly type: 'object'; readonly keys: { readonly [key: string]: Shape }; readonly required: readonly string[] }
  | { readonly type: 'either'; readonly of: readonly Shape[] }

const text: Shape = { type: 'text' }
const oneOf = (...values: readonly (string | number | boolean)[]): Shape => ({ type: 'one of', values })
const list = (of: Shape): Shape => ({ type: 'list', of })
const record = (of: Shape): Shape => ({ type: 'record', of })
const either = (...of: readonly Shape[]): Shape => ({ type: 'either', of })
/** Holds the keys complete: the compiler refuses a schema that lacks one of the type's. */
const object = <T>(keys: { readonly [K in keyof Required<T>]: Shape }, ...required: readonly (keyof T & string)[]): Shape => ({
  type: 'object',
  keys,
  required,
})

const level = oneOf('error', 'warning', 'note', 'off')
const count: Shape = { type: 'number' }
type Policy = NonNullable<Config['policy']>

const environment = object<EnvironmentConfig>(
  {
    url: { type: 'secret' },
    protected: { type: 'boolean' },
    tenants: either(list(text), object<{ query: string }>({ query: text }, 'query')),
    ledger: object<{ schema: string; table: string }>({ schema: text, table: text }, 'schema', 'table'),
    report: text,
    app: object<{ url: string; path: string; command: string; applicationName: true; version: string }>({
      url: text,
      path: text,
      command: text,
      applicationName: oneOf(true),
      version: text,
    }),
  },
  'url',
)

const version = object<VersionConfig>({ baseline: { type: 'version' }, tagPrefix: { type: 'ref part' }, record: { type: 'boolean' } })

/** `pgstrata.config.ts`, all optional. */
export const configSchema: Shape = object<Config>({
  projects: record(object<{ drizzle: string; version: VersionConfig }>({ drizzle: text, version }, 'drizzle')),
  environments: record(environment),
  engine: either(oneOf('auto', 'embedded', 'pglite'), object<{ url: string }>({ url: { type: 'public url' } }, 'url')),
  postgres: oneOf(14, 15, 16, 17, 18),
  runner: oneOf('drizzle', 'per-file', 'none'),
  landed: text,
  policy: object<Policy>({
    preset: oneOf('recommended', 'strict', 'taste'),
    rules: record(level),
    tables: record(object<NonNullable<Policy['tables']>[string]>({ traffic: oneOf('high'), rules: record(level) })),
    approvals: object<Required<NonNullable<Policy['approvals']>>>({ low: count, medium: count, high: count, critical: count }),
    deprecation: object<{ days: number }>({ days: count }, 'days'),
  }),
  drift: object<NonNullable<Config['drift']>>({
    facets: list(oneOf(...facets)),
    exclude: list(text),
    preset: oneOf('rds', 'supabase', 'neon'),
    accepted: text,
  }),
  version,
  docs: object<NonNullable<Config['docs']>>({ folder: text, existing: oneOf('keep', 'consolidate', 'archive') }),
})

/** How many letters two words are apart (Levenshtein). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}

/** The word that was most likely meant; undefined when none is near. */
export const nearest = (word: string, words: readonly string[]): string | undefined => {
  const ranked = words.map((known) => ({ known, far: distance(word.toLowerCase(), known.toLowerCase()) })).sort((a, b) => a.far - b.far)
  return ranked[0] && ranked[0].far <= Math.max(2, word.length / 2) ? ranked[0].known : undefined
}

const invalid = (path: string, wanted: string, help?: string): ToolError =>
  new ToolError('config-invalid', `${path || 'The configuration'} must be ${wanted}.`, help === undefined ? {} : { help })

const at = (path: string, key: string): string => (path === '' ? key : /^[\w$]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`)

const checkSecret = (value: unknown, path: string): void => {
  if (typeof value === 'string')
    throw new ToolError('config-secret', `${path} is written out. A URL holds a password and must not stand in a file.`, {
      help: `Write ${path.split('.').at(-1)}: env('NAME') or command('…').`,
    })
  const named = isObject(value) && ((value.from === 'env' && typeof value.name === 'string') || (value.from === 'command' && typeof value.command === 'string'))
  if (!named) throw invalid(path, "env('NAME') or command('…')")
}

const checkPublicUrl = (value: unknown, path: string): void => {
  if (typeof value !== 'string') throw invalid(path, 'a URL')
  if (/^\w+:\/\/[^/@]*:[^/@]*@/.test(value) || /[?&]password=/i.test(value))
    throw new ToolError('config-secret', `${path} holds a password, which must not stand in a file.`, {
      help: 'Leave the password out and set PGPASSWORD, or use --engine with a variable.',
    })
}

const checkObject = (value: unknown, shape: Extract<Shape, { type: 'object' }>, path: string): void => {
  const known = Object.keys(shape.keys)
  if (!isObject(value)) throw invalid(path, 'an object', `Its keys are ${known.join(', ')}.`)
  for (const [key, inner] of Object.entries(value)) {
    const wanted = shape.keys[key]
    if (!wanted) throw unknownKey(key, known, path)
    if (inner !== undefined) check(inner, wanted, at(path, key))
  }
  const absent = shape.required.find((key) => value[key] === undefined)
  if (absent) throw invalid(at(path, absent), 'given')
}

const unknownKey = (key: string, known: readonly string[], path: string): ToolError => {
  const near = nearest(key, known)
  const help = near ? `Did you mean ${near}?` : `Known here: ${known.join(', ')}.`
  return new ToolError('config-unknown-key', `The configuration has no key ${at(path, key)}.`, { help })
}

const kindOf = (shape: Shape): string =>
  shape.type === 'one of' ? typeof shape.values[0] : shape.type === 'list' ? 'list' : shape.type === 'object' || shape.type === 'record' ? 'object' : 'string'

const checkEither = (value: unknown, shapes: readonly Shape[], path: string): void => {
  const kind = Array.isArray(value) ? 'list' : typeof value
  const meant = shapes.find((shape) => kindOf(shape) === kind) ?? shapes[0]
  if (meant) check(value, meant, path)
}

const checkOneOf = (value: unknown, values: readonly (string | number | boolean)[], path: string): void => {
  if (values.some((known) => known === value)) return
  const near = typeof value === 'string' ? nearest(value, values.map(String)) : undefined
  throw invalid(path, `one of ${values.join(', ')}`, near === undefined ? undefined : `Did you mean ${near}?`)
}

const checkList = (value: unknown, shape: Shape, path: string): void => {
  if (!Array.isArray(value)) throw invalid(path, 'a list')
  for (const [index, item] of value.entries()) check(item, shape, `${path}[${index}]`)
}

const checkRecord = (value: unknown, shape: Shape, path: string): void => {
  if (!isObject(value)) throw invalid(path, 'an object')
  for (const [key, inner] of Object.entries(value)) check(inner, shape, at(path, key))
}

const scalars: {
  readonly [T in 'text' | 'number' | 'boolean' | 'version' | 'ref part']: { readonly wanted: string; readonly holds: (value: unknown) => boolean }
} = {
  text: { wanted: 'a text', holds: (value) => typeof value === 'string' && value !== '' },
  number: { wanted: 'a number', holds: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0 },
  boolean: { wanted: 'true or false', holds: (value) => typeof value === 'boolean' },
  version: { wanted: "a version like '7.3.0'", holds: (value) => typeof value === 'string' && /^(?:0|[1-9]\d*)(?:[.](?:0|[1-9]\d*)){2}$/.test(value) },
  // git check-ref-format.
  'ref part': {
    wanted: "the beginning of a git tag's name, like 'schema-v'",
    holds: (value) => typeof value === 'string' && /^[A-Za-z0-9_][\w/-]*$/.test(value) && !value.includes('//'),
  },
}

const check = (value: unknown, shape: Shape, path: string): void => {
  if (shape.type === 'secret') checkSecret(value, path)
  else if (shape.type === 'public url') checkPublicUrl(value, path)
  else if (shape.type === 'object') checkObject(value, shape, path)
  else if (shape.type === 'either') checkEither(value, shape.of, path)
  else if (shape.type === 'one of') checkOneOf(value, shape.values, path)
  else if (shape.type === 'list') checkList(value, shape.of, path)
  else if (shape.type === 'record') checkRecord(value, shape.of, path)
  else if (!scalars[shape.type].holds(value)) throw invalid(path, scalars[shape.type].wanted)
}

const checked = (value: unknown): value is Config => {
  check(value, configSchema, '')
  return true
}

/** A value from a configuration file, checked. Throws `config-unknown-key`, `config-invalid`, `config-secret` (the value itself is never in the message). */
export const checkConfig = (value: unknown): Config => {
  if (!checked(value)) throw invalid('', 'an object')
  return value
}
