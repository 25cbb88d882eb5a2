/** What each kind of statement needs to be there. Statements that only make things need their surroundings; those that change or remove need the thing itself, IF EXISTS or not. */
import type { Json, Tree } from '../../model/json.ts'
import { quoteIdentifier } from '../../model/name.ts'
import { child, isTree, list, optionNamed, strings, stringValue, text } from '../../sql/tree.ts'
import { blockStatements } from './blocks.ts'
import { supposeConstraint, supposeReferences } from './constraints.ts'
import { partsIn, supposeExpression, supposeQuery, targetColumns } from './queries.ts'
import type { Name, Supposing } from './supposing.ts'
import { relationWords, supposeForAlter, supposeForIndex, supposeForTable, supposeOwner } from './tables.ts'
import { supposeAttribute, supposeDomainConstraint, supposeDomainNotNull, supposeLabel, supposeTablesWith, supposeType } from './types.ts'

type Supposer = (supposing: Supposing, node: Tree) => void

/** CREATE of things that memory holds as one definition, where their name alone is enough. */
const definitions: { readonly [objectType: string]: (name: string) => string } = {
  OBJECT_PUBLICATION: (name) => `CREATE PUBLICATION ${name}`,
  OBJECT_COLLATION: (name) => `CREATE COLLATION ${name} FROM "C"`,
  OBJECT_FDW: (name) => `CREATE FOREIGN DATA WRAPPER ${name}`,
  OBJECT_FOREIGN_SERVER: (name) => `CREATE SERVER ${name} FOREIGN DATA WRAPPER unknown`,
  OBJECT_LANGUAGE: (name) => `CREATE LANGUAGE ${name}`,
  OBJECT_EVENT_TRIGGER: (name) => `CREATE EVENT TRIGGER ${name} ON ddl_command_start EXECUTE FUNCTION unknown()`,
  OBJECT_SUBSCRIPTION: (name) => `CREATE SUBSCRIPTION ${name} CONNECTION 'unknown' PUBLICATION unknown`,
  OBJECT_STATISTIC_EXT: (name) => `CREATE STATISTICS ${name} ON tableoid, ctid FROM pg_catalog.pg_class`,
  OBJECT_TSCONFIGURATION: (name) => `CREATE TEXT SEARCH CONFIGURATION ${name} (COPY = simple)`,
}

const routineKinds: { readonly [objectType: string]: 'function' | 'procedure' } = {
  OBJECT_FUNCTION: 'function',
  OBJECT_ROUTINE: 'function',
  OBJECT_PROCEDURE: 'procedure',
}

const routine = (supposing: Supposing, object: Json | undefined, objectType: string): void => {
  const node = isTree(object) ? (child(object, 'ObjectWithArgs') ?? object) : undefined
  const kind = routineKinds[objectType]
  if (node && kind) supposing.routine(node, strings(list(node, 'objname')), list(node, 'objargs'), kind)
}

/** A trigger, policy, rule or constraint that is named behind its table: `table.name`. */
const memberOf = (supposing: Supposing, objectType: string, parts: Name): void => {
  const on = supposing.relation(parts.slice(0, -1))
  const name = parts.at(-1) ?? ''
  if (objectType === 'OBJECT_TABCONSTRAINT') supposeConstraint(supposing, on, name, 'any')
  else if (objectType === 'OBJECT_COLUMN') supposing.column(on, name)
  else supposing.member(on, objectType === 'OBJECT_TRIGGER' ? 'trigger' : objectType === 'OBJECT_POLICY' ? 'policy' : 'rule', name)
}

