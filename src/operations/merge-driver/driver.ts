/** The driver as git calls it. */
import { folderOf, type OneFile, oneFile } from '../../features/collision/one-file.ts'
import { ToolError } from '../../model/error.ts'
import type { Report } from '../../model/report.ts'
import { textEdit } from '../../model/text.ts'
import type { World } from '../../model/world.ts'
import { reportedFinding } from '../../rules/report.ts'
import { textAt } from '../text-at.ts'

/** How git and its hooks find this program: where the project has it installed, and never from elsewhere. */
export const command = 'npx --no-install pgstrata'

/** What stands below `merge.pgstrata` in the clone's configuration. A base that is merged of several is nobody's file: lines are good enough for it. */
export const settings: Readonly<Record<string, string>> = {
  'merge.pgstrata.name': 'migrations that collide stay in conflict',
  'merge.pgstrata.driver': `${command} merge-driver --quiet -- %O %A %B %P >&2`,
  'merge.pgstrata.recursive': 'text',
}

const read = async (world: World, path: string): Promise<string> => {
  const text = await textAt(world, path)
  if (text === undefined) throw new ToolError('no-such-file', `There is no file ${path}.`, { help: 'git gives the driver its files: %O %A %B %P.' })
  return text
}

/** Merges one file as far as that is no decision: the result goes where ours stands, a finding leaves git its conflict. */
export const drive = async (world: World, [base = '', ours = '', theirs = '', path = '']: readonly string[]): Promise<Report> => {
  const file: OneFile = { base: await read(world, base), ours: await read(world, ours), theirs: await read(world, theirs) }
  const outcome = oneFile(path, file)
  if (!outcome)
    throw new ToolError('not-a-migration-file', `${path} is no journal, snapshot or lock of a migrations folder.`, {
      help: 'Take its line out of .gitattributes.',
    })
  if (outcome.text !== file.ours) await world.files.write([textEdit(ours, outcome.text)])
  const help = `pgstrata resolve --write, then git add -A ${folderOf(path)}`
  return {
    operation: 'merge-driver',
    analysed: { files: 1 },
    findings: outcome.clean ? [] : [reportedFinding('collision', outcome.why, { file: path }, 'driver', { help })],
    unknown: [],
    data: { path, clean: outcome.clean, why: outcome.why },
    blocks: outcome.clean ? [{ type: 'text', text: `${path}: ${outcome.why}` }] : [],
    chosen: true,
  }
}
