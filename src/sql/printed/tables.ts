/** Printed tables, and what stands on them, as statements. */
import { partsOf, quoteIdentifier } from '../../model/name.ts'
import type { PrintedObject } from '../../model/printed.ts'
import { quoteLiteral } from '../print.ts'
import {
  at,
  isMasked,
  isSet,
  lastPart,
  listOf,
  ownerIdentity,
  type PhasedSql,
  pairsOf,
  type Road,
  requoted,
  type Surroundings,
  textOf,
  unterminated,
} from './parts.ts'

/** `WITH (…)` of storage parameters; the toast table's under their own name. */
export const withParameters = (value: PrintedObject['value']): string => {
  const parameters = [...pairsOf(value, 'options'), ...pairsOf(value, 'toast').map(([name, each]) => [`toast.${name}`, each] as const)]
  return parameters.length === 0 ? '' : ` WITH (${parameters.map(([name, each]) => `${requoted(name)} = ${quoteLiteral(each)}`).join(', ')})`
}

const using = (value: PrintedObject['value'], key: string, word: string): string =>
  textOf(value, key) === undefined ? '' : ` ${word} ${quoteIdentifier(textOf(value, key) ?? '')}`

/** Options of a foreign object: `OPTIONS ("host" 'x')`. */
export const foreignOptions = (value: PrintedObject['value'], key = 'options'): string => {
  const options = pairsOf(value, key)
  return options.length === 0 ? '' : ` OPTIONS (${options.map(([name, each]) => `${quoteIdentifier(name)} ${quoteLiteral(each)}`).join(', ')})`
}

const integerBounds: Readonly<Record<string, readonly [string, string]>> = {
  smallint: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
}

/** The options of a sequence that differ from PostgreSQL's own, in the manual's order. */
const sequenceOptions = (value: PrintedObject['value']): readonly string[] => {
  const [lowest, highest] = integerBounds[textOf(value, 'type') ?? 'bigint'] ?? ['', '']
  const down = (textOf(value, 'increment') ?? '1').startsWith('-')
  const [minimum, maximum] = [textOf(value, 'minimum') ?? '', textOf(value, 'maximum') ?? '']
  const [usualMinimum, usualMaximum] = down ? [lowest, '-1'] : ['1', highest]
  const unless = (usual: string, key: string, word: string): readonly string[] =>
    textOf(value, key) === usual ? [] : [`${word} ${textOf(value, key) ?? usual}`]
  return [
    ...unless('1', 'increment', 'INCREMENT BY'),
    ...unless(usualMinimum, 'minimum', 'MINVALUE'),
    ...unless(usualMaximum, 'maximum', 'MAXVALUE'),
    ...unless(down ? maximum : minimum, 'start', 'START WITH'),
    ...unless('1', 'cache', 'CACHE'),
    ...(isSet(value, 'cycle') ? ['CYCLE'] : []),
  ]
}

type OwnedBy = { readonly table: string; readonly column: string; readonly mode: string }

const ownedBy = (value: PrintedObject['value']): OwnedBy | undefined => {
  const found = new Map(pairsOf(value, 'ownedBy'))
  const table = found.get('table')
  return table === undefined ? undefined : { table: requoted(table), column: quoteIdentifier(found.get('column') ?? ''), mode: found.get('mode') ?? '' }
}

/** The sequence of an identity is made by its column. */
export const sequence: Road = ({ identity, value }) => {
  const owner = ownedBy(value)
  if (owner?.mode === 'internal') return []
  const type = textOf(value, 'type') === 'bigint' ? '' : ` AS ${textOf(value, 'type')}`
  return [
    ...at('sequence', [`CREATE ${isSet(value, 'unlogged') ? 'UNLOGGED ' : ''}SEQUENCE ${identity}${type}`, ...sequenceOptions(value)].join(' ')),
    ...(owner ? at('owned sequence', `ALTER SEQUENCE ${identity} OWNED BY ${owner.table}.${owner.column}`) : []),
  ]
}

