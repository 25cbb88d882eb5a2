/** Triggers and rules: reading and printing. */
import type { Catalog, RewriteRule, Trigger } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { displayIdentifier, localName, quoteIdentifier, type RelationName, schemaOf } from '../model/name.ts'
import { printStatement } from '../sql/print.ts'
import { child, flag, list, stringNode, strings, text } from '../sql/tree.ts'
import { hostOf, rangeOf } from './hosts.ts'
import { printable } from './printable.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'
import { resolveAction, resolveRowExpression } from './resolve.ts'

const builtin = new Set(['suppress_redundant_updates_trigger', 'tsvector_update_trigger', 'tsvector_update_trigger_column', 'unique_key_recheck', 'lo_manage'])

/** A trigger's function, which takes no arguments. What the catalog lacks is the system's or an extension's, or is refused with 42883. */
const functionOf = (reading: Reading, parts: readonly string[]): readonly string[] => {
  const found = reading.find(parts, (name) => reading.catalog.routines.has(`${name}()`))
  if (found !== undefined) return [schemaOf(found), localName(found)]
  const local = parts.at(-1) ?? ''
  return builtin.has(local) || parts[0] === 'pg_catalog' || reading.catalog.extensions.size > 0
    ? parts
    : refuse('42883', `function ${parts.map(displayIdentifier).join('.')}() does not exist`)
}

const refuseColumns = (catalog: Catalog, on: RelationName, columns: readonly string[]): void => {
  const host = hostOf(catalog, on)
  const known = 'query' in host ? host.columns : host.columns.map(({ name }) => name)
  const missing = columns.find((column) => !known.includes(column))
  if (missing !== undefined) refuse('42703', `column "${missing}" of relation "${localName(on)}" does not exist`)
}

/** A CreateTrigStmt's content as a trigger on a relation. */
export const readTrigger = (reading: Reading, node: Tree, on: RelationName): Trigger => {
  refuseColumns(reading.catalog, on, strings(list(node, 'columns')))
  const { replace: _replace, ...kept } = node
  const condition = child(node, 'whenClause')
  const referenced = child(node, 'constrrel')
  const statement: Tree = {
    ...kept,
    relation: rangeOf(on),
    funcname: functionOf(reading, strings(list(node, 'funcname'))).map(stringNode),
    ...(condition ? { whenClause: resolveRowExpression(condition, on, reading.catalog, reading.searchPath).tree } : {}),
    ...(referenced ? { constrrel: rangeOf(reading.relation(referenced)) } : {}),
  }
  return { definition: printable({ CreateTrigStmt: statement }, 'the trigger'), enabled: 'origin' }
}

/** FOR EACH ROW: partitions get the trigger too. */
export const isForEachRow = ({ definition }: Trigger): boolean => flag(child(definition, 'CreateTrigStmt'), 'row')

/** A RuleStmt's content as a rule on a relation. */
export const readRule = (reading: Reading, node: Tree, on: RelationName): RewriteRule => {
  if (text(node, 'event') === 'CMD_SELECT') return notUnderstood('a rule on SELECT makes a view')
  const { replace: _replace, ...kept } = node
  const condition = child(node, 'whereClause')
  const actions = list(node, 'actions').map((action) => resolveAction(action, on, reading.catalog, reading.searchPath).tree)
  const statement: Tree = {
    ...kept,
    relation: rangeOf(on),
    ...(condition ? { whereClause: resolveRowExpression(condition, on, reading.catalog, reading.searchPath).tree } : {}),
    ...(actions.length > 0 ? { actions } : {}),
  }
  return { definition: printable({ RuleStmt: statement }, 'the rule'), enabled: 'origin' }
}

const withReplace = (definition: Tree, node: string, replace: boolean): Tree =>
  replace ? { [node]: { ...(child(definition, node) ?? {}), replace: true } } : definition

const modes = { origin: 'ENABLE', disabled: 'DISABLE', replica: 'ENABLE REPLICA', always: 'ENABLE ALWAYS' } as const

/** `ALTER TABLE … DISABLE TRIGGER …` */
export const printEnabled = (what: 'TRIGGER' | 'RULE', on: RelationName, name: string, enabled: Trigger['enabled']): string =>
  `ALTER TABLE ${on} ${modes[enabled]} ${what} ${quoteIdentifier(name)}`

/** `CREATE [OR REPLACE] TRIGGER …`, and when it fires if that is not the default. */
export const printTrigger = (on: RelationName, name: string, { definition, enabled }: Trigger, replace = false): readonly string[] => [
  printStatement(withReplace(definition, 'CreateTrigStmt', replace)),
  ...(enabled === 'origin' ? [] : [printEnabled('TRIGGER', on, name, enabled)]),
]

/** `CREATE [OR REPLACE] RULE …`, and when it applies if that is not `was`. */
export const printRule = (
  on: RelationName,
  name: string,
  { definition, enabled }: RewriteRule,
  replace = false,
  was: Trigger['enabled'] = 'origin',
): readonly string[] => [printStatement(withReplace(definition, 'RuleStmt', replace)), ...(enabled === was ? [] : [printEnabled('RULE', on, name, enabled)])]

/** A trigger or rule under another name. */
export const renamedMember = <T extends Trigger | RewriteRule>(member: T, to: string): T => {
  const [node, key] = 'CreateTrigStmt' in member.definition ? (['CreateTrigStmt', 'trigname'] as const) : (['RuleStmt', 'rulename'] as const)
  return { ...member, definition: { [node]: { ...(child(member.definition, node) ?? {}), [key]: to } } }
}

/** The trigger of that name; refuses with 42704. */
export const triggerOf = (catalog: Catalog, on: RelationName, name: string): Trigger =>
  hostOf(catalog, on).triggers.get(name) ?? refuse('42704', `trigger "${name}" for table "${localName(on)}" does not exist`)

/** The rule of that name; refuses with 42704. */
export const ruleOf = (catalog: Catalog, on: RelationName, name: string): RewriteRule =>
  hostOf(catalog, on).rules.get(name) ?? refuse('42704', `rule "${name}" for relation "${localName(on)}" does not exist`)

/** True for CREATE CONSTRAINT TRIGGER. */
export const isConstraint = ({ definition }: Trigger): boolean => child(definition, 'CreateTrigStmt')?.isconstraint === true
