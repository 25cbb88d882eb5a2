/** Renames and moves of relations, types, routines and schemas: everything in a catalog that names them follows. */
import type {
  Attribute,
  Catalog,
  Constraint,
  Definition,
  Index,
  IndexElement,
  Policy,
  Routine,
  Sequence,
  Table,
  Type,
  TypeReference,
  View,
} from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import {
  keyOf,
  localName,
  member,
  type ObjectKey,
  parseKey,
  partsOf,
  type QualifiedName,
  qualified,
  quoteIdentifier,
  type RelationName,
  schemaOf,
} from '../model/name.ts'
import { child, stringNode, text } from '../sql/tree.ts'
import { mapEntries, mapItems, mapValues } from './edit.ts'
import { followTree, type NewNames, type OwnTable } from './following.ts'
import { indexesOn, sequencesOwnedBy } from './found-by.ts'
import { constraintIndexes, relationKind } from './names.ts'
import { referencesOfTable } from './references.ts'

/** New names, the keys of routines (whose argument types are part of their name), and a quick test whether a text can name any of them. */
type Renaming = NewNames & { routineKey(key: string): string; definition(key: ObjectKey): ObjectKey; mentions(text: string): boolean }

/** The value with those fields, or the same value when they are what it has. */
const changed = <T extends object>(value: T, fields: Partial<T>): T => {
  for (const key in fields) if (fields[key] !== value[key]) return { ...value, ...fields }
  return value
}

const followType = (type: TypeReference, renaming: Renaming): TypeReference => {
  if (type.schema === undefined || type.schema === 'pg_catalog') return type
  const name = qualified(type.schema, type.name)
  const next = renaming.type(name)
  return next === name ? type : { ...type, schema: schemaOf(next), name: localName(next) }
}

const followParts = (parts: readonly string[], renaming: Renaming): readonly string[] => {
  const [schema, ...rest] = parts
  if (schema === undefined || rest.length === 0) return parts
  const next = renaming.schema(schema)
  return next === schema ? parts : [next, ...rest]
}

const isSequenceDefault = (value: NonNullable<Attribute['default']>): value is { readonly sequence: RelationName } => typeof value.sequence === 'string'

const followDefault = (value: NonNullable<Attribute['default']>, renaming: Renaming): NonNullable<Attribute['default']> => {
  if (!isSequenceDefault(value)) return followTree(value as Tree, renaming)
  return changed(value, { sequence: renaming.relation(value.sequence) })
}

const followAttribute = (attribute: Attribute, renaming: Renaming, own: OwnTable): Attribute => {
  const { type, collation, identity, generated } = attribute
  return changed(attribute, {
    type: followType(type, renaming),
    ...(collation ? { collation: followParts(collation, renaming) } : {}),
    ...(attribute.default ? { default: followDefault(attribute.default, renaming) } : {}),
    ...(identity ? { identity: changed(identity, { sequence: renaming.relation(identity.sequence) }) } : {}),
    ...(generated ? { generated: changed(generated, { expression: followTree(generated.expression, renaming, own) }) } : {}),
  })
}

const followElement = (element: IndexElement, renaming: Renaming, own: OwnTable | undefined): IndexElement => {
  const { on, collation, operatorClass } = element
  return changed(element, {
    on: typeof on === 'string' ? on : followTree(on, renaming, own),
    ...(collation ? { collation: followParts(collation, renaming) } : {}),
    ...(operatorClass ? { operatorClass: followParts(operatorClass, renaming) } : {}),
  })
}

const followConstraint = (constraint: Constraint, renaming: Renaming, own: OwnTable): Constraint => {
  switch (constraint.type) {
    case 'check':
      return changed(constraint, { expression: followTree(constraint.expression, renaming, own) })
    case 'foreign key':
      return changed(constraint, { references: renaming.relation(constraint.references) })
    case 'exclusion':
      return changed(constraint, {
        elements: mapItems(constraint.elements, (pair) =>
          changed(pair, { element: followElement(pair.element, renaming, own), operator: followParts(pair.operator, renaming) }),
        ),
        ...(constraint.where ? { where: followTree(constraint.where, renaming, own) } : {}),
      })
    default:
      return constraint
  }
}

