/** Scripts replayed in memory. */
import { leftOut } from '../changes/baseline.ts'
import { replay } from '../changes/replay.ts'
import { plainStartOf } from '../changes/start.ts'
import type { Catalog } from '../model/catalog.ts'
import { ToolError } from '../model/error.ts'
import type { Unknown } from '../model/finding.ts'
import type { SourceScript } from '../model/world.ts'
import { loadSql } from '../sql/parser.ts'
import { readScript } from '../sql/script.ts'

/** The catalog that scripts make in an empty database, and the statements that memory could not follow. Throws `unparsed`, `refused`. */
export const replayed = async (scripts: readonly SourceScript[]): Promise<{ readonly catalog: Catalog; readonly unknown: readonly Unknown[] }> => {
  await loadSql()
  const read = scripts.map(({ name, sql }) => ({ name, ...readScript(sql) }))
  const start = plainStartOf(read)
  const fault = (start.baseline ? read.slice(1) : read)
    .flatMap(({ name, faults }) => faults.map(({ message, at }) => `${name}:${at.line}:${at.column}: ${message}`))
    .at(0)
  if (fault !== undefined) throw new ToolError('unparsed', `A statement cannot be parsed: ${fault}`, { help: 'pgstrata check lists all of them.', exit: 3 })
  const { steps, catalog } = replay(read, start.catalog)
  const placeOf = ({ migration, statement }: (typeof steps)[number]): string => `${read[migration]?.name}:${statement.start.line}`
  const refused = steps.find((step) => step.refused)
  if (refused?.refused)
    throw new ToolError('refused', `PostgreSQL refuses a statement: ${placeOf(refused)}: ${refused.refused.message} (${refused.refused.sqlstate})`, {
      help: 'pgstrata check lists all of them.',
      exit: 3,
    })
  const lacks = steps.flatMap((step) =>
    step.changes.flatMap((change) => (change.kind === 'opaque' ? { what: `the statement at ${placeOf(step)}`, why: change.reason } : [])),
  )
  const pulled = start.baseline ? leftOut(start.baseline).map(({ line, why }) => ({ what: `the statement at ${read[0]?.name}:${line}`, why })) : []
  return { catalog, unknown: [...pulled, ...lacks] }
}
