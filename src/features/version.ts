/** Versions of a schema, derived from what its migrations do: nothing is written into a migration, so two branches cannot claim one number. */

import { keepsBytes } from '../changes/conversions.ts'
import { describe, touches } from '../changes/index.ts'
import { ownerName } from '../changes/references.ts'
import { replay, type Step } from '../changes/replay.ts'
import { plainStartOf } from '../changes/start.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Change, ChangeKind } from '../model/change.ts'
import type { History } from '../model/history.ts'
import { keyOf, member, type ObjectKey, parseKey, type RelationName } from '../model/name.ts'
import { loadSql } from '../sql/parser.ts'
import { readScript } from '../sql/script.ts'
import type { Bump, Classified } from './version/numbers.ts'

export { type Bump, displayVersion, type Version, versionsOf } from './version/numbers.ts'

const rank: Readonly<Record<Bump, number>> = { none: 0, patch: 1, minor: 2, major: 3, unknown: 4 }

const stronger = (a: Bump, b: Bump): Bump => (rank[b] > rank[a] ? b : a)

type Judge<K extends ChangeKind> = Bump | ((change: Change<K>, before: Catalog) => Bump)

/** Each kind's class, for an object that existed before the migration. */
const classes: { readonly [K in ChangeKind]: Judge<K> } = {
  'create-schema': 'minor',
  'drop-schema': 'major',
  'rename-schema': 'major',
  'create-extension': 'minor',
  'alter-extension': 'minor',
  'drop-extension': 'major',
  'create-type': 'minor',
  'drop-type': 'major',
  'rename-type': 'major',
  'add-enum-value': 'minor',
  'rename-enum-value': 'major',
  'set-enum-values': ({ type, to }, before) => {
    const old = before.types.get(type)
    return old?.kind === 'enum' && old.labels.every((label) => to.includes(label)) ? 'minor' : 'major'
  },
  'set-domain-default': 'minor',
  'set-domain-not-null': ({ to }) => (to ? 'major' : 'minor'),
  'add-domain-constraint': 'major',
  'drop-domain-constraint': 'minor',
  'rename-domain-constraint': 'patch',
  'validate-domain-constraint': 'patch',
  'add-attribute': 'minor',
  'drop-attribute': 'major',
  'set-attribute-type': 'major',
  'rename-attribute': 'major',
  'create-sequence': 'minor',
  'alter-sequence': 'patch',
  'set-sequence-owner': 'patch',
  'drop-sequence': 'major',
  'rename-sequence': 'major',
  'create-table': 'minor',
  'drop-table': 'major',
  'rename-table': 'major',
  'set-table-options': 'patch',
  'set-foreign-options': 'patch',
  'set-persistence': 'patch',
  'set-row-security': ({ enabled, forced }, before) => rowSecurity(enabled, forced, before),
  'set-replica-identity': 'patch',
  'set-cluster-index': 'patch',
  'set-inheritance': 'major',
  'attach-partition': 'minor',
  'detach-partition': 'major',
  'set-tablespace': 'patch',
  'set-access-method': 'patch',
  'add-column': ({ attribute }) => (attribute.notNull && attribute.default === undefined && !attribute.identity && !attribute.generated ? 'major' : 'minor'),
  'drop-column': 'major',
  'rename-column': 'major',
  'set-column-type': ({ on, column, to }, before) => {
    const old = before.tables.get(on)?.columns.find(({ name }) => name === column)
    return old && (keepsBytes(old.type, to) || widens(old.type.name, to.name)) ? 'minor' : 'major'
  },
  'set-default': ({ to }) => (to === undefined ? 'major' : 'minor'),
  'set-not-null': 'major',
  'drop-not-null': 'minor',
  'set-identity': ({ to }) => (to === undefined || to.always ? 'major' : 'minor'),
  'set-generated': 'major',
  'set-column-properties': 'patch',
  'reorder-columns': 'patch',
  respell: 'none',
  'add-constraint': ({ constraint }) => ('state' in constraint && constraint.state === 'not enforced' ? 'patch' : 'major'),
  'drop-constraint': ({ on, name }, before) => (before.tables.get(on)?.constraints.get(name)?.type === 'primary key' ? 'major' : 'minor'),
  'rename-constraint': 'patch',
  'validate-constraint': 'patch',
  'alter-constraint': ({ to }) => (to.enforced === false ? 'minor' : 'patch'),
  'create-index': ({ index }) => (index.unique ? 'major' : 'patch'),
  'drop-index': ({ name }, before) => (before.indexes.get(name)?.unique ? 'minor' : 'patch'),
  'rename-index': 'patch',
  'set-index-options': 'patch',
  'set-index-statistics': 'patch',
  'attach-index': 'patch',
  'create-view': 'minor',
  'replace-view': 'minor',
  'drop-view': 'major',
  'rename-view': 'major',
  'rename-view-column': 'major',
  'set-view-options': 'minor',
  'create-routine': 'minor',
  'replace-routine': 'minor',
  'drop-routine': 'major',
  'rename-routine': 'major',
  'create-trigger': 'minor',
  'replace-trigger': 'minor',
  'drop-trigger': 'minor',
  'rename-trigger': 'patch',
  'set-trigger-enabled': 'minor',
  'create-policy': ({ policy }) => (policy.permissive ? 'minor' : 'major'),
  'alter-policy': 'major',
  'drop-policy': 'major',
  'rename-policy': 'patch',
  'create-rule': 'major',
  'replace-rule': 'major',
  'drop-rule': 'major',
  'rename-rule': 'patch',
  'create-definition': 'minor',
  'alter-definition': 'minor',
  'drop-definition': 'major',
  'set-schema': 'major',
  'set-comment': 'patch',
  'set-privileges': ({ object, to }, before) => (takesPrivileges(object, to, before) ? 'major' : 'minor'),
  'set-default-privileges': 'patch',
  'set-owner': 'patch',
  'create-role': 'minor',
  'alter-role': 'minor',
  'drop-role': 'major',
  'rename-role': 'major',
  'change-data': 'patch',
  'set-session': 'none',
  'control-transaction': 'none',
  'use-temporary': 'none',
  maintain: 'none',
  opaque: 'unknown',
}