const followPolicy = (policy: Policy, renaming: Renaming, own: OwnTable): Policy =>
  changed(policy, {
    ...(policy.using ? { using: followTree(policy.using, renaming, own) } : {}),
    ...(policy.check ? { check: followTree(policy.check, renaming, own) } : {}),
  })

/** Rules and triggers: their trees name the relation they stand on. */
const followDefinition = <T extends { readonly definition: Tree }>(value: T, renaming: Renaming, own: OwnTable): T =>
  changed<{ readonly definition: Tree }>(value, { definition: followTree(value.definition, renaming, own) }) as T

const indexName = (local: string, table: RelationName, renaming: Renaming): string => localName(renaming.relation(qualified(schemaOf(table), local)))

const followTable = (name: RelationName, table: Table, renaming: Renaming, parts: readonly Part[]): Table => {
  const own: OwnTable = { from: name, to: renaming.relation(name), columns: new Set(table.columns.map((column) => column.name)) }
  const { replicaIdentity, clusterOn, partitionBy, partitionOf, ofType } = table
  return changed(table, {
    columns: parts.includes('column') ? mapItems(table.columns, (attribute) => followAttribute(attribute, renaming, own)) : table.columns,
    constraints: mapValues(table.constraints, (constraint) => followConstraint(constraint, renaming, own)),
    policies: mapValues(table.policies, (policy) => followPolicy(policy, renaming, own)),
    triggers: mapValues(table.triggers, (trigger) => followDefinition(trigger, renaming, own)),
    rules: mapValues(table.rules, (rule) => followDefinition(rule, renaming, own)),
    inherits: mapItems(table.inherits, (parent) => renaming.relation(parent)),
    ...(typeof replicaIdentity === 'object' ? { replicaIdentity: changed(replicaIdentity, { index: indexName(replicaIdentity.index, name, renaming) }) } : {}),
    ...(clusterOn === undefined ? {} : { clusterOn: indexName(clusterOn, name, renaming) }),
    ...(partitionBy ? { partitionBy: followTree(partitionBy, renaming, own) } : {}),
    ...(partitionOf
      ? { partitionOf: changed(partitionOf, { parent: renaming.relation(partitionOf.parent), bound: followTree(partitionOf.bound, renaming) }) }
      : {}),
    ...(ofType ? { ofType: renaming.type(ofType) } : {}),
  })
}

type Part = 'column' | 'constraint' | 'policy' | 'trigger' | 'rule' | 'table'
const everyPart: readonly Part[] = ['column', 'constraint', 'policy', 'trigger', 'rule', 'table']

type Mentioned = { readonly name: RelationName; readonly byPart: ReadonlyMap<Part, string>; readonly anywhere: string }
const mentioned = new WeakMap<Table, Mentioned>()

/** What a table names, as texts to search in: by the part that names it, and where it may be any part. Remembered by the table's value. */
const mentionsOf = (name: RelationName, table: Table): Mentioned => {
  const known = mentioned.get(table)
  if (known && known.name === name) return known
  const byPart = new Map<Part, string>()
  for (const { from, to } of referencesOfTable(name, table)) {
    const part = parseKey(from).kind as Part
    byPart.set(part, `${byPart.get(part) ?? ''}\n${to}`)
  }
  const referenced = [...table.triggers.values()].flatMap(({ definition }) => {
    const range = child(child(definition, 'CreateTrigStmt') ?? definition, 'constrrel')
    return range ? [qualified(text(range, 'schemaname') ?? '', text(range, 'relname') ?? '')] : []
  })
  const collations = table.columns.flatMap(({ collation }) => (collation && collation.length > 1 ? [collation.map(quoteIdentifier).join('.')] : []))
  const sequences = table.columns.flatMap(({ identity }) => (identity ? [identity.sequence] : []))
  const own = [...constraintIndexes(table)].map((index) => qualified(schemaOf(name), index))
  const cluster = [table.clusterOn, typeof table.replicaIdentity === 'object' ? table.replicaIdentity.index : undefined].flatMap((index) =>
    index ? [qualified(schemaOf(name), index)] : [],
  )
  const found = { name, byPart, anywhere: [name, ...own, ...cluster, ...collations, ...sequences, ...referenced, ...classTexts(table)].join('\n') }
  mentioned.set(table, found)
  return found
}

