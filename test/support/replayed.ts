import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { neededRoles } from '../../src/changes/needed-roles.ts'
import { replay } from '../../src/changes/replay.ts'
import { extensionsIn } from '../../src/sql/extensions.ts'
import { readScript } from '../../src/sql/script.ts'

/** A folder's history, replayed in memory, and what a server needs to have for it. */
export const replayedFolder = async (folder: string) => {
  const history = await readHistoryFolder(folder, {})
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const { created, assumed } = extensionsIn(scripts)
  const replayed = replay(scripts, { ...emptyCatalog, extensions: new Map(assumed.map((extension) => [extension, {}])) })
  return { history, scripts, replayed, assumed, extensions: [...created, ...assumed], roles: neededRoles(replayed.steps) }
}