/** The thing that a statement is about, by the object type of PostgreSQL's grammar. */
const supposeObject = (supposing: Supposing, objectType: string, object: Json | undefined): void => {
  const parts = partsIn(object)
  const word = relationWords[objectType]
  if (word !== undefined) return void supposing.relation(parts, word)
  if (routineKinds[objectType]) return routine(supposing, object, objectType)
  const define = definitions[objectType]
  if (define)
    return supposing.definition(
      `${objectType.slice('OBJECT_'.length).toLowerCase().replaceAll('_', ' ')} ${parts.join('.')}`,
      define(parts.map(quoteIdentifier).join('.')),
    )
  switch (objectType) {
    case 'OBJECT_TYPE':
      return void supposeType(supposing, parts)
    case 'OBJECT_DOMAIN':
      return void supposeType(supposing, parts, 'domain')
    case 'OBJECT_SCHEMA':
      return supposing.schema(parts[0] ?? '')
    case 'OBJECT_EXTENSION':
      return supposing.extension(parts[0] ?? '')
    case 'OBJECT_ROLE':
      return supposing.role(parts[0] ?? '')
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
    case 'OBJECT_TABCONSTRAINT':
    case 'OBJECT_COLUMN':
      return memberOf(supposing, objectType, parts)
    case 'OBJECT_DOMCONSTRAINT':
      return supposeDomainConstraint(supposing, supposeType(supposing, parts.slice(0, -1), 'domain'), parts.at(-1) ?? '', false)
    default:
  }
}

const drop: Supposer = (supposing, node) => {
  for (const object of list(node, 'objects')) supposeObject(supposing, text(node, 'removeType') ?? '', object)
}

const rename: Supposer = (supposing, node) => {
  const type = text(node, 'renameType') ?? ''
  const name = text(node, 'subname') ?? ''
  const range = child(node, 'relation')
  switch (type) {
    case 'OBJECT_COLUMN':
      return supposing.column(supposing.range(range, relationWords[text(node, 'relationType') ?? '']), name)
    case 'OBJECT_ATTRIBUTE':
      return supposeAttribute(
        supposing,
        supposeType(supposing, [...(text(range, 'schemaname') ? [text(range, 'schemaname') ?? ''] : []), text(range, 'relname') ?? ''], 'composite'),
        name,
      )
    case 'OBJECT_TABCONSTRAINT':
      return supposeConstraint(supposing, supposing.range(range), name, 'any')
    case 'OBJECT_TRIGGER':
    case 'OBJECT_POLICY':
    case 'OBJECT_RULE':
      return supposing.member(supposing.range(range), type === 'OBJECT_TRIGGER' ? 'trigger' : type === 'OBJECT_POLICY' ? 'policy' : 'rule', name)
    case 'OBJECT_DOMCONSTRAINT':
      return supposeDomainConstraint(supposing, supposeType(supposing, partsIn(node.object), 'domain'), name, false)
    case 'OBJECT_SCHEMA':
      return supposing.schema(name)
    case 'OBJECT_ROLE':
      return supposing.role(name)
    default:
      return range ? void supposing.range(range, relationWords[type]) : supposeObject(supposing, type, node.object)
  }
}

/** SET SCHEMA and OWNER TO. */
const move: Supposer = (supposing, node) => {
  const type = text(node, 'objectType') ?? ''
  const range = child(node, 'relation')
  if (range) supposing.range(range, relationWords[type])
  else supposeObject(supposing, type, node.object)
  supposing.schema(text(node, 'newschema') ?? '')
}

const comment: Supposer = (supposing, node) => {
  const type = text(node, 'objtype') ?? ''
  supposeObject(supposing, type, node.object)
}

const grant: Supposer = (supposing, node) => {
  const type = text(node, 'objtype') ?? ''
  const inSchemas = node.targtype === 'ACL_TARGET_ALL_IN_SCHEMA'
  for (const object of list(node, 'objects')) {
    const range = child(object, 'RangeVar')
    if (inSchemas) supposing.schema(stringValue(object) ?? '')
    else if (range) {
      const on = supposing.range(range, relationWords[type])
      for (const privilege of list(node, 'privileges')) supposing.columns(on, strings(list(child(privilege, 'AccessPriv'), 'cols')))
    } else supposeObject(supposing, type, object)
  }
}

const alterEnum: Supposer = (supposing, node) => {
  const type = supposeType(supposing, strings(list(node, 'typeName')))
  for (const label of [text(node, 'oldVal'), text(node, 'newValNeighbor')]) if (label !== undefined) supposeLabel(supposing, type, label)
}

const alterDomain: Supposer = (supposing, node) => {
  const domain = supposeType(supposing, strings(list(node, 'typeName')), 'domain')
  const subtype = text(node, 'subtype')
  if (subtype === 'X' || subtype === 'V') supposeDomainConstraint(supposing, domain, text(node, 'name') ?? '', subtype === 'V')
  if (subtype === 'N') supposeDomainNotNull(supposing, domain)
  if (subtype === 'C' || subtype === 'O' || subtype === 'V') supposeTablesWith(supposing, domain)
}

