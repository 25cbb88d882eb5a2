/** The tickets that a migration's comments name: `-- pgstrata: ticket SHOP-12`, or as part of a deprecation note. */
const shape = /(?:--|\/\*)\s*pgstrata:\s*(?:deprecated\s+since\s+[^\s,]+\s*,\s*)?ticket\s+([^\s*]+)/gi

/** Joined with commas; undefined where no comment names one. */
export const ticketsIn = (sql: string): string | undefined => {
  const found = [...new Set([...sql.matchAll(shape)].map(([, ticket = '']) => ticket))]
  return found.length === 0 ? undefined : found.join(', ')
}
