/**
 * DO blocks: their statements are read where their conditions can be answered from the catalog, exceptions put the catalog back as PL/pgSQL does, and what
 * only rows or computed SQL decide is opaque, piece by piece.
 */
import type { Tree } from '../model/json.ts'
import type { Statement } from '../model/statement.ts'
import { conditional } from '../sql/plpgsql/nested.ts'
import type { PlPgSqlBlock } from '../sql/plpgsql.ts'
import { expressionOf } from '../sql/texts.ts'
import { knownValue, type Variables } from './conditions.ts'
import { blockOf, bodyOf, constantStatements } from './do-block/block.ts'
import { readAll } from './do-block/flow.ts'
import { dataNodes } from './do-block/harmless.ts'
import type { ReadNode } from './do-block/run.ts'
import type { Reading } from './reading.ts'
import type { Known } from './system-tables.ts'

/** Variables that keep the constant they begin with. */
const constants = (reading: Reading, { variables }: PlPgSqlBlock): Variables => {
  const values = new Map<string, Known>()
  for (const { name, initial, fixed } of variables) {
    const expression = initial === undefined || !fixed ? undefined : expressionOf(initial)
    const value = expression === undefined ? undefined : knownValue(reading, expression, values)
    if (value !== undefined) values.set(name, value)
  }
  return values
}

/** Reads a DO block into the changes of its statements. Throws what PostgreSQL refuses and no handler catches. */
export const readDo = (reading: Reading, node: Tree, readNode: ReadNode): void => {
  const block = blockOf(node)
  readAll({ reading, readNode, block, variables: constants(reading, block), prelude: [] }, block.body)
}

/** Statements of a DO block that stand under a condition, in a loop or in a handler, as far as their text is a constant. */
export const conditionalStatements = (node: Tree): readonly Statement[] => bodyOf(node).flatMap(conditional).flatMap(constantStatements)

/** Those of them that are neither rows' nor the session's business: for rules. */
export const conditionalDdl = (node: Tree): readonly Statement[] => conditionalStatements(node).filter((statement) => !dataNodes.has(statement.node))
