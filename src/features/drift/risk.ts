/** What a difference means where it is: who suffers, and how much. */
import type { PrintedObject } from '../../model/printed.ts'
import type { DriftItem } from './items.ts'

export type Level = 'high' | 'medium' | 'low'
export type Risk = { readonly level: Level; readonly why: string }

type Value = PrintedObject['value']

const high = (why: string): Risk => ({ level: 'high', why })
const medium = (why: string): Risk => ({ level: 'medium', why })
const low = (why: string): Risk => ({ level: 'low', why })

const fails = high('What names it fails there.')
const byHand = medium('Nobody’s migrations made it; one that makes it later is refused.')

/** A unique index or constraint, by its definition. */
const isUnique = (value: Value): boolean => /^(CREATE UNIQUE |UNIQUE|PRIMARY KEY|EXCLUDE)/.test(String(value.definition))

/** What says something of an object, and means the same whichever side has it. */
const facts: Readonly<Record<string, Risk>> = {
  owner: low('Another role may alter it.'),
  comment: low('It changes nothing that runs.'),
  'extension dependency': low('It goes with the extension on one side only.'),
  'domain not-null': low('Only its name differs.'),
  'statistics target': low('Plans may differ.'),
  statistics: low('Plans may differ.'),
  storage: low('Size and speed may differ.'),
  'extension version': low('Functions of the extension may behave otherwise.'),
}

/** Of what is missing there. */
const missing: Readonly<Record<string, (value: Value) => Risk>> = {
  index: (value) => (isUnique(value) ? high('Duplicates can come in.') : medium('Queries that rely on it read the whole table.')),
  constraint: () => high('Rows that break it can come in.'),
  'domain constraint': () => high('Values that break it can come in.'),
  'not-null': () => high('NULLs can come in.'),
  trigger: () => high('What it does is not done there.'),
  rule: () => high('What it does is not done there.'),
  policy: (value) => high(value.restrictive ? 'Rows that it hides are visible there.' : 'Rows that it shows are hidden there.'),
  privileges: () => high('Who has them here is refused there.'),
  'default privileges': () => medium('Objects made later are granted to fewer there.'),
  'security label': () => medium('Another policy holds for it there.'),
  enforcement: () => medium('Its constraints are switched off here, and hold there.'),
}

/** Of what is only there. */
const extra: Readonly<Record<string, (value: Value) => Risk>> = {
  column: (value) =>
    value.notNull === true && value.default === undefined && value.identity === undefined
      ? high('INSERTs that do not name it fail there.')
      : medium('A migration that adds it later is refused there.'),
  index: (value) => (isUnique(value) ? high('Writes that are taken here may be refused there.') : low('Writes pay for it.')),
  constraint: (value) =>
    /NOT VALID$/.test(String(value.definition))
      ? medium('New rows are held to it there, and older ones were never looked at.')
      : high('Writes that are taken here may be refused there.'),
  'domain constraint': () => high('Values that are taken here may be refused there.'),
  enforcement: () => high('Rows that break these constraints come in there.'),
  'not-null': () => high('INSERTs of NULL are refused there.'),
  trigger: () => high('It acts on every write there.'),
  rule: () => high('It acts on every statement there.'),
  policy: (value) => high(value.restrictive ? 'It hides rows there.' : 'It shows rows there.'),
  privileges: () => high('More may be done by more there.'),
  'default privileges': () => medium('Objects made later are granted to more there.'),
}

const differ = (from: Value, to: Value, key: string): boolean => JSON.stringify(from[key]) !== JSON.stringify(to[key])
const only = (has: Value, lacks: Value, key: string): boolean => has[key] === true && lacks[key] !== true

const changedColumn = (from: Value, to: Value): Risk => {
  if (differ(from, to, 'type')) return high('Values may be refused, cut or compared otherwise.')
  if (only(from, to, 'notNull')) return high('NULLs can come in.')
  if (only(to, from, 'notNull')) return high('INSERTs and UPDATEs that leave it NULL fail there.')
  if (differ(from, to, 'generated') || differ(from, to, 'identity')) return high('It is filled otherwise there.')
  if (differ(from, to, 'default')) return medium('INSERTs that do not name it store another value.')
  if (differ(from, to, 'collation')) return medium('It is sorted and compared otherwise.')
  return medium('It does not behave alike.')
}

