/** Whether drizzle-kit itself would still generate something from the TypeScript schema: then that is not merged as the migrations are. */
import type { Project } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { History } from '../../model/history.ts'
import { plural } from '../../model/numbers.ts'
import type { Generated, World } from '../../model/world.ts'
import { reportedFinding } from '../../rules/report.ts'
import type { Verified } from './verified.ts'

const first = (statements: readonly string[]): string => statements.slice(0, 3).join(' ').replaceAll(/\s+/g, ' ')

/** drizzle-kit 0.x compares with the newest snapshot; 1.0 puts together all that have no child, and one may say only what it changes. */
const pathsOf = ({ layout, migrations }: History): readonly string[] => {
  const paths = migrations.flatMap(({ snapshot }) => snapshot?.path ?? [])
  return layout === 'journal' ? paths.slice(-1) : paths
}

const told = ({ statements, questions }: Generated): Pick<Verified, 'shown'> & { readonly message: string } => {
  if (questions.length > 0) {
    const asks = questions.slice(0, 3).join(', and ')
    return {
      shown: `drizzle-kit would still generate something: it asks ${asks}`,
      message: `drizzle-kit generate would still write something, and asks first ${asks}.`,
    }
  }
  const count = plural(statements.length, 'statement')
  return { shown: `drizzle-kit would still generate ${count}`, message: `drizzle-kit generate would still write ${count}: ${first(statements)}` }
}

/** Asks the project's drizzle-kit. A schema that does not load (it may be in conflict itself) is no fault of the migrations: it is said, and asked again later. */
export const askKit = async (world: World, project: Project, history: History, load: (path: string) => Promise<string>): Promise<Verified> => {
  const quiet = { name: 'schema', findings: [], unknown: [] } as const
  const paths = pathsOf(history)
  if (project.schema.length === 0) return { ...quiet, notAsked: true, shown: 'the Drizzle config names no schema' }
  if (paths.length === 0) return { ...quiet, notAsked: true, shown: 'there is no snapshot that drizzle-kit would start from' }
  try {
    const texts = new Map(await Promise.all(paths.map(async (path) => [path, await load(path)] as const)))
    const generated = await world.generated(project, { layout: history.layout, texts })
    if (generated.statements.length + generated.questions.length === 0) return { ...quiet, shown: 'drizzle-kit would generate nothing' }
    const { shown, message } = told(generated)
    const finding = reportedFinding('snapshot-drift', message, { file: project.schema[0] ?? project.folder }, 'schema', {
      severity: 'warning',
      help: 'Merge the TypeScript schema so that it holds what both sides have, and run pgstrata resolve again.',
    })
    return { ...quiet, findings: [finding], shown }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return { ...quiet, notAsked: true, shown: error.message }
  }
}