/** Turning row security on hides rows from roles that saw them. */
const rowSecurity = (enabled: boolean, forced: boolean, before: Catalog): Bump => ((enabled || forced) && before.tables.size > 0 ? 'major' : 'minor')

const wider: Readonly<Record<string, readonly string[]>> = {
  int2: ['int4', 'int8', 'numeric'],
  int4: ['int8', 'numeric'],
  int8: ['numeric'],
  float4: ['float8'],
  varchar: ['text'],
  bpchar: ['text', 'varchar'],
}

/** A type that holds every value of the other one. */
const widens = (from: string, to: string): boolean => wider[from]?.includes(to) === true

const takesPrivileges = (object: ObjectKey, to: Change<'set-privileges'>['to'], before: Catalog): boolean => {
  const old = before.privileges.get(object)
  if (!old) return false
  return Object.entries(old).some(([grantee, privileges]) => Object.keys(privileges).some((privilege) => to?.[grantee]?.[privilege] === undefined))
}

/** Objects of relations that the same migration made: nothing depends on them yet. */
const isNew = (change: Change, made: ReadonlySet<string>): boolean => {
  const touched = touches(change)
  return (
    touched.length > 0 &&
    touched.every((key) => {
      const { kind, name } = parseKey(key)
      return made.has(key) || made.has(ownerName(key)) || ((kind === 'table' || kind === 'index' || kind === 'sequence') && made.has(name))
    })
  )
}

const indexRelation = (change: Change, before: Catalog): RelationName | undefined =>
  change.kind === 'create-index'
    ? change.index.relation
    : change.kind === 'drop-index'
      ? before.indexes.get(change.name)?.relation
      : 'on' in change
        ? (change.on as RelationName)
        : undefined

const classify = (change: Change, before: Catalog, made: ReadonlySet<string>): Bump => {
  const judge = classes[change.kind] as Judge<ChangeKind>
  const bump = typeof judge === 'string' ? judge : judge(change, before)
  if (bump !== 'major') return bump
  const on = indexRelation(change, before)
  if (on !== undefined && made.has(on)) return 'minor'
  return isNew(change, made) ? 'minor' : bump
}

const madeBy = (change: Change): readonly string[] => [
  ...(change.kind === 'create-table' || change.kind === 'create-view' ? [change.name] : []),
  ...(change.kind.startsWith('create-') ? touches(change) : []),
  ...(change.kind === 'add-column' ? [keyOf('column', member(change.on, change.attribute.name))] : []),
]

/** What one statement means, and why. */
export type StatementBump = { readonly step: Step; readonly bump: Bump; readonly decisive: Change | undefined }

/** The classes of one migration's statements. What the migration makes itself is not broken by it. */
export const classifySteps = (steps: readonly Step[]): readonly StatementBump[] => {
  const made = new Set<string>()
  return steps.map((step) => {
    let bump: Bump = 'none'
    let decisive: Change | undefined
    for (const change of step.changes) {
      const next = classify(change, step.before, made)
      if (rank[next] > rank[bump]) decisive = change
      bump = stronger(bump, next)
      // Only now: what a change makes does not excuse the change itself.
      for (const name of madeBy(change)) made.add(name)
    }
    return { step, bump, decisive }
  })
}

/** The strongest class among a migration's statements; a migration that changes nothing anyone can see is still a patch. */
export const bumpOf = (statements: readonly StatementBump[]): Bump => statements.reduce<Bump>((bump, statement) => stronger(bump, statement.bump), 'patch')

/** The class of each migration of a history. */
export const classifyHistory = async (history: History): Promise<readonly Classified[]> => {
  await loadSql()
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const { steps } = replay(scripts, plainStartOf(scripts).catalog)
  return history.migrations.map((_migration, at) => {
    const statements = classifySteps(steps.filter((step) => step.migration === at))
    const bump = bumpOf(statements)
    const decisive = statements.find((statement) => statement.bump === bump)?.decisive
    return { bump, why: decisive ? describe(decisive) : 'nothing that code can see' }
  })
}
