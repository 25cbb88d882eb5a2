/** `read(statement, catalog)`: what one statement does to a catalog. */
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { PostgresRefusal } from '../model/error.ts'
import type { Tree } from '../model/json.ts'
import type { ObjectKey, RelationName } from '../model/name.ts'
import type { Statement } from '../model/statement.ts'
import { child, list, text } from '../sql/tree.ts'
import { readDo } from './do-block.ts'
import { effects } from './effects.ts'
import { namesIn } from './expressions.ts'
import { definitions } from './index.ts'
import { relationKind } from './names.ts'
import { freshSession, Reading, type SessionState } from './reading.ts'
import { NotUnderstood, notUnderstood } from './refusal.ts'
import { readSchemaElements } from './schemas.ts'
import { alteredRelation, isAboutSession, namesSession } from './temporary.ts'

type StatementReader = (reading: Reading, node: Tree) => void
type CommandReader = (reading: Reading, command: Tree, on: RelationName) => void

const collect = <R>(
  pick: (definition: (typeof definitions)[keyof typeof definitions]) => { readonly [place: string]: R } | undefined,
): ReadonlyMap<string, R> => {
  const readers = new Map<string, R>()
  for (const definition of Object.values(definitions)) {
    for (const [place, reader] of Object.entries(pick(definition) ?? {})) {
      if (readers.has(place)) throw new Error(`two kinds of change read ${place}`)
      readers.set(place, reader)
    }
  }
  return readers
}

let statementReaders: ReadonlyMap<string, StatementReader> | undefined
let commandReaders: ReadonlyMap<string, CommandReader> | undefined

/** The object type that a statement is about, where the node alone does not say it. */
const objectType = (node: Tree): string | undefined =>
  text(node, 'removeType') ?? text(node, 'renameType') ?? text(node, 'objectType') ?? text(node, 'objtype') ?? text(node, 'kind')

/** The passes of ALTER TABLE (tablecmds.c, AlterTablePass): commands run in this order, whatever order they are written in. */
const passes: readonly (readonly string[])[] = [
  ['AT_DropColumn', 'AT_DropConstraint', 'AT_DropNotNull', 'AT_DropExpression', 'AT_DropIdentity'],
  ['AT_AlterColumnType'],
  ['AT_AddColumn'],
  ['AT_SetExpression'],
  [
    'AT_AddConstraint',
    'AT_SetNotNull',
    'AT_ColumnDefault',
    'AT_AddIdentity',
    'AT_SetIdentity',
    'AT_SetStatistics',
    'AT_SetStorage',
    'AT_SetCompression',
    'AT_SetOptions',
    'AT_ResetOptions',
  ],
]
const passOf = (subtype: string): number => {
  const pass = passes.findIndex((subtypes) => subtypes.includes(subtype))
  return pass === -1 ? passes.length : pass
}

const readAlterTable = (reading: Reading, node: Tree): void => {
  const on = alteredRelation(reading, node)
  if (on === undefined) return
  const commands = list(node, 'cmds').map((command) => child(command, 'AlterTableCmd') ?? {})
  const about = text(node, 'objtype') === 'OBJECT_TYPE' ? 'OBJECT_TYPE' : (relationKind(reading.catalog, on)?.split(' ').at(-1) ?? 'table')
  const ordered = commands.map((command, at) => ({ command, at, pass: passOf(text(command, 'subtype') ?? '') })).sort((a, b) => a.pass - b.pass || a.at - b.at)
  for (const { command } of ordered) {
    const subtype = text(command, 'subtype') ?? ''
    const read =
      commandReaders?.get(`${subtype} ${about}`) ??
      (about === 'OBJECT_TYPE' ? undefined : commandReaders?.get(subtype)) ??
      notUnderstood(`ALTER TABLE … ${subtype.replace('AT_', '')}`)
    read(reading, command, on)
  }
}

const readNode = (reading: Reading, nodeName: string, node: Tree): void => {
  statementReaders ??= collect((definition) => definition.reads)
  commandReaders ??= collect((definition) => definition.alters)
  if (nodeName === 'AlterTableStmt') return readAlterTable(reading, node)
  if (nodeName === 'DoStmt') return readDo(reading, node, readNode)
  if (isAboutSession(reading, nodeName, node)) return
  const type = objectType(node)
  const read = (type === undefined ? undefined : statementReaders.get(`${nodeName} ${type}`)) ?? statementReaders.get(nodeName)
  ;(read ?? notUnderstood(`${nodeName}${type === undefined ? '' : ` ${type}`} is not modelled`))(reading, node)
  if (nodeName === 'CreateSchemaStmt') readSchemaElements(reading, node, readNode)
}

/** Objects that a tree names, as far as names tell; for statements that memory cannot follow. */
const mayTouch = (reading: Reading, node: Tree): readonly ObjectKey[] | 'unknown' => {
  const names = [...namesIn(reading.expression(node))]
  return names.length > 0 ? names : 'unknown'
}

/** Why memory cannot follow a statement; undefined for what PostgreSQL would refuse too. What a session has made in pg_temp is not kept. */
const whyOpaque = (error: unknown, { tree }: Statement): string | undefined => {
  if (error instanceof NotUnderstood) return error.message
  return error instanceof PostgresRefusal && namesSession(tree) ? 'it names what only the session has' : undefined
}

export type Read = { readonly changes: readonly Change[]; readonly catalog: Catalog; readonly session: SessionState }

/**
 * Reads one statement against the catalog before it. Answers its changes, the catalog and the session after it. What memory cannot follow is an
 * `opaque` change. Throws `PostgresRefusal` where PostgreSQL would refuse the statement.
 */
export const readStatement = (statement: Statement, catalog: Catalog, session: SessionState = freshSession): Read => {
  const reading = new Reading(statement, catalog, session, effects)
  try {
    readNode(reading, statement.node, statement.tree)
  } catch (error) {
    const reason = whyOpaque(error, statement)
    if (reason === undefined) throw error
    const opaque = new Reading(statement, catalog, session, effects)
    opaque.emit({ kind: 'opaque', sql: statement.text, reason, touches: mayTouch(opaque, statement.tree) })
    return { changes: opaque.changes, catalog: opaque.catalog, session: opaque.session }
  }
  return { changes: reading.changes, catalog: reading.catalog, session: reading.session }
}

/** The changes of one statement: see `readStatement`. */
export const read = (statement: Statement, catalog: Catalog, session: SessionState = freshSession): readonly Change[] =>
  readStatement(statement, catalog, session).changes