/** The parts of a table that may name what is renamed. */
const partsToFollow = (name: RelationName, table: Table, renaming: Renaming): readonly Part[] => {
  const { byPart, anywhere } = mentionsOf(name, table)
  if (renaming.mentions(anywhere) || anywhere.endsWith('*')) return everyPart
  return [...byPart].filter(([, texts]) => renaming.mentions(texts)).map(([part]) => part)
}

/** Texts inside expressions that may name a sequence: `nextval('"s"."n"')`; rare, so any table with one is looked through. */
const classTexts = (table: Table): readonly string[] =>
  table.columns.some(({ default: value }) => value !== undefined && !isSequenceDefault(value) && /nextval|regclass|currval/.test(JSON.stringify(value)))
    ? ['*']
    : []

/** The columns of a table or view, by name. */
const columnsOf = (catalog: Catalog, relation: RelationName): ReadonlySet<string> =>
  new Set(catalog.tables.get(relation)?.columns.map(({ name }) => name) ?? catalog.views.get(relation)?.columns ?? [])

const followIndex = (index: Index, renaming: Renaming, columns: ReadonlySet<string>): Index => {
  const to = renaming.relation(index.relation)
  const own: OwnTable = { from: index.relation, to, columns }
  return changed(index, {
    relation: to,
    elements: mapItems(index.elements, (element) => followElement(element, renaming, own)),
    ...(index.where ? { where: followTree(index.where, renaming, own) } : {}),
    ...(index.attachedTo ? { attachedTo: renaming.relation(index.attachedTo) } : {}),
  })
}

const followView = (name: RelationName, view: View, renaming: Renaming): View => {
  const own: OwnTable = { from: name, to: renaming.relation(name), columns: new Set(view.columns) }
  return changed(view, {
    query: followTree(view.query, renaming),
    reads: mapItems(view.reads, (key) => followKey(key, renaming)),
    rules: mapValues(view.rules, (rule) => followDefinition(rule, renaming, own)),
    triggers: mapValues(view.triggers, (trigger) => followDefinition(trigger, renaming, own)),
  })
}

const followSequence = (sequence: Sequence, renaming: Renaming): Sequence =>
  sequence.ownedBy ? changed(sequence, { ownedBy: changed(sequence.ownedBy, { table: renaming.relation(sequence.ownedBy.table) }) }) : sequence

/** A range's or base type's own name stands in its tree as a plain list. */
const followOwnType = (definition: Tree, from: QualifiedName, to: QualifiedName): Tree => {
  if (from === to) return definition
  const rename = (tree: Tree): Tree => {
    const next: Record<string, Json> = { ...tree }
    for (const key of ['typeName', 'defnames'] as const) if (Array.isArray(tree[key])) next[key] = [stringNode(schemaOf(to)), stringNode(localName(to))]
    return next
  }
  const [node] = Object.keys(definition)
  const content = node === undefined ? undefined : definition[node]
  return node !== undefined && typeof content === 'object' && content !== null && !Array.isArray(content) && /Stmt$/.test(node)
    ? { [node]: rename(content as Tree) }
    : rename(definition)
}

