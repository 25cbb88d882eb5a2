/** What CREATE TABLE and ALTER TABLE need to be there. */
import type { Tree } from '../../model/json.ts'
import { localName, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { child, list, optionNamed, strings, stringValue, text } from '../../sql/tree.ts'
import { columnsIn, hasSubquery } from '../expressions.ts'
import { supposeConstraint, supposeKey } from './constraints.ts'
import { supposeAlike, supposeBelonging, supposePartitioned } from './families.ts'
import { supposeCalls, supposeExpression } from './queries.ts'
import type { RelationWord, Supposing } from './supposing.ts'
import { supposeAttribute, supposeType } from './types.ts'

/** The index that a key takes over. A primary key makes its columns NOT NULL: they have to be some, and nobody knows which. */
const supposeTakenIndex = (supposing: Supposing, on: RelationName, name: string, isPrimary: boolean): void => {
  const index = qualified(schemaOf(on), name)
  const columns = isPrimary && !supposing.catalog.indexes.has(index) ? [`the columns of ${name}`] : []
  if (supposing.index(index, on, columns)) supposing.columns(on, columns)
}

/** A constraint: its columns (those that the statement itself makes aside), the key that it refers to, the index that it takes over. */
const supposeForConstraint = (supposing: Supposing, on: RelationName | undefined, node: Tree, own: Tree, made: ReadonlySet<string>): void => {
  const there = (names: readonly string[]): void =>
    supposing.columns(
      on,
      names.filter((name) => !made.has(name)),
    )
  const expression = child(node, 'raw_expr') ?? child(node, 'where_clause')
  there([...strings(list(node, 'keys')), ...strings(list(node, 'including')), ...strings(list(node, 'fk_attrs'))])
  if (expression && !hasSubquery(expression)) there([...columnsIn(expression)])
  for (const pair of list(node, 'exclusions'))
    for (const item of list(child(pair, 'List'), 'items')) there(text(child(item, 'IndexElem'), 'name') ? [text(child(item, 'IndexElem'), 'name') ?? ''] : [])
  const using = text(node, 'indexname')
  if (using !== undefined && on !== undefined) supposeTakenIndex(supposing, on, using, text(node, 'contype') === 'CONSTR_PRIMARY')
  const parent = child(node, 'pktable')
  if (parent && !(parent.relname === own.relname && parent.schemaname === own.schemaname))
    supposeKey(supposing, supposing.range(parent), strings(list(node, 'pk_attrs')))
  else if (parent)
    supposeKey(
      supposing,
      on,
      strings(list(node, 'pk_attrs')).filter((name) => !made.has(name)),
    )
}

const constraintsOf = (definition: Tree | undefined): readonly Tree[] => list(definition, 'constraints').map((node) => child(node, 'Constraint') ?? {})

/** CREATE TABLE: parents, templates, and the tables that foreign keys refer to. */
export const supposeForTable = (supposing: Supposing, node: Tree): void => {
  const own = child(node, 'relation') ?? {}
  const schema = text(own, 'schemaname')
  if (schema !== undefined && text(own, 'relpersistence') !== 't') supposing.schema(schema)
  for (const range of list(node, 'inhRelations')) {
    const parent = supposing.range(child(range, 'RangeVar'), node.partbound === undefined ? 'table' : 'partitioned table')
    if (node.partbound !== undefined && parent !== undefined) supposePartitioned(supposing, parent)
  }
  const type = child(node, 'ofTypename')
  if (type) supposeType(supposing, strings(list(type, 'names')), 'composite')
  for (const element of list(node, 'tableElts')) {
    supposing.range(child(child(element, 'TableLikeClause'), 'relation'))
    const constraints = [...constraintsOf(child(element, 'ColumnDef')), child(element, 'Constraint') ?? {}]
    for (const constraint of constraints) {
      const parent = child(constraint, 'pktable')
      if (parent && !(parent.relname === own.relname && parent.schemaname === own.schemaname))
        supposeKey(supposing, supposing.range(parent), strings(list(constraint, 'pk_attrs')))
    }
  }
}

type Command = (supposing: Supposing, on: RelationName | undefined, command: Tree, own: Tree, made: ReadonlySet<string>) => void

const column =
  (trait?: 'not null' | 'identity' | 'generated'): Command =>
  (supposing, on, command, _own, made) => {
    const name = text(command, 'name') ?? ''
    if (!made.has(name)) supposing.column(on, name, trait)
  }

/** A trigger or rule; one that is enabled is assumed to be disabled before. */
const switched =
  (kind: 'trigger' | 'rule'): Command =>
  (supposing, on, command) =>
    supposing.member(on, kind, text(command, 'name') ?? '', !(text(command, 'subtype') ?? '').startsWith('AT_Disable'))

const allTriggers: Command = (supposing, on, command) => {
  const known = on === undefined ? undefined : supposing.catalog.tables.get(on)
  if (on === undefined || !known || known.triggers.size > 0) return
  supposing.member(on, 'trigger', `the triggers of ${localName(on)}`, (text(command, 'subtype') ?? '').startsWith('AT_Enable'))
}

const constraint =
  (as: 'any' | 'not valid' | 'foreign key', at: (command: Tree) => string | undefined = (command) => text(command, 'name')): Command =>
  (supposing, on, command) =>
    supposeConstraint(supposing, on, at(command) ?? '', as)

const partition: Command = (supposing, on, command) => {
  const node = child(child(command, 'def'), 'PartitionCmd') ?? {}
  if (on !== undefined && supposing.catalog.indexes.has(on)) {
    const named = child(node, 'name')
    supposing.index([...(text(named, 'schemaname') ? [text(named, 'schemaname') ?? ''] : []), text(named, 'relname') ?? ''], undefined)
    return
  }
  const other = supposing.range(child(node, 'name'))
  if (on !== undefined) supposePartitioned(supposing, on)
  supposeAlike(supposing, on, other)
  if (command.subtype !== 'AT_AttachPartition') supposeBelonging(supposing, on, other, 'partition')
}

const heir: Command = (supposing, on, command) => {
  const parent = supposing.range(child(child(command, 'def'), 'RangeVar'))
  supposeAlike(supposing, parent, on)
  if (command.subtype === 'AT_DropInherit') supposeBelonging(supposing, parent, on, 'heir')
}

const indexOf = (supposing: Supposing, on: RelationName | undefined, name: string | undefined): void => {
  if (on !== undefined && name !== undefined) supposing.index(qualified(schemaOf(on), name), on)
}

const commands: { readonly [subtype: string]: Command } = {
  AT_AddColumn: (supposing, on, command, own, made) => {
    const definition = child(child(command, 'def'), 'ColumnDef')
    for (const node of constraintsOf(definition)) {
      supposeForConstraint(supposing, on, node, own, made)
      if (text(node, 'contype') === 'CONSTR_DEFAULT') supposeCalls(supposing, node.raw_expr)
    }
  },
  AT_DropColumn: (supposing, on, command) => supposing.column(on, text(command, 'name') ?? ''),
  AT_AlterColumnType: (supposing, on, command, own, made) => {
    column()(supposing, on, command, own, made)
    supposeExpression(supposing, on, child(child(child(command, 'def'), 'ColumnDef'), 'raw_default'))
  },
  AT_ColumnDefault: column(),
  AT_SetNotNull: column(),
  AT_DropNotNull: column('not null'),
  AT_SetStatistics: column(),
  AT_SetStorage: column(),
  AT_SetCompression: column(),
  AT_SetOptions: column(),
  AT_ResetOptions: column(),
  AT_AddIdentity: column('not null'),
  AT_SetIdentity: column('identity'),
  AT_DropIdentity: column('identity'),
  AT_SetExpression: column('generated'),
  AT_DropExpression: column('generated'),
  AT_AddConstraint: (supposing, on, command, own, made) => supposeForConstraint(supposing, on, child(child(command, 'def'), 'Constraint') ?? {}, own, made),
  AT_DropConstraint: constraint('any'),
  AT_ValidateConstraint: constraint('not valid'),
  AT_AlterConstraint: constraint('foreign key', (command) => text(child(child(command, 'def'), 'ATAlterConstraint'), 'conname')),
  AT_SetLogged: (supposing, on) => supposing.unlogged(on),
  AT_ClusterOn: (supposing, on, command) => indexOf(supposing, on, text(command, 'name')),
  AT_ReplicaIdentity: (supposing, on, command) => indexOf(supposing, on, text(child(child(command, 'def'), 'ReplicaIdentityStmt'), 'name')),
  AT_EnableTrig: switched('trigger'),
  AT_EnableAlwaysTrig: switched('trigger'),
  AT_EnableReplicaTrig: switched('trigger'),
  AT_DisableTrig: switched('trigger'),
  AT_EnableTrigAll: allTriggers,
  AT_EnableTrigUser: allTriggers,
  AT_DisableTrigAll: allTriggers,
  AT_DisableTrigUser: allTriggers,
  AT_EnableRule: switched('rule'),
  AT_EnableAlwaysRule: switched('rule'),
  AT_EnableReplicaRule: switched('rule'),
  AT_DisableRule: switched('rule'),
  AT_AddInherit: heir,
  AT_DropInherit: heir,
  AT_AttachPartition: partition,
  AT_DetachPartition: partition,
  AT_DetachPartitionFinalize: partition,
  AT_AddOf: (supposing, _on, command) => supposeType(supposing, strings(list(child(child(command, 'def'), 'TypeName'), 'names')), 'composite'),
}

/** What the object types of PostgreSQL's grammar are, as relations. */
export const relationWords: { readonly [objectType: string]: RelationWord } = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_FOREIGN_TABLE: 'foreign table',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_INDEX: 'index',
}