/** Sequences of identities by their column; found once for a catalog. */
const identitySequences = new WeakMap<Surroundings, ReadonlyMap<string, PrintedObject>>()

/** Tells a catalog's roads which sequences are identities'. */
export const knowSequences = (around: Surroundings, objects: readonly PrintedObject[]): void => {
  const found = objects.flatMap((object) => {
    const owner = object.kind === 'sequence' ? ownedBy(object.value) : undefined
    return owner?.mode === 'internal' ? [[`${owner.table}.${owner.column}`, object] as const] : []
  })
  identitySequences.set(around, new Map(found))
}

const identityClause = (column: PrintedObject, around: Surroundings): string => {
  const how = textOf(column.value, 'identity')
  const made = identitySequences.get(around)?.get(column.identity)
  if (how === undefined || !made) return ''
  return ` GENERATED ${how.toUpperCase()} AS IDENTITY (${['SEQUENCE NAME', made.identity, ...sequenceOptions(made.value)].join(' ')})`
}

const notNullClause = (column: PrintedObject, around: Surroundings): string => {
  if (!isSet(column.value, 'notNull')) return ''
  const named = around.get('not-null', column.identity)
  if (!named) return ' NOT NULL'
  if (isSet(named.value, 'notValid')) return ''
  return ` CONSTRAINT ${quoteIdentifier(textOf(named.value, 'name') ?? '')} NOT NULL${isSet(named.value, 'noInherit') ? ' NO INHERIT' : ''}`
}

/** A column as CREATE TABLE writes it. */
const columnClause = (column: PrintedObject, around: Surroundings): string => {
  const { value } = column
  const expression = textOf(value, 'default')
  const generated = textOf(value, 'generated')
  const filled =
    expression === undefined ? '' : generated === undefined ? ` DEFAULT ${expression}` : ` GENERATED ALWAYS AS (${expression}) ${generated.toUpperCase()}`
  const collation = textOf(value, 'collation')
  return `${lastPart(column.identity)} ${textOf(value, 'type') ?? ''}${foreignOptions(value)}${collation === undefined ? '' : ` COLLATE ${collation}`}${filled}${identityClause(column, around)}${notNullClause(column, around)}`
}

/** A column that only its parents define has no clause; where it differs from theirs, ALTER says so. */
const differsFromParent = (column: PrintedObject, parents: readonly string[], around: Surroundings): readonly string[] => {
  const above = parents.map((parent) => around.get('column', `${parent}.${lastPart(column.identity)}`)?.value ?? {})
  const alter = `ALTER TABLE ${ownerIdentity(column.identity)} ALTER COLUMN ${lastPart(column.identity)}`
  const expression = textOf(column.value, 'default')
  const sameDefault = textOf(column.value, 'generated') !== undefined || above.some((value) => textOf(value, 'default') === expression)
  return [
    ...(sameDefault ? [] : [expression === undefined ? `${alter} DROP DEFAULT` : `${alter} SET DEFAULT ${expression}`]),
    ...(isSet(column.value, 'notNull') && !above.some((value) => isSet(value, 'notNull')) ? [`${alter} SET NOT NULL`] : []),
  ]
}

const lateNotNulls = (columns: readonly PrintedObject[], around: Surroundings): readonly string[] =>
  columns.flatMap((column) => {
    const named = around.get('not-null', column.identity)
    if (!named || !isSet(named.value, 'notValid')) return []
    return [
      `ALTER TABLE ${ownerIdentity(column.identity)} ADD CONSTRAINT ${quoteIdentifier(textOf(named.value, 'name') ?? '')} NOT NULL ${lastPart(column.identity)} NOT VALID`,
    ]
  })

const isOwn = ({ value }: PrintedObject): boolean => !isSet(value, 'inherited') || isSet(value, 'local')

