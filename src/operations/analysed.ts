/** Nothing that was not looked at may pass as clean. */
import { ToolError } from '../model/error.ts'
import type { Finding } from '../model/finding.ts'
import type { History } from '../model/history.ts'

const filesText = ({ orphans, orphanSnapshots }: History): string => {
  const files = orphans.length + orphanSnapshots.length
  return files === 0 ? 'has a journal that cannot be read' : `has ${files} ${files === 1 ? 'file' : 'files'} that its journal does not name`
}

/**
 * Stops where folders hold something and no migration was found in them. Errors that were found say already what is wrong. Throws `nothing-analysed`.
 */
export const assertAnalysed = (histories: readonly History[], findings: readonly Finding[] = []): void => {
  if (histories.some(({ migrations }) => migrations.length > 0) || findings.some(({ severity }) => severity === 'error')) return
  const full = histories.find(({ faults, orphans, orphanSnapshots }) => faults.length + orphans.length + orphanSnapshots.length > 0)
  if (!full) return
  throw new ToolError('nothing-analysed', `Nothing was analysed: ${full.folder} ${filesText(full)}.`, {
    help: 'Bring meta/_journal.json back from git (pgstrata doctor says what is wrong with it); Drizzle runs only what it names.',
  })
}

/** Stops where a folder is not whole: what is missing or torn in it would be taken for something that it is not. `consequence`: what that means. Throws `folder-broken`. */
export const assertWhole = ({ faults, folder }: History, consequence: string): void => {
  const [fault] = faults
  if (fault)
    throw new ToolError('folder-broken', `${folder}/${fault.path} is not whole (${fault.type.replaceAll('-', ' ')}): ${consequence}.`, {
      help: 'pgstrata check --only folder says what is wrong with it.',
    })
}
