/** The class of every kind of change, for code that was written before the migration. */
import { equal } from '../../changes/equal.ts'
import type { DomainConstraint, Sequence, Type } from '../../model/catalog.ts'
import type { Change, ChangeKind } from '../../model/change.ts'
import { partsOf, type RelationName } from '../../model/name.ts'
import { dropRoutine, madeAgain, replaceRoutine, replaceView, setViewOptions, triggerChange, viewGone } from './code.ts'
import { addColumn, dropColumn, dropNotNull, renameColumn, setColumnType, setDefault, setGenerated, setIdentity, setNotNull, tableGone } from './columns.ts'
import { addConstraint, alterConstraint, createIndex, dropConstraint, dropIndex, renameConstraint } from './constraints.ts'
import { type Judge, type Judgement, major, minor, none, patch, unknown } from './judgement.ts'
import type { Moment } from './moment.ts'
import { alterRole, policyChange, setOwner, setPrivileges, setRowSecurity } from './security.ts'
import { compareTypes, typeGone } from './types.ts'

const cannotTell = patch('code cannot tell')

const createType = ({ name }: Change<'create-type'>, { start, end, startName, endName }: Moment): Judgement => {
  if (start.types.has(startName(name))) return none('it takes the place of a type that this migration drops')
  return end.types.has(endName(name)) ? minor('nothing names it yet') : none('it is gone again when the migration ends')
}

const setEnumValues = ({ type, to }: Change<'set-enum-values'>, { start }: Moment): Judgement => {
  const old = start.types.get(type)
  return old?.kind === 'enum' ? compareTypes(old, { kind: 'enum', labels: to }) : minor('the type is new')
}

const addEnumValue = ({ type }: Change<'add-enum-value'>, { start, startName }: Moment): Judgement =>
  start.types.has(startName(type)) ? minor('what was written before is still taken', 'reader-risk') : minor('the type is new')

const typeAltered =
  (judgement: Judgement) =>
  ({ type }: { readonly type: Change<'add-attribute'>['type'] }, { start, startName }: Moment): Judgement =>
    start.types.has(startName(type)) ? judgement : minor('the type is new')

const domainAltered =
  (judge: (change: Change) => Judgement) =>
  (change: Change<'set-domain-default' | 'set-domain-not-null'>, { start, startName }: Moment): Judgement =>
    start.types.has(startName(change.domain)) ? judge(change) : minor('the domain is new')

/** Whether a domain has a constraint that says the same, under whatever name. */
const saysToo = (type: Type | undefined, constraint: DomainConstraint | undefined): boolean =>
  type?.kind === 'domain' && constraint !== undefined && [...type.constraints.values()].some((other) => equal(other.expression, constraint.expression))

const addDomainConstraint = ({ domain, constraint }: Change<'add-domain-constraint'>, { start, startName }: Moment): Judgement => {
  const old = start.types.get(startName(domain))
  if (!old) return minor('the domain is new')
  return saysToo(old, constraint) ? patch('a constraint that says the same was there') : major('code that writes values which it does not take fails')
}

const dropDomainConstraint = ({ domain, name }: Change<'drop-domain-constraint'>, { start, end, startName, endName }: Moment): Judgement => {
  const old = start.types.get(startName(domain))
  if (!old) return minor('the domain is new')
  const gone = old.kind === 'domain' ? old.constraints.get(name) : undefined
  return saysToo(end.types.get(endName(domain)), gone)
    ? patch('a constraint that says the same is there')
    : minor('values that were kept out are let in now', 'reader-risk')
}

const largest = ({ type, options }: Pick<Sequence, 'type' | 'options'>): number =>
  Number(options.maxvalue ?? { smallint: 32_767, integer: 2_147_483_647, bigint: Number.MAX_SAFE_INTEGER }[type])

const alterSequence = ({ name }: Change<'alter-sequence'>, { start, end, startName, endName }: Moment): Judgement => {
  const [old, now] = [start.sequences.get(startName(name)), end.sequences.get(endName(name))]
  if (!old || !now) return none('the sequence is new, or goes')
  if (largest(now) < largest(old) || (old.options.cycle === 'true' && now.options.cycle !== 'true')) return major('the sequence may run out where it did not')
  return patch('it goes on to give numbers')
}

const sequenceGone = ({ name }: { readonly name: RelationName }, { start, end, startName }: Moment): Judgement =>
  madeAgain(start.sequences.get(startName(name)), end.sequences.get(startName(name)), 'code that takes numbers from it (nextval, currval) fails')

const tableNew = ({ name }: Change<'create-table'>, { start, end, startName, endName }: Moment): Judgement => {
  if (start.tables.has(startName(name))) return none('it takes the place of a table that this migration drops')
  return end.tables.has(endName(name)) ? minor('nothing names it yet') : none('it is gone again when the migration ends')
}

