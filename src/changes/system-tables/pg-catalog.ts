/** Tables and views of pg_catalog. */
import type { Constraint, Policy } from '../../model/catalog.ts'
import { localName, type QualifiedName, type RelationName, schemaOf } from '../../model/name.ts'
import {
  definitionsAs,
  eachConstraint,
  eachExtension,
  eachNotNull,
  eachRoutine,
  eachSchema,
  eachSequence,
  eachTable,
  eachTrigger,
  eachType,
  eachView,
  type Maker,
  rolesAs,
  together,
} from './maker.ts'
import { namespaceOid, relationOid, typeOid } from './oids.ts'
import { pgAttribute, pgClass, pgIndex, pgIndexes, pgInherits } from './pg-relations.ts'
import { pgEnum, pgType } from './pg-types.ts'
import { present, type Row, unknown } from './row.ts'

const constraintLetters = { 'primary key': 'p', unique: 'u', check: 'c', 'foreign key': 'f', exclusion: 'x' } as const
const actionLetters = { 'no action': 'a', restrict: 'r', cascade: 'c', 'set null': 'n', 'set default': 'd' } as const
const policyLetters = { all: '*', select: 'r', insert: 'a', update: 'w', delete: 'd' } as const
const enabledLetters = { origin: 'O', disabled: 'D', replica: 'R', always: 'A' } as const
const routineLetters: Readonly<Record<string, string>> = { function: 'f', procedure: 'p', aggregate: 'a' }

const constraintRow = (on: RelationName, name: string, constraint: Constraint): Row => ({
  oid: `constraint ${on}.${name}`,
  conname: name,
  conrelid: relationOid(on),
  connamespace: namespaceOid(schemaOf(on)),
  contypid: 0,
  contype: constraintLetters[constraint.type],
  confrelid: constraint.type === 'foreign key' ? relationOid(constraint.references) : 0,
  convalidated: !('state' in constraint) || constraint.state === 'valid',
  condeferrable: 'deferrable' in constraint && constraint.deferrable,
  condeferred: 'initiallyDeferred' in constraint && constraint.initiallyDeferred,
  confdeltype: constraint.type === 'foreign key' ? actionLetters[constraint.onDelete] : ' ',
  confupdtype: constraint.type === 'foreign key' ? actionLetters[constraint.onUpdate] : ' ',
  conkey: present,
})

const pgConstraint = together(
  eachConstraint((on, name, constraint) => [constraintRow(on, name, constraint)]),
  eachType((on, type) => {
    if (type.kind !== 'domain') return []
    const domain = { conrelid: 0, connamespace: namespaceOid(schemaOf(on)), contypid: typeOid(on), contype: 'c' }
    return [...type.constraints.keys()].map((conname) => ({ conname, ...domain }))
  }),
  // PostgreSQL 18 keeps NOT NULL here, older majors do not.
  eachNotNull((on, conname) => ({ conname, conrelid: relationOid(on), connamespace: namespaceOid(schemaOf(on)), contypid: 0, contype: 'n' })),
)

const eachPolicy = (row: (on: RelationName, name: string, policy: Policy) => Row): Maker =>
  eachTable((on, { policies }) => [...policies].map(([name, policy]) => row(on, name, policy)))

const pgTables = eachTable((name, { rowSecurity }) => [{ schemaname: schemaOf(name), tablename: localName(name), rowsecurity: rowSecurity }])

const pgViews = eachView((name, { materialized }) => (materialized ? [] : [{ schemaname: schemaOf(name), viewname: localName(name) }]))

const pgMatviews = eachView((name, { materialized, withData }) =>
  materialized ? [{ schemaname: schemaOf(name), matviewname: localName(name), ispopulated: withData }] : [],
)

const ruleRows = (on: RelationName, { rules }: { readonly rules: ReadonlyMap<string, unknown> }): readonly Row[] =>
  [...rules.keys()].map((rulename) => ({ schemaname: schemaOf(on), tablename: localName(on), rulename }))

const pgExtension = together(
  eachExtension((extname, { schema }) => [{ extname, extversion: present, extnamespace: schema === undefined ? unknown : namespaceOid(schema) }]),
  () => [{ extname: 'plpgsql', extversion: present, extnamespace: namespaceOid('pg_catalog') }],
)

const sequenceRow = (name: QualifiedName): Row => ({ schemaname: schemaOf(name), sequencename: localName(name) })

/** By qualified name. */
export const pgCatalog: Readonly<Record<string, Maker>> = {
  'pg_catalog.pg_class': pgClass,
  'pg_catalog.pg_namespace': eachSchema((nspname) => ({ oid: namespaceOid(nspname), nspname })),
  'pg_catalog.pg_constraint': pgConstraint,
  'pg_catalog.pg_attribute': pgAttribute,
  'pg_catalog.pg_type': pgType,
  'pg_catalog.pg_enum': pgEnum,
  'pg_catalog.pg_tables': pgTables,
  'pg_catalog.pg_views': pgViews,
  'pg_catalog.pg_matviews': pgMatviews,
  'pg_catalog.pg_indexes': pgIndexes,
  'pg_catalog.pg_index': pgIndex,
  'pg_catalog.pg_sequences': eachSequence((name) => [sequenceRow(name)]),
  'pg_catalog.pg_policies': eachPolicy((on, policyname, { command, permissive }) => ({
    schemaname: schemaOf(on),
    tablename: localName(on),
    policyname,
    cmd: command.toUpperCase(),
    permissive: permissive ? 'PERMISSIVE' : 'RESTRICTIVE',
  })),
  'pg_catalog.pg_policy': eachPolicy((on, polname, { command, permissive }) => ({
    polname,
    polrelid: relationOid(on),
    polcmd: policyLetters[command],
    polpermissive: permissive,
  })),
  'pg_catalog.pg_trigger': eachTrigger((on, tgname, enabled) => ({
    tgname,
    tgrelid: relationOid(on),
    tgisinternal: false,
    tgenabled: enabledLetters[enabled],
  })),
  'pg_catalog.pg_rules': together(eachTable(ruleRows), eachView(ruleRows)),
  'pg_catalog.pg_extension': pgExtension,
  'pg_catalog.pg_proc': eachRoutine((schema, proname, kind) => ({ proname, pronamespace: namespaceOid(schema), prokind: routineLetters[kind] ?? 'f' })),
  'pg_catalog.pg_roles': rolesAs('rolname'),
  'pg_catalog.pg_authid': rolesAs('rolname'),
  'pg_catalog.pg_user': rolesAs('usename'),
  'pg_catalog.pg_inherits': pgInherits,
  'pg_catalog.pg_partitioned_table': eachTable((name, { kind }) => (kind === 'partitioned' ? [{ partrelid: relationOid(name) }] : [])),
  'pg_catalog.pg_publication': definitionsAs('pubname', 'publication'),
  'pg_catalog.pg_event_trigger': definitionsAs('evtname', 'event trigger'),
  'pg_catalog.pg_statistic_ext': definitionsAs('stxname', 'statistics'),
  'pg_catalog.pg_foreign_server': definitionsAs('srvname', 'server'),
}
