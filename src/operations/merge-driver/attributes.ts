/** The lines of `.gitattributes` that hand a migrations folder's files to the driver. */
import { journalPath } from '../../drizzle/journal.ts'
import { lockPath } from '../../drizzle/lock.ts'

/** A path as a pattern that means only itself. */
const literal = (path: string): string => path.replaceAll(/[\\[\]*?!#]/g, '\\$&')

const quoted = (pattern: string): string => (/[\s"]/.test(pattern) ? `"${pattern.replaceAll(/["\\]/g, '\\$&')}"` : pattern)

/** For a folder as it is called from the repository's root; both layouts, so that `drizzle-kit up` changes nothing here. */
export const attributeLines = (folder: string): readonly string[] => {
  const at = folder === '' || folder === '.' ? '/' : `/${literal(folder)}/`
  return [journalPath, 'meta/*_snapshot.json', '*/snapshot.json', lockPath].map((path) => `${quoted(at + path)} merge=pgstrata`)
}