const supposeAttributes = (supposing: Supposing, node: Tree): void => {
  const range = child(node, 'relation')
  const schema = text(range, 'schemaname')
  const type = supposeType(supposing, [...(schema === undefined ? [] : [schema]), text(range, 'relname') ?? ''], 'composite')
  for (const wrapped of list(node, 'cmds')) {
    const command = child(wrapped, 'AlterTableCmd') ?? {}
    if (command.subtype !== 'AT_AddColumn') supposeAttribute(supposing, type, text(command, 'name') ?? '')
  }
}

/** ALTER TABLE and its kin. Columns that the same statement adds need not be there. */
export const supposeForAlter = (supposing: Supposing, node: Tree): void => {
  const objectType = text(node, 'objtype') ?? 'OBJECT_TABLE'
  if (objectType === 'OBJECT_TYPE') return supposeAttributes(supposing, node)
  const own = child(node, 'relation') ?? {}
  const on = supposing.range(own, relationWords[objectType])
  const all = list(node, 'cmds').map((wrapped) => child(wrapped, 'AlterTableCmd') ?? {})
  const made = new Set(all.flatMap((command) => text(child(child(command, 'def'), 'ColumnDef'), 'colname') ?? []))
  for (const command of all) commands[text(command, 'subtype') ?? '']?.(supposing, on, command, own, made)
}

/** CREATE INDEX: the table and the columns. */
export const supposeForIndex = (supposing: Supposing, node: Tree): void => {
  const on = supposing.range(child(node, 'relation'))
  for (const wrapped of [...list(node, 'indexParams'), ...list(node, 'indexIncludingParams')]) {
    const element = child(wrapped, 'IndexElem') ?? {}
    supposing.column(on, text(element, 'name') ?? '')
    supposeExpression(supposing, on, element.expr)
  }
  supposeExpression(supposing, on, node.whereClause)
}

/** OWNED BY of a sequence. */
export const supposeOwner = (supposing: Supposing, node: Tree): void => {
  const option = optionNamed(list(node, 'options'), 'owned_by')
  const parts = list(child(child(option, 'arg'), 'List'), 'items').map((part) => stringValue(part) ?? '')
  if (parts.length > 1) supposing.column(supposing.relation(parts.slice(0, -1)), parts.at(-1) ?? '')
}