const settings = (identity: string, value: PrintedObject['value']): readonly PhasedSql[] => {
  const replica = textOf(value, 'replicaIdentity')
  const on = `ALTER TABLE ${identity}`
  return [
    ...(isSet(value, 'rowSecurity') ? at('row security', `${on} ENABLE ROW LEVEL SECURITY`) : []),
    ...(isSet(value, 'forceRowSecurity') ? at('row security', `${on} FORCE ROW LEVEL SECURITY`) : []),
    ...((replica === 'full' || replica === 'nothing') && textOf(value, 'kind') !== 'foreign'
      ? at('table setting', `${on} REPLICA IDENTITY ${replica.toUpperCase()}`)
      : []),
  ]
}

/** A table with its columns; what else stands on it is printed apart. Partitions are made by themselves and attached, as a child whose columns are all its own is. */
export const table: Road = ({ identity, value }, around) => {
  if (isMasked(value, 'options')) return undefined
  const columns = around.columns('column', identity)
  const parents = listOf(value, 'inherits').map((name) => requoted(String(name)))
  const joins = parents.length > 0 && columns.every(isOwn) && around.members('constraint', identity).every(isOwn)
  const partitionOf = textOf(value, 'partitionOf')
  const listed = partitionOf !== undefined || joins || parents.length === 0 ? columns : columns.filter(isOwn)
  const storage = around.storage(`table ${identity}`)
  const kind = textOf(value, 'kind') === 'foreign' ? 'FOREIGN ' : isSet(value, 'unlogged') ? 'UNLOGGED ' : ''
  const ofType = textOf(value, 'ofType')
  const inherits = parents.length > 0 && !joins ? ` INHERITS (${parents.join(', ')})` : ''
  const partitionBy = textOf(value, 'partitionBy')
  const foreign = textOf(value, 'server') === undefined ? '' : ` SERVER ${quoteIdentifier(textOf(value, 'server') ?? '')}${foreignOptions(value)}`
  const body = ofType === undefined ? ` (${listed.map((column) => columnClause(column, around)).join(', ')})` : ` OF ${ofType}`
  const create =
    `CREATE ${kind}TABLE ${identity}${body}${inherits}${partitionBy === undefined ? '' : ` PARTITION BY ${partitionBy}`}` +
    `${using(storage, 'accessMethod', 'USING')}${foreign === '' ? withParameters(storage) : foreign}${using(storage, 'tablespace', 'TABLESPACE')}`
  return [
    ...at('table', create),
    ...at(
      'column setting',
      ...lateNotNulls(columns, around),
      ...columns.filter((column) => !listed.includes(column)).flatMap((column) => differsFromParent(column, parents, around)),
    ),
    ...(joins ? at('attach', ...parents.map((parent) => `ALTER TABLE ${identity} INHERIT ${parent}`)) : []),
    ...(partitionOf === undefined
      ? []
      : at('attach', `ALTER TABLE ${requoted(partitionOf)} ATTACH PARTITION ${identity} ${textOf(value, 'partitionBound') ?? 'DEFAULT'}`)),
    ...settings(identity, value),
  ]
}

/** An inherited constraint comes with the parent, but a partition is made by itself and has all of them beforehand. */
export const constraint: Road = (object, around) => {
  const { identity, value } = object
  const on = ownerIdentity(identity)
  const isPartition = textOf(around.get('table', on)?.value ?? {}, 'partitionOf') !== undefined
  const definition = textOf(value, 'definition') ?? ''
  if (!isOwn(object) && !isPartition) return []
  const add = `ALTER TABLE ${on} ADD CONSTRAINT ${lastPart(identity)} ${definition}`
  if (isSet(value, 'inherited') && !isPartition) return at('own check', add)
  return at(definition.startsWith('FOREIGN KEY') ? 'reference' : 'key', add)
}