const followUserType = (name: QualifiedName, type: Type, renaming: Renaming): Type => {
  switch (type.kind) {
    case 'enum':
      return type
    case 'composite':
      return changed(type, {
        attributes: mapItems(type.attributes, (attribute) =>
          changed(attribute, {
            type: followType(attribute.type, renaming),
            ...(attribute.collation ? { collation: followParts(attribute.collation, renaming) } : {}),
          }),
        ),
      })
    case 'domain':
      return changed(type, {
        base: followType(type.base, renaming),
        ...(type.collation ? { collation: followParts(type.collation, renaming) } : {}),
        ...(type.default ? { default: followTree(type.default, renaming) } : {}),
        constraints: mapValues(type.constraints, (constraint) => changed(constraint, { expression: followTree(constraint.expression, renaming) })),
      })
    default:
      return changed(type, { definition: followOwnType(followTree(type.definition, renaming), name, renaming.type(name)) })
  }
}

/** The key of a thing under its new name. */
const followKey = (key: ObjectKey, renaming: Renaming): ObjectKey => {
  const { kind, name } = parseKey(key)
  switch (kind) {
    case 'table':
    case 'view':
    case 'index':
    case 'sequence':
      return keyOf(kind, renaming.relation(name as RelationName))
    case 'type':
      return keyOf(kind, renaming.type(name as QualifiedName))
    case 'routine':
      return keyOf(kind, name.includes('(') ? renaming.routineKey(name) : renaming.routine(name as QualifiedName, undefined))
    case 'schema':
      return keyOf(kind, quoteIdentifier(renaming.schema(partsOf(name)[0] ?? '')))
    case 'definition':
      return renaming.definition(key)
    case 'default privileges': {
      const [role, schema, ...rest] = partsOf(name)
      return keyOf(kind, [role ?? '', renaming.schema(schema ?? ''), ...rest].map(quoteIdentifier).join('.'))
    }
    case 'column':
    case 'constraint':
    case 'trigger':
    case 'policy':
    case 'rule':
    case 'domain constraint': {
      const [schema, owner, own] = partsOf(name)
      if (schema === undefined || owner === undefined || own === undefined) return key
      const from = qualified(schema, owner)
      const to = kind === 'domain constraint' ? renaming.type(from) : renaming.relation(from)
      return to === from ? key : keyOf(kind, member(to, own))
    }
    default:
      return key
  }
}

const followRoutine = (key: string, routine: Routine, renaming: Renaming): Routine => {
  const tree = followTree(routine.definition, renaming)
  const [from, to] = [partsOf(key), partsOf(renaming.routineKey(key))]
  const own = from[0] === to[0] && from[1] === to[1] ? tree : followOwnRoutine(tree, to[0] ?? '', to[1] ?? '')
  return changed(routine, { definition: own })
}

/** The routine's own name in its CREATE tree. */
const followOwnRoutine = (definition: Tree, schema: string, name: string): Tree => {
  const nodes = [stringNode(schema), stringNode(name)]
  const rename = (tree: Tree): Tree => ({ ...tree, ...('defnames' in tree ? { defnames: nodes } : { funcname: nodes }) })
  for (const node of ['CreateFunctionStmt', 'DefineStmt']) {
    const content = definition[node]
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...definition, [node]: rename(content as Tree) }
  }
  return rename(definition)
}

const followDefinitionEntry = (definition: Definition, renaming: Renaming): Definition =>
  changed(definition, { create: followTree(definition.create, renaming), alters: mapItems(definition.alters, (alter) => followTree(alter, renaming)) })

/** Facts (comments, privileges, owners) under their things' new names. */
const followFacts = (catalog: Catalog, renaming: Renaming): Catalog => {
  let next = catalog
  for (const map of ['comments', 'privileges', 'owners', 'defaultPrivileges'] as const) {
    if (next[map].size > 0) next = mapEntries(next, map, (value, key) => ({ key: followKey(key, renaming), value }))
  }
  return next
}

