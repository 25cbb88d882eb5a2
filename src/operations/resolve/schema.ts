/** Whether drizzle-kit itself would still generate something from the TypeScript schema: then that is not merged as the migrations are. */
import type { Project } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { World } from '../../model/world.ts'
import { reportedFinding } from '../../rules/report.ts'
import { plural } from '../plural.ts'
import type { Verified } from './verified.ts'

const first = (statements: readonly string[]): string => statements.slice(0, 3).join(' ').replaceAll(/\s+/g, ' ')

/** Asks the project's drizzle-kit. A schema that does not load (it may be in conflict itself) is no fault of the migrations: it is said, and asked again later. */
export const askKit = async (world: World, project: Project, snapshot: string): Promise<Verified> => {
  const quiet = { name: 'schema', findings: [], unknown: [] } as const
  if (project.schema.length === 0) return { ...quiet, notAsked: true, shown: 'the Drizzle config names no schema' }
  try {
    const statements = await world.generated(project, snapshot)
    if (statements.length === 0) return { ...quiet, shown: 'drizzle-kit would generate nothing' }
    const message = `drizzle-kit generate would still write ${plural(statements.length, 'statement')}: ${first(statements)}`
    const finding = reportedFinding('snapshot-drift', message, { file: project.schema[0] ?? project.folder }, 'schema', {
      severity: 'warning',
      help: 'Merge the TypeScript schema so that it holds what both sides have, and run pgstrata resolve again.',
    })
    return { ...quiet, findings: [finding], shown: `drizzle-kit would still generate ${plural(statements.length, 'statement')}` }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return { ...quiet, notAsked: true, shown: error.message }
  }
}