const changedIndex = (from: Value, to: Value): Risk => {
  if (only(to, from, 'invalid') || only(to, from, 'notReady'))
    return high('Queries do not use it, writes still pay for it, and it keeps nothing unique. REINDEX INDEX CONCURRENTLY mends it.')
  if (only(from, to, 'invalid') || only(from, to, 'notReady')) return medium('It is whole there and INVALID here.')
  if (differ(from, to, 'definition')) return isUnique(from) || isUnique(to) ? high('Other rows are unique.') : medium('Other queries profit from it.')
  return low('Queries do not notice.')
}

const changedConstraint = (from: Value, to: Value): Risk => {
  const [before, after] = [String(from.definition), String(to.definition)]
  const state = (definition: string): string => / (NOT VALID|NOT ENFORCED)$/.exec(definition)?.[1] ?? ''
  const bare = (definition: string): string => definition.replace(/ (NOT VALID|NOT ENFORCED)$/, '')
  if (bare(before) !== bare(after)) return high('Other rows are refused.')
  if (state(after) === 'NOT ENFORCED') return high('It is not enforced there: rows that break it come in.')
  if (state(after) === 'NOT VALID') return medium('Older rows were never looked at there. ALTER TABLE … VALIDATE CONSTRAINT does it.')
  return medium('It was never made valid here.')
}

/** What PostgreSQL 18 keeps of a NOT NULL beside the column's own word. */
const changedNotNull = (from: Value, to: Value): Risk => {
  if (only(to, from, 'notValid')) return medium('Older rows were never looked at there: NULLs may be among them.')
  if (only(from, to, 'notValid')) return medium('It was never made valid here.')
  return low('Only its name or inheritance differs.')
}

const changedTable = (from: Value, to: Value): Risk => {
  if (only(from, to, 'rowSecurity') || only(from, to, 'forceRowSecurity')) return high('Row-level security is off there: rows are visible that policies hide.')
  if (only(to, from, 'rowSecurity') || only(to, from, 'forceRowSecurity')) return high('Row-level security is on there: rows are hidden.')
  if (only(to, from, 'unlogged')) return high('It is UNLOGGED there: a crash empties it, and replicas do not have it.')
  if (differ(from, to, 'replicaIdentity')) return medium('Logical replication of UPDATE and DELETE differs.')
  return high('It does not behave alike.')
}

const changed: Readonly<Record<string, (from: Value, to: Value) => Risk>> = {
  column: changedColumn,
  index: changedIndex,
  constraint: changedConstraint,
  table: changedTable,
  'column order': () => low('SELECT *, COPY and INSERT without a list of columns notice.'),
  'not-null': changedNotNull,
  privileges: () => high('Who may do what differs.'),
  'default privileges': () => medium('Objects made later are granted otherwise.'),
  sequence: () => medium('It gives other numbers, or ends elsewhere.'),
  extension: () => medium('Its objects are found under another schema.'),
  trigger: () => high('It acts otherwise there.'),
  policy: () => high('Other rows are visible or may be written.'),
  type: () => high('Other values are taken.'),
  attribute: () => high('Its values have other parts.'),
}

/** Who suffers from an item where it is, and how much. `expectsAll`: the first side is a database, where a schema that is not there is not there on purpose; `live`: the second one is a database. */
export const riskOf = ({ kind, difference: { kind: type, from = {}, to = {} } }: DriftItem, expectsAll: boolean, live: boolean): Risk => {
  const fact = facts[type]
  if (fact) return fact
  if (kind === 'missing') return missing[type]?.(from) ?? fails
  // What migrations do not manage may be another program's: pg-boss, a queue, a second application.
  if (type === 'schema' && !expectsAll) return low('The migrations do not manage it. --exclude leaves it out.')
  if (kind === 'extra') {
    const risk = extra[type]?.(to) ?? byHand
    // Text says what will be: nobody has made it by hand.
    return !live && (risk === byHand || (type === 'column' && risk.level === 'medium')) ? medium('It is new there.') : risk
  }
  return changed[type]?.(from, to) ?? high('It does not behave alike.')
}