const viewNew = ({ name }: Change<'create-view'>, { start, end, startName, endName }: Moment): Judgement => {
  if (start.views.has(startName(name))) return none('it takes the place of a view that this migration drops')
  return end.views.has(endName(name)) ? minor('nothing names it yet') : none('it is gone again when the migration ends')
}

const routineNew = ({ name }: Change<'create-routine'>, { start, end }: Moment): Judgement => {
  if (start.routines.has(name)) return none('it takes the place of a routine that this migration drops')
  return end.routines.has(name) ? minor('nothing calls it yet') : none('it is gone again when the migration ends')
}

const attachPartition = ({ child, created }: Change<'attach-partition'>, moment: Moment): Judgement =>
  created || !moment.oldTable(child) ? minor('the partition is new') : major('code that writes into the partition by its name is bound by its bounds')

const inheritance = ({ on, to }: Change<'set-inheritance'>, moment: Moment): Judgement => {
  const old = moment.oldTable(on)
  if (!old) return minor('the table is new')
  return old.inherits.every((parent) => to.includes(parent))
    ? minor('readers of the parent see its rows too', 'behaviour')
    : major('readers of the parent no longer see its rows')
}

const alterExtension = ({ name, to }: Change<'alter-extension'>, { start }: Moment): Judgement => {
  const old = start.extensions.get(name)
  if (!old) return minor('the extension is new')
  return old.schema !== to.schema
    ? major('code that names its functions and types by their schema fails')
    : major('its own update may take functions away or change them')
}

const ruleChange = ({ on }: { readonly on: Change<'create-rule'>['on'] }, moment: Moment): Judgement =>
  moment.oldTable(on) || moment.start.views.has(moment.startName(on)) ? major('statements of old code are turned into others') : minor('the table is new')

const statistics = (object: string): boolean => partsOf(object)[0] === 'statistics'

const createDefinition = ({ object }: Change<'create-definition'>, { start }: Moment): Judgement => {
  if (statistics(object)) return cannotTell
  if (start.definitions.has(object)) return none('it takes the place of one that this migration drops')
  return /^definition "event trigger"/.test(object) ? minor('it fires at changes of the schema', 'trigger') : minor('nothing names it yet')
}

const alterDefinition = ({ object }: Change<'alter-definition'>, { start }: Moment): Judgement => {
  if (statistics(object)) return cannotTell
  return start.definitions.has(object) ? major('what it no longer does is not known') : minor('it is new')
}

const dropDefinition = ({ object }: Change<'drop-definition'>, { start, end }: Moment): Judgement => {
  if (statistics(object)) return cannotTell
  return madeAgain(start.definitions.get(object), end.definitions.get(object), 'what uses it fails')
}

/** SET SCHEMA. */
const moved = ({ object }: Change<'set-schema'>, { start, startName }: Moment): Judgement => {
  const name = object.slice(object.indexOf('"')) as Change<'rename-table'>['name']
  const old = startName(name)
  const there =
    start.tables.has(old) ||
    start.views.has(old) ||
    start.types.has(old) ||
    start.sequences.has(old) ||
    start.routines.has(name) ||
    start.definitions.has(object)
  return there ? major('code that uses the old name fails, unless its search path finds the new one') : minor('this migration made it')
}

