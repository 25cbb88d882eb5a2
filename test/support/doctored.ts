import { createWorld } from '../../src/cli/world.ts'
import type { Report } from '../../src/model/report.ts'
import { doctor } from '../../src/operations/doctor.ts'

/** What `doctor` says of a project whose migrations stand in `drizzle`; `write`: it mends them. */
export const doctored = async (project: string, write: boolean): Promise<Report> => {
  await using world = await createWorld({ cwd: project, config: {}, folder: 'drizzle' })
  return await doctor.run(world, { arguments: [], flags: { write, ledgerSql: undefined } })
}