const write: Supposer = (supposing, node) => {
  const on = supposing.range(child(node, 'relation'))
  supposing.columns(on, targetColumns([...list(node, 'cols'), ...(node.selectStmt === undefined ? list(node, 'targetList') : [])]))
  supposeQuery(supposing, node)
}

const query: Supposer = (supposing, node) =>
  supposeQuery(supposing, node, [child(node, 'view'), child(child(node, 'into'), 'rel'), child(child(node, 'intoClause'), 'rel')])

const intoSchema = (supposing: Supposing, range: Tree | undefined): void => {
  if (range && text(range, 'relpersistence') !== 't') supposing.schema(text(range, 'schemaname') ?? '')
}

const view: Supposer = (supposing, node) => {
  intoSchema(supposing, child(node, 'view') ?? child(child(node, 'into'), 'rel'))
  query(supposing, node)
}

const trigger: Supposer = (supposing, node) => {
  const on = supposing.range(child(node, 'relation'), (Number(node.timing ?? 0) & 64) !== 0 ? 'view' : 'table')
  supposing.columns(on, strings(list(node, 'columns')))
  supposing.routine(undefined, strings(list(node, 'funcname')), [], 'trigger function')
}

const policy: Supposer = (supposing, node) => {
  const on = supposing.range(child(node, 'table'))
  for (const expression of [node.qual, node.with_check]) supposeExpression(supposing, on, expression)
}

const create = (supposing: Supposing, parts: Name): void => {
  if (parts.length > 1) supposing.schema(parts.at(-2) ?? '')
}

const relations =
  (of: (node: Tree) => readonly (Tree | undefined)[], word: 'table' | 'materialized view' = 'table'): Supposer =>
  (supposing, node) => {
    for (const range of of(node)) supposing.range(range, word)
  }

/** CASCADE empties the tables that refer to these, too: which they are is not known. */
const truncate: Supposer = (supposing, node) => {
  for (const range of list(node, 'relations')) {
    const on = supposing.range(child(range, 'RangeVar'))
    if (node.behavior === 'DROP_CASCADE') supposeReferences(supposing, on)
  }
}

const supposeServer = (supposing: Supposing, name: string): void =>
  supposing.definition(`server ${name}`, `CREATE SERVER ${quoteIdentifier(name)} FOREIGN DATA WRAPPER unknown`)

const reindex: Supposer = (supposing, node) => void supposing.range(child(node, 'relation'), node.kind === 'REINDEX_OBJECT_INDEX' ? 'index' : 'table')

const cluster: Supposer = (supposing, node) => {
  const on = supposing.range(child(node, 'relation'))
  const name = text(node, 'indexname')
  if (on !== undefined && name !== undefined)
    supposing.index([...(text(child(node, 'relation'), 'schemaname') ? [text(child(node, 'relation'), 'schemaname') ?? ''] : []), name], on)
}

/** A DO block needs what its statements need, also those under a condition: a condition that asks for a thing is answered by the statement that uses it. */
const block: Supposer = (supposing, node) => {
  for (const statement of blockStatements(node)) {
    supposeFor(supposing, statement.node, statement.tree)
    supposing.run(statement)
  }
}