/** Parameters of an index are printed apart from its definition; the server names an index without its schema, which is its table's. */
export const index: Road = ({ identity, value }, around) => {
  const on = tableOfIndex(textOf(value, 'definition') ?? '')
  const marks = [
    ...(isSet(value, 'clustered') ? [`ALTER TABLE ${on} CLUSTER ON ${lastPart(identity)}`] : []),
    ...(isSet(value, 'replicaIdentity') ? [`ALTER TABLE ${on} REPLICA IDENTITY USING INDEX ${lastPart(identity)}`] : []),
  ]
  if (textOf(value, 'constraint') !== undefined) return at('table setting', ...marks)
  const storage = around.storage(`index ${identity}`)
  const parent = textOf(value, 'partOf') === undefined ? undefined : requoted(textOf(value, 'partOf') ?? '')
  const parentIsPartial = parent !== undefined && isSet(around.get('index', parent)?.value ?? {}, 'invalid')
  const partitioned = textOf(around.get('table', on)?.value ?? {}, 'kind') === 'partitioned'
  // An index that a failed CREATE INDEX CONCURRENTLY left behind is none that a statement makes.
  if (isSet(value, 'notReady') || (isSet(value, 'invalid') && !partitioned)) return undefined
  const partial = isSet(value, 'invalid')
  const written = textOf(value, 'definition') ?? ''
  const definition = partial ? written : written.replace(/ ON ONLY /, ' ON ')
  const parameters = pairsOf(storage, 'options').map(([name, each]) => `${requoted(name)} = ${quoteLiteral(each)}`)
  const phase = partial || parentIsPartial ? 'partial index' : around.get('view', on) ? 'view index' : 'index'
  return [
    ...at(phase, definition),
    ...(parameters.length > 0 ? at(phase, `ALTER INDEX ${identity} SET (${parameters.join(', ')})`) : []),
    ...(textOf(storage, 'tablespace') === undefined ? [] : at(phase, `ALTER INDEX ${identity}${using(storage, 'tablespace', 'SET TABLESPACE')}`)),
    ...(parentIsPartial ? at('partial index', `ALTER INDEX ${parent} ATTACH PARTITION ${identity}`) : []),
    ...at('table setting', ...marks),
  ]
}

