/** Pieces of a block that memory cannot follow, and what they may touch. */
import { keyOf, type ObjectKey, quoteIdentifier } from '../../model/name.ts'
import type { Statement } from '../../model/statement.ts'
import { leadingText } from '../../sql/plpgsql/leading-text.ts'
import { allOf } from '../../sql/plpgsql/nested.ts'
import type { PlPgSql } from '../../sql/plpgsql.ts'
import { statementsOf } from '../../sql/texts.ts'
import { callsDdl } from '../data.ts'
import { namesIn } from '../expressions.ts'
import { harmless } from './harmless.ts'
import { alone, type Run, textOf } from './run.ts'

type Touched = readonly ObjectKey[] | 'unknown'

const grantTargets: Readonly<Record<string, (run: Run) => readonly ObjectKey[]>> = {
  FUNCTION: ({ reading }) => [...reading.catalog.routines.keys()].map((name) => keyOf('routine', name)),
  TABLE: ({ reading }) => [...reading.catalog.tables.keys(), ...reading.catalog.views.keys()].map((name) => keyOf('table', name)),
  SEQUENCE: ({ reading }) => [...reading.catalog.sequences.keys()].map((name) => keyOf('sequence', name)),
  SCHEMA: ({ reading }) => [...reading.catalog.schemas.keys()].map((name) => keyOf('schema', quoteIdentifier(name))),
  TYPE: ({ reading }) => [...reading.catalog.types.keys()].map((name) => keyOf('type', name)),
}

/** What computed SQL may touch: a GRANT only privileges of objects of its class; anything else anything. */
const touchedByText = (run: Run, expression: string): Touched => {
  const words = /^\s*(?:GRANT|REVOKE)\b[^;]*?\bON\s+(?:ALL\s+)?(FUNCTION|PROCEDURE|ROUTINE|TABLE|SEQUENCE|SCHEMA|TYPE)?/i.exec(leadingText(expression))
  if (!words) return 'unknown'
  const object = (words[1] ?? 'TABLE').toUpperCase()
  return grantTargets[object === 'PROCEDURE' || object === 'ROUTINE' ? 'FUNCTION' : object]?.(run) ?? 'unknown'
}

/** What a SQL statement names; unknown when it names nothing, or calls a routine that changes the catalog. */
const touchedBySql = ({ reading }: Run, { node, tree }: Statement): Touched => {
  const wrapped = { [node]: tree }
  const names = callsDdl(reading, wrapped) === undefined ? namesIn(reading.expression(wrapped)) : new Set<ObjectKey>()
  return names.size === 0 ? 'unknown' : [...names]
}

/** What one statement touches, without those inside of it. */
const touchedByOne = (run: Run, statement: PlPgSql): readonly Touched[] => {
  if ((statement.kind !== 'sql' && statement.kind !== 'execute') || harmless(run, statement)) return []
  const sql = textOf(run, statement)
  const parsed = sql === undefined ? undefined : statementsOf(sql)
  if (parsed) return parsed.map((inner) => touchedBySql(run, inner))
  return [statement.kind === 'execute' ? touchedByText(run, statement.expression) : 'unknown']
}

/** The objects that statements name; unknown as soon as one of them is computed or calls a routine that changes the catalog. */
const touched = (run: Run, statements: readonly PlPgSql[]): Touched => {
  const keys = new Set<ObjectKey>()
  for (const some of allOf(statements).flatMap((statement) => touchedByOne(run, statement))) {
    if (some === 'unknown') return some
    for (const key of some) keys.add(key)
  }
  return [...keys]
}

/** Records statements as one opaque change. */
export const opaque = (run: Run, statements: readonly PlPgSql[], reason: string): void => {
  const [only] = statements
  const sql = statements.length === 1 && only?.kind === 'sql' && !only.into ? only.sql : alone(run, statements)
  run.reading.emit({ kind: 'opaque', sql, reason, touches: touched(run, statements) })
}