/** The catalog with every holder of a name changed; what does not name anything renamed is shared. */
export const followNames = (catalog: Catalog, renaming: Renaming): Catalog => {
  const relation = renaming.relation.bind(renaming)
  let next = mapEntries(catalog, 'tables', (table, name) => {
    const parts = partsToFollow(name, table, renaming)
    return { key: relation(name), value: parts.length > 0 ? followTable(name, table, renaming, parts) : table }
  })
  next = mapEntries(next, 'indexes', (index, name) => ({ key: relation(name), value: followIndex(index, renaming, columnsOf(catalog, index.relation)) }))
  next = mapEntries(next, 'sequences', (sequence, name) => ({ key: relation(name), value: followSequence(sequence, renaming) }))
  next = mapEntries(next, 'views', (view, name) => ({ key: relation(name), value: followView(name, view, renaming) }))
  next = mapEntries(next, 'types', (type, name) => ({ key: renaming.type(name), value: followUserType(name, type, renaming) }))
  next = mapEntries(next, 'routines', (routine, key) => ({ key: renaming.routineKey(key), value: followRoutine(key, routine, renaming) }))
  next = mapEntries(next, 'definitions', (definition, key) => ({ key: renaming.definition(key), value: followDefinitionEntry(definition, renaming) }))
  next = mapEntries(next, 'extensions', (extension, name) => ({
    key: name,
    value: extension.schema === undefined ? extension : changed(extension, { schema: renaming.schema(extension.schema) }),
  }))
  return followFacts(next, renaming)
}

const same = <T>(name: T): T => name

/** Nothing renamed: what a renaming starts from. */
const noRenaming: Renaming = { relation: same, type: same, routine: same, schema: same, routineKey: same, definition: same, mentions: () => false }

/** A type's new name among a routine's argument types. */
const typeInKey =
  (from: QualifiedName, to: QualifiedName) =>
  (key: string): string => {
    const at = key.indexOf('(', partsEnd(key))
    return at === -1 || !key.includes(from, at) ? key : key.slice(0, at) + key.slice(at).replaceAll(from, to)
  }

