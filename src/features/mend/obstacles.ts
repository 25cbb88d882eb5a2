/** What stands in the way of mending a folder: nothing can be rebuilt from files that are not there or cannot be read. */
import { snapshotPathOf } from '../../drizzle/history.ts'
import type { FolderFault, History } from '../../model/history.ts'

const ofFault = (fault: FolderFault): string => {
  if (fault.type === 'journal-duplicate-key') return `${fault.path}:${fault.line}: the key ${fault.key} stands twice in one object`
  if (fault.type === 'conflict-markers' || fault.conflictMarkers) return `${fault.path}:${fault.line}: conflict markers stand in it`
  return `${fault.path}:${fault.line}: ${fault.message}`
}

const repeated = (texts: readonly string[]): readonly string[] => [...new Set(texts.filter((text, at) => texts.indexOf(text) < at))]

/** In words, each with its file. */
export const obstaclesIn = (history: History): readonly string[] => [
  ...history.faults.map(ofFault),
  ...history.migrations.flatMap(({ sql, path }) => (sql === undefined ? [`${path}: the journal names it and it is not there`] : [])),
  ...history.migrations.flatMap(({ snapshot }) =>
    snapshot?.fault ? [`${snapshot.path}:${snapshot.fault.line}: ${snapshot.fault.message}; delete the file, and it is rebuilt`] : [],
  ),
  ...repeated(history.migrations.map(({ tag }) => tag)).map((tag) => `two journal entries are called ${tag}`),
  ...(history.layout === 'journal'
    ? repeated(history.migrations.map(({ tag }) => snapshotPathOf(tag))).map(
        (path) => `${path}: two journal entries share it, for they have one prefix; give the later one the next free number`,
      )
    : []),
]
