/** Where Drizzle's migrator cuts a migration's file. */
export const breakpoint = '--> statement-breakpoint'

/** What the migrator sends in one query, and where it stands in the file (UTF-16 units). */
export type SqlChunk = { readonly text: string; readonly start: number; readonly end: number }

/**
 * Cuts at exactly `--> statement-breakpoint`, wherever it stands, inside bodies and comments too, as `readMigrationFiles` of drizzle-orm 0.45 does. The journal's
 * `breakpoints` flag plays no part in it.
 */
export const splitChunks = (sql: string): readonly SqlChunk[] => {
  const chunks: SqlChunk[] = []
  let start = 0
  for (const text of sql.split(breakpoint)) {
    chunks.push({ text, start, end: start + text.length })
    start += text.length + breakpoint.length
  }
  return chunks
}