const supposers: { readonly [node: string]: Supposer } = {
  CreateStmt: supposeForTable,
  CreateForeignTableStmt: (supposing, node) => {
    supposeServer(supposing, text(node, 'servername') ?? '')
    supposeForTable(supposing, child(node, 'base') ?? child(node, 'baseStmt') ?? {})
  },
  AlterTableStmt: supposeForAlter,
  IndexStmt: supposeForIndex,
  DropStmt: drop,
  RenameStmt: rename,
  AlterObjectSchemaStmt: move,
  AlterOwnerStmt: move,
  AlterObjectDependsStmt: move,
  CommentStmt: comment,
  SecLabelStmt: comment,
  GrantStmt: grant,
  AlterEnumStmt: alterEnum,
  AlterDomainStmt: alterDomain,
  AlterTypeStmt: (supposing, node) => void supposeType(supposing, strings(list(node, 'typeName'))),
  AlterFunctionStmt: (supposing, node) => routine(supposing, node.func, text(node, 'objtype') ?? ''),
  AlterSeqStmt: (supposing, node) => {
    supposing.range(child(node, 'sequence'), 'sequence')
    supposeOwner(supposing, node)
  },
  CreateSeqStmt: (supposing, node) => {
    intoSchema(supposing, child(node, 'sequence'))
    supposeOwner(supposing, node)
  },
  CreateEnumStmt: (supposing, node) => create(supposing, strings(list(node, 'typeName'))),
  CreateRangeStmt: (supposing, node) => create(supposing, strings(list(node, 'typeName'))),
  CreateDomainStmt: (supposing, node) => create(supposing, strings(list(node, 'domainname'))),
  CompositeTypeStmt: (supposing, node) => intoSchema(supposing, child(node, 'typevar')),
  CreateFunctionStmt: (supposing, node) => {
    create(supposing, strings(list(node, 'funcname')))
    if (node.sql_body !== undefined) supposeQuery(supposing, node.sql_body)
  },
  CreateTrigStmt: trigger,
  CreatePolicyStmt: policy,
  AlterPolicyStmt: (supposing, node) => {
    policy(supposing, node)
    supposing.member(supposing.range(child(node, 'table')), 'policy', text(node, 'policy_name') ?? '')
  },
  RuleStmt: (supposing, node) => {
    supposing.range(child(node, 'relation'))
    for (const action of list(node, 'actions')) supposeQuery(supposing, action)
  },
  CreateStatsStmt: (supposing, node) => {
    const [on] = list(node, 'relations').map((range) => supposing.range(child(range, 'RangeVar')))
    for (const element of list(node, 'exprs')) supposing.column(on, text(child(element, 'StatsElem'), 'name') ?? '')
  },
  CreatePublicationStmt: query,
  AlterPublicationStmt: (supposing, node) => {
    supposeObject(supposing, 'OBJECT_PUBLICATION', { String: { sval: text(node, 'pubname') ?? '' } })
    supposeQuery(supposing, node)
  },
  AlterEventTrigStmt: (supposing, node) => supposeObject(supposing, 'OBJECT_EVENT_TRIGGER', { String: { sval: text(node, 'trigname') ?? '' } }),
  AlterSubscriptionStmt: (supposing, node) => supposeObject(supposing, 'OBJECT_SUBSCRIPTION', { String: { sval: text(node, 'subname') ?? '' } }),
  AlterExtensionStmt: (supposing, node) => supposing.extension(text(node, 'extname') ?? ''),
  AlterRoleStmt: (supposing, node) => supposing.role(text(child(node, 'role'), 'rolename') ?? ''),
  DropRoleStmt: (supposing, node) => {
    for (const role of list(node, 'roles')) supposing.role(text(child(role, 'RoleSpec'), 'rolename') ?? '')
  },
  AlterDefaultPrivilegesStmt: (supposing, node) => {
    const schemas = optionNamed(list(node, 'options'), 'schemas')
    for (const schema of strings(list(child(child(schemas, 'arg'), 'List'), 'items'))) supposing.schema(schema)
  },
  ViewStmt: view,
  CreateTableAsStmt: view,
  SelectStmt: query,
  InsertStmt: write,
  UpdateStmt: write,
  DeleteStmt: write,
  MergeStmt: write,
  CopyStmt: query,
  ExplainStmt: query,
  PrepareStmt: query,
  DeclareCursorStmt: query,
  TruncateStmt: truncate,
  LockStmt: relations((node) => list(node, 'relations').map((range) => child(range, 'RangeVar'))),
  VacuumStmt: relations((node) => list(node, 'rels').map((item) => child(child(item, 'VacuumRelation'), 'relation'))),
  RefreshMatViewStmt: relations((node) => [child(node, 'relation')], 'materialized view'),
  ReindexStmt: reindex,
  ClusterStmt: cluster,
  DoStmt: block,
}

/** Supposes what one statement needs: its node of PostgreSQL's grammar, and what that node holds. */
export const supposeFor = (supposing: Supposing, node: string, tree: Tree): void => supposers[node]?.(supposing, tree)