/** Where `"schema"."name"` of a routine's key ends. */
const partsEnd = (key: string): number => /^"(?:[^"]|"")*"\."(?:[^"]|"")*"/.exec(key)?.[0].length ?? 0

/** Relations that move along when a table (or materialised view) changes its schema: indexes, constraints' indexes, owned sequences. */
const movingAlong = (catalog: Catalog, from: RelationName): readonly RelationName[] => {
  const table = catalog.tables.get(from)
  return [
    ...[...(table ? constraintIndexes(table) : [])].map((name) => qualified(schemaOf(from), name)),
    ...indexesOn(catalog, from).map(([name]) => name),
    ...sequencesOwnedBy(catalog, from).map(([name]) => name),
  ]
}

/** All names that a rename or move of a relation gives: its own, and with another schema those of what moves along. */
export const relationMoves = (catalog: Catalog, from: RelationName, to: RelationName): ReadonlyMap<RelationName, RelationName> => {
  const schema = schemaOf(to)
  const along = schemaOf(from) === schema ? [] : movingAlong(catalog, from)
  return new Map([[from, to], ...along.map((name) => [name, qualified(schema, localName(name))] as const)])
}

/** The catalog in which a table, view, index, sequence or composite type has another name or schema. Implied names of its parts stay as they are. */
export const renameRelation = (catalog: Catalog, from: RelationName, to: RelationName): Catalog => {
  const moves = relationMoves(catalog, from, to)
  const kind = relationKind(catalog, from)
  const hasType = kind === 'table' || kind === 'view' || kind === 'composite'
  const names = [...moves.keys()]
  return followNames(catalog, {
    ...noRenaming,
    relation: (name) => moves.get(name) ?? name,
    type: hasType ? (name) => (name === from ? to : name) : same,
    routineKey: hasType ? typeInKey(from, to) : same,
    mentions: names.length === 1 ? (text) => text.includes(from) : (text) => names.some((name) => text.includes(name)),
  })
}

/** The catalog in which an enum, domain, range or base type has another name or schema. */
export const renameType = (catalog: Catalog, from: QualifiedName, to: QualifiedName): Catalog =>
  catalog.types.get(from)?.kind === 'composite'
    ? renameRelation(catalog, from, to)
    : followNames(catalog, {
        ...noRenaming,
        type: (name) => (name === from ? to : name),
        routineKey: typeInKey(from, to),
        mentions: (text) => text.includes(from),
      })

const parameterCount = (routine: Routine | undefined): { readonly least: number; readonly most: number } => {
  const content = (routine?.definition.CreateFunctionStmt ?? routine?.definition ?? {}) as Tree
  const parameters = (Array.isArray(content.parameters) ? (content.parameters as readonly Tree[]) : []).map((node) => (node.FunctionParameter ?? node) as Tree)
  const inputs = parameters.filter(({ mode }) => mode !== 'FUNC_PARAM_OUT' && mode !== 'FUNC_PARAM_TABLE')
  if (!Array.isArray(content.parameters) && 'DefineStmt' in (routine?.definition ?? {})) return { least: 0, most: Number.POSITIVE_INFINITY }
  const variadic = inputs.some(({ mode }) => mode === 'FUNC_PARAM_VARIADIC')
  return {
    least: inputs.filter(({ defexpr, mode }) => defexpr === undefined && mode !== 'FUNC_PARAM_VARIADIC').length,
    most: variadic ? Number.POSITIVE_INFINITY : inputs.length,
  }
}

/**
 * The catalog in which one routine has another name or schema. Calls follow; where several routines share the name, those whose number of arguments fits.
 * `to` is the new key, with the same argument types.
 */
export const renameRoutine = (catalog: Catalog, from: string, to: string): Catalog => {
  const [old, next] = [from, to].map((key) => key.slice(0, partsEnd(key)) as QualifiedName) as [QualifiedName, QualifiedName]
  const alone = [...catalog.routines.keys()].filter((key) => key.startsWith(`${old}(`)).length < 2
  const { least, most } = parameterCount(catalog.routines.get(from))
  return followNames(catalog, {
    ...noRenaming,
    routine: (name, count) => (name === old && (alone || (count !== undefined && count >= least && count <= most)) ? next : name),
    routineKey: (key) => (key === from ? to : key),
    mentions: (text) => text.includes(old),
  })
}

/** The catalog in which a schema has another name. */
export const renameSchema = (catalog: Catalog, from: string, to: string): Catalog => {
  const start = `${quoteIdentifier(from)}.`
  const move = (name: QualifiedName): QualifiedName => (name.startsWith(start) ? qualified(to, localName(name)) : name)
  const inner = new RegExp(`(?<![".])${start.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=")`, 'g')
  const renamed = mapEntries(catalog, 'schemas', (value, key) => ({ key: key === from ? to : key, value }))
  return followNames(renamed, {
    relation: move,
    type: move,
    routine: move,
    schema: (name) => (name === from ? to : name),
    routineKey: (key) => (key.includes(start) ? key.replaceAll(inner, () => `${quoteIdentifier(to)}.`) : key),
    definition: (key) => {
      const parts = partsOf(key)
      return parts.length === 3 && parts[1] === from ? keyOf('definition', [parts[0] ?? '', to, parts[2] ?? ''].map(quoteIdentifier).join('.')) : key
    },
    mentions: (text) => text.includes(start),
  })
}

/** The catalog in which an object of one definition has another schema or name; its tree is given anew. */
export const moveDefinition = (catalog: Catalog, from: ObjectKey, to: ObjectKey, definition: Definition): Catalog =>
  followFacts(
    mapEntries(catalog, 'definitions', (value, key) => (key === from ? { key: to, value: definition } : { key, value })),
    {
      ...noRenaming,
      definition: (key) => (key === from ? to : key),
    },
  )

/** A routine's key with another name or schema. */
export const routineKeyWith = (key: string, schema: string, name: string): string => `${qualified(schema, name)}${key.slice(partsEnd(key))}`

/** Schema, name and argument list of a routine's key. */
export const routineParts = (key: string): { readonly name: QualifiedName; readonly schema: string; readonly local: string; readonly args: string } => {
  const name = key.slice(0, partsEnd(key)) as QualifiedName
  return { name, schema: schemaOf(name), local: localName(name), args: key.slice(name.length) }
}