/** The relation in `CREATE INDEX i ON [ONLY] s.t USING …`, quoted. */
export const tableOfIndex = (definition: string): string => {
  const found = /^CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")*"|[^\s"]+) ON (?:ONLY )?((?:"(?:[^"]|"")*"|[^\s"])+) USING /.exec(definition)
  return requoted(found?.[1] ?? '')
}

const states: Readonly<Record<string, string>> = { disabled: 'DISABLE', replica: 'ENABLE REPLICA', always: 'ENABLE ALWAYS' }

const enabled = (word: 'TRIGGER' | 'RULE', { identity, value }: PrintedObject): readonly string[] => {
  const state = states[textOf(value, 'enabled') ?? '']
  return state === undefined ? [] : [`ALTER TABLE ${ownerIdentity(identity)} ${state} ${word} ${lastPart(identity)}`]
}

/** A partition's copy of its parent's trigger exists already: only that it fires otherwise is said. */
export const trigger: Road = (object) =>
  at('trigger', ...(isSet(object.value, 'partOf') ? [] : [textOf(object.value, 'definition') ?? '']), ...enabled('TRIGGER', object))

export const rule: Road = (object) => at('rule', unterminated(textOf(object.value, 'definition') ?? ''), ...enabled('RULE', object))

export const policy: Road = ({ identity, value }) => {
  const clause = (key: string, word: string): string => (textOf(value, key) === undefined ? '' : ` ${word} (${textOf(value, key)})`)
  const head = `CREATE POLICY ${lastPart(identity)} ON ${ownerIdentity(identity)}${isSet(value, 'restrictive') ? ' AS RESTRICTIVE' : ''}`
  return at(
    'policy',
    `${head} FOR ${(textOf(value, 'command') ?? 'all').toUpperCase()} TO ${listOf(value, 'roles').map(String).join(', ')}${clause('using', 'USING')}${clause('check', 'WITH CHECK')}`,
  )
}

/** Columns come with their relation; only a view's default is a statement of its own. */
export const column: Road = ({ identity, value }, around) => {
  const view = around.get('view', ownerIdentity(identity))
  if (!view || textOf(value, 'default') === undefined) return []
  return at('view', `ALTER VIEW ${view.identity} ALTER COLUMN ${lastPart(identity)} SET DEFAULT ${textOf(value, 'default')}`)
}

export const view: Road = ({ identity, value }, around) => {
  const query = unterminated(textOf(value, 'definition') ?? '')
  const storage = around.storage(`view ${identity}`)
  if (isSet(value, 'materialized')) {
    const how = `${using(storage, 'accessMethod', 'USING')}${withParameters(storage)}${using(storage, 'tablespace', 'TABLESPACE')}`
    return at('view', `CREATE MATERIALIZED VIEW ${identity}${how} AS ${query}${isSet(storage, 'unpopulated') ? ' WITH NO DATA' : ''}`)
  }
  const options = pairsOf(value, 'options')
  const check = options.find(([name]) => name === 'check_option')?.[1]
  const others = Object.fromEntries(options.filter(([name]) => name !== 'check_option'))
  return at(
    'view',
    `CREATE VIEW ${identity}${withParameters({ options: others })} AS ${query}${check === undefined ? '' : ` WITH ${check.toUpperCase()} CHECK OPTION`}`,
  )
}

/** A relation's storage is said where it is made; a column's by ALTER. */
export const storage: Road = ({ identity, value }) => {
  const { kind, name } = splitTarget(identity)
  if (kind !== 'column') return []
  const alter = `ALTER TABLE ${ownerIdentity(name)} ALTER COLUMN ${lastPart(name)}`
  const [how, compression] = [textOf(value, 'storage'), textOf(value, 'compression')]
  return at(
    'column setting',
    ...(how === undefined ? [] : [`${alter} SET STORAGE ${how.toUpperCase()}`]),
    ...(compression === undefined ? [] : [`${alter} SET COMPRESSION ${compression}`]),
  )
}

/** `column "s"."t"."c"` → kind and name. */
export const splitTarget = (identity: string): { readonly kind: string; readonly name: string } => {
  const start = identity.indexOf('"')
  return start === -1 ? { kind: identity, name: '' } : { kind: identity.slice(0, start).trimEnd(), name: identity.slice(start) }
}

/** Of a column, of an index's column by its number, or of extended statistics. */
export const statisticsTarget: Road = ({ identity, value }, around) => {
  const { kind, name } = splitTarget(identity)
  const target = textOf(value, 'target')
  if (kind === 'statistics') return at('definition part', `ALTER STATISTICS ${name} SET STATISTICS ${target ?? -1}`)
  const owner = ownerIdentity(name)
  if (around.get('index', owner))
    return textOf(value, 'number') === undefined
      ? undefined
      : at('table setting', `ALTER INDEX ${owner} ALTER COLUMN ${textOf(value, 'number')} SET STATISTICS ${target ?? -1}`)
  const alter = `ALTER ${isSet(around.get('view', owner)?.value ?? {}, 'materialized') ? 'MATERIALIZED VIEW' : 'TABLE'} ${owner} ALTER COLUMN ${quoteIdentifier(partsOf(name).at(-1) ?? '')}`
  const options = pairsOf(value, 'options')
  return at(
    'table setting',
    ...(target === undefined ? [] : [`${alter} SET STATISTICS ${target}`]),
    ...(options.length === 0 ? [] : [`${alter} SET (${options.map(([option, each]) => `${quoteIdentifier(option)} = ${quoteLiteral(each)}`).join(', ')})`]),
  )
}
