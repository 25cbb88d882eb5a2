/** A migration's text cut into what Drizzle's migrator sends in one query each. */

/**
 * Drizzle cuts at exactly this text, wherever it stands, inside bodies and comments too (`readMigrationFiles` of drizzle-orm 0.45). The journal's `breakpoints`
 * flag plays no part in it.
 */
export const breakpoint = '--> statement-breakpoint'

/** What the migrator sends in one query, and where it stands in the file (UTF-16 units). */
export type TextChunk = { readonly text: string; readonly start: number; readonly end: number }

/** The chunks of a text, in order; a text without a breakpoint is one chunk. */
export const splitChunks = (sql: string): readonly TextChunk[] => {
  const chunks: TextChunk[] = []
  let start = 0
  for (const text of sql.split(breakpoint)) {
    chunks.push({ text, start, end: start + text.length })
    start += text.length + breakpoint.length
  }
  return chunks
}
