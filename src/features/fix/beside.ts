/** The two files beside a migrations folder: what is run before a deployment by hand, and what is left to the next one. */

/** What belongs to one migration. */
export type Section = { readonly tag: string; readonly sql: string }

export type BesideKind = 'before' | 'next'

const markers: Readonly<Record<BesideKind, string>> = { before: '-- pgstrata: before ', next: '-- pgstrata: after ' }

/** `drizzle` → `drizzle.before.sql`: beside the folder, where no migrator looks. */
export const besidePath = (folder: string, kind: BesideKind): string => `${folder.replace(/\/+$/, '')}.${kind}.sql`

const preamble = (kind: BesideKind, path: string): string =>
  kind === 'before'
    ? `-- Run this before the deployment, one statement after the other and in no transaction: psql -f ${path}\n-- It may be run again. The migrations then find their indexes done.\n`
    : `-- What these migrations leave to the next deployment. When they have landed, pgstrata lint --fix makes a migration of it.\n`

/** The sections of such a file. What stands above the first marker is none. */
export const sectionsOf = (text: string, kind: BesideKind): readonly Section[] => {
  const sections: { tag: string; lines: string[] }[] = []
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith(markers[kind])) sections.push({ tag: line.slice(markers[kind].length).trim(), lines: [] })
    else sections.at(-1)?.lines.push(line)
  }
  return sections.map(({ tag, lines }) => ({ tag, sql: lines.join('\n').trim() }))
}

/** The file that holds the sections; undefined where there is none. */
export const besideText = (sections: readonly Section[], kind: BesideKind, path: string): string | undefined => {
  if (sections.length === 0) return undefined
  return `${preamble(kind, path)}${sections.map(({ tag, sql }) => `\n${markers[kind]}${tag}\n${sql}\n`).join('')}`
}

/** A query that shows what a failed build left behind: IF NOT EXISTS would take it for the index. */
const invalidIndexes = `-- No row may come back: drop such an index (DROP INDEX CONCURRENTLY) and run this file again.\nSELECT indexrelid::regclass AS invalid FROM pg_index WHERE NOT indisvalid;`

const script = (statements: readonly string[]): string => statements.map((sql) => `${sql.replace(/;\s*$/, '')};`).join('\n')

/** The text of a section. */
export const sectionText = (statements: readonly string[], kind: BesideKind): string =>
  kind === 'before' && statements.some((sql) => sql.startsWith('CREATE')) ? `${script(statements)}\n${invalidIndexes}` : script(statements)

/** The sections with more in one of them: each statement once. */
export const withSection = (sections: readonly Section[], tag: string, statements: readonly string[], kind: BesideKind): readonly Section[] => {
  const known = sections.find((section) => section.tag === tag)
  if (!known) return [...sections, { tag, sql: sectionText(statements, kind) }]
  const more = statements.filter((sql) => !known.sql.includes(sql))
  const sql = more.length === 0 ? known.sql : [known.sql, sectionText(more, kind)].join('\n')
  return sections.map((section) => (section === known ? { tag, sql } : section))
}