/** What a change means, for objects that were there before the migration; what belongs to a table that the migration makes is judged by itself. */
export const classes: { readonly [K in ChangeKind]: Judge<K> } = {
  'create-schema': ({ name }, { start }) =>
    start.schemas.has(name) ? none('it takes the place of one that this migration drops') : minor('nothing names it yet'),
  'drop-schema': ({ name }, { start, end }) => madeAgain(start.schemas.get(name), end.schemas.get(name), 'code that names what is in it fails'),
  'rename-schema': ({ from }, { start }) => (start.schemas.has(from) ? major('code that uses the old name fails') : minor('the schema is new')),
  'create-extension': minor('nothing names it yet'),
  'alter-extension': alterExtension,
  'drop-extension': ({ name }, { start, end }) =>
    madeAgain(start.extensions.get(name), end.extensions.get(name), 'code that uses its functions and types fails'),
  'create-type': createType,
  'drop-type': ({ name }, moment) => typeGone(name, moment),
  'rename-type': ({ name }, moment) => typeGone(name, moment),
  'add-enum-value': addEnumValue,
  'rename-enum-value': typeAltered(major('code that writes the old value fails, and readers meet another one')),
  'set-enum-values': setEnumValues,
  'set-domain-default': domainAltered((change) =>
    change.kind === 'set-domain-default' && change.to === undefined
      ? major('code that leaves such a column out counted on the default')
      : minor('INSERTs that leave such a column out get another value', 'behaviour'),
  ),
  'set-domain-not-null': domainAltered((change) =>
    change.kind === 'set-domain-not-null' && change.to ? major('code that writes NULL fails') : minor('readers may meet NULL now', 'null-risk'),
  ),
  'add-domain-constraint': addDomainConstraint,
  'drop-domain-constraint': dropDomainConstraint,
  'rename-domain-constraint': patch('its name is in messages alone'),
  'validate-domain-constraint': cannotTell,
  'add-attribute': typeAltered(major('code that writes such values gives too few fields')),
  'drop-attribute': typeAltered(major('code that names the field fails')),
  'set-attribute-type': typeAltered(major('code that writes or reads the field meets another type')),
  'rename-attribute': typeAltered(major('code that uses the old name fails')),
  'create-sequence': ({ name, implied }, { start }) =>
    start.sequences.has(name)
      ? none('it takes the place of one that this migration drops')
      : implied
        ? patch('it belongs to a column')
        : minor('nothing names it yet'),
  'alter-sequence': alterSequence,
  'set-sequence-owner': cannotTell,
  'drop-sequence': sequenceGone,
  'rename-sequence': sequenceGone,
  'create-table': tableNew,
  'drop-table': (change, moment) => tableGone(change, moment, 'code that names the table fails'),
  'rename-table': (change, moment) => tableGone(change, moment, 'code that uses the old name fails'),
  'set-table-options': cannotTell,
  'set-foreign-options': ({ on }, moment) => (moment.oldTable(on) ? major('it may read another table now') : minor('the table is new')),
  'set-persistence': patch('code cannot tell, until the server has crashed'),
  'set-row-security': setRowSecurity,
  'set-replica-identity': ({ on, to }, moment) =>
    to === 'nothing' && moment.oldTable(on) ? major('UPDATE and DELETE are refused where the table is published') : cannotTell,
  'set-cluster-index': cannotTell,
  'set-inheritance': inheritance,
  'attach-partition': attachPartition,
  'detach-partition': ({ child }, moment) => (moment.oldTable(child) ? major('readers of the parent no longer see its rows') : none('the partition is new')),
  'set-tablespace': cannotTell,
  'set-access-method': cannotTell,
  'add-column': addColumn,
  'drop-column': dropColumn,
  'rename-column': renameColumn,
  'set-column-type': setColumnType,
  'set-default': setDefault,
  'set-not-null': setNotNull,
  'drop-not-null': dropNotNull,
  'set-identity': setIdentity,
  'set-generated': setGenerated,
  'set-column-properties': cannotTell,
  'reorder-columns': patch('code that names its columns cannot tell'),
  respell: none('PostgreSQL writes the same anew'),
  'add-constraint': addConstraint,
  'drop-constraint': dropConstraint,
  'rename-constraint': renameConstraint,
  'validate-constraint': patch('it was enforced for new rows before'),
  'alter-constraint': alterConstraint,
  'create-index': createIndex,
  'drop-index': dropIndex,
  'rename-index': cannotTell,
  'set-index-options': cannotTell,
  'set-index-statistics': cannotTell,
  'attach-index': cannotTell,
  'create-view': viewNew,
  'replace-view': replaceView,
  'drop-view': viewGone,
  'rename-view': viewGone,
  'rename-view-column': ({ on }, { start, startName }) =>
    start.views.has(startName(on)) ? major('code that uses the old name fails') : minor('the view is new'),
  'set-view-options': setViewOptions,
  'create-routine': routineNew,
  'replace-routine': replaceRoutine,
  'drop-routine': dropRoutine,
  'rename-routine': ({ name }, { start }) => (start.routines.has(name) ? major('code that calls it by the old name fails') : minor('the routine is new')),
  'create-trigger': triggerChange,
  'replace-trigger': triggerChange,
  'drop-trigger': triggerChange,
  'rename-trigger': patch('its name says only when it fires among others'),
  'set-trigger-enabled': triggerChange,
  'create-policy': policyChange,
  'alter-policy': policyChange,
  'drop-policy': policyChange,
  'rename-policy': patch('its name is in messages alone'),
  'create-rule': ruleChange,
  'replace-rule': ruleChange,
  'drop-rule': ruleChange,
  'rename-rule': patch('its name says only when it applies among others'),
  'create-definition': createDefinition,
  'alter-definition': alterDefinition,
  'drop-definition': dropDefinition,
  'set-schema': moved,
  'set-comment': cannotTell,
  'set-privileges': setPrivileges,
  'set-default-privileges': patch('only objects that are made later have them'),
  'set-owner': setOwner,
  'create-role': minor('nothing runs as it yet'),
  'alter-role': alterRole,
  'drop-role': ({ name }, { start, end }) => madeAgain(start.roles.get(name), end.roles.get(name), 'code that connects as it fails'),
  'rename-role': ({ from }, { start }) => (start.roles.has(from) ? major('code that connects by the old name fails') : minor('the role is new')),
  'change-data': patch('the schema is what it was', 'data'),
  'set-session': none('it ends with the session'),
  'control-transaction': none('it changes nothing'),
  'use-temporary': none('it is gone with the session'),
  maintain: none('neither rows nor the schema change'),
  opaque: ({ reason }) => unknown(`memory cannot follow it: ${reason}`),
}
