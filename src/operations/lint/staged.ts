/** What the next commit adds to the migrations: judged as it is staged, whatever the working tree holds. */
import { readHistory } from '../../drizzle/history.ts'
import type { Project } from '../../model/config.ts'
import type { Finding } from '../../model/finding.ts'
import { below } from '../../model/path.ts'
import type { Report } from '../../model/report.ts'
import type { World } from '../../model/world.ts'
import { type Subject, subjectOf } from './subject.ts'

export type Staged = {
  readonly subject: Subject
  /** True for a finding of what the commit changes. */
  concerns(finding: Finding): boolean
}

/** `0042_x.sql` → `0042_x`; `20260101000000_x/migration.sql` → its folder. */
const tagOf = (path: string): string => path.replace(/\/migration[.]sql$|[.]sql$/, '')

/** A project's migrations as they are staged; undefined where the commit changes none of its files. Throws what reading a folder throws. */
export const stagedSubject = async (world: World, project: Project): Promise<Staged | undefined> => {
  const { files, changed } = await world.git.staged(project.folder)
  if (changed.length === 0) return undefined
  const history = readHistory(project.folder, files, project.ledger)
  const tags = new Set(changed.map(tagOf))
  const paths = new Set(changed.map((path) => below(project.folder, path)))
  const pending = new Set(history.migrations.filter(({ tag }) => tags.has(tag)).map(({ index }) => index))
  return {
    subject: await subjectOf(world, project, history, { type: 'together', migrations: pending }),
    concerns: ({ migration, file }) => tags.has(migration ?? '') || paths.has(file ?? ''),
  }
}

/** The answer where the commit does not concern migrations. */
export const nothingStaged = (projects: readonly Project[]): Report => ({
  operation: 'lint',
  analysed: {},
  findings: [],
  unknown: [],
  data: { staged: false },
  blocks: [{ type: 'text', text: `Nothing that is staged concerns the migrations in ${projects.map(({ folder }) => folder).join(', ')}.` }],
  informs: true,
})
