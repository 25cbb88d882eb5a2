/** Which versions of a timeline are shown. */
import { displayVersion } from '../../features/version/numbers.ts'
import { nearest } from '../../model/config-schema.ts'
import { ToolError } from '../../model/error.ts'
import { plural } from '../../model/numbers.ts'
import type { Entry } from './timeline.ts'
import { some } from './words.ts'

export type Filter = { readonly table: string | undefined; readonly author: string | undefined; readonly from: string | undefined; readonly breaking: boolean }

/** The schema and the name of a table as somebody writes it, with quotes or without. */
const partsOf = (written: string): readonly string[] =>
  [...written.matchAll(/"((?:[^"]|"")*)"|([^".]+)/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')

/** `users`, `"Users"` or `Users`, `public.users`: by the whole name or its last part; a name may have a dot in it. */
const isTable = (touched: string, table: string): boolean => {
  const [name = '', schema = 'public'] = partsOf(touched).toReversed()
  const [asked, ofSchema = schema] = partsOf(table).toReversed()
  return name === table || (name === asked && schema === ofSchema)
}

const touches = ({ touched }: Entry, table: string): boolean => touched.some((name) => isTable(name, table))

/** Throws `no-such-table` where no version has ever had it. */
const assertTable = (entries: readonly Entry[], table: string): void => {
  const known = [...new Set(entries.flatMap(({ touched }) => touched))]
  if (known.some((name) => isTable(name, table))) return
  const near = nearest(table, known)
  throw new ToolError('no-such-table', `No migration of the folder touches a table ${table}, as far as they can be followed.`, {
    help: near === undefined ? `Tables: ${some(known, 10) || 'none'}.` : `Did you mean ${near}?`,
  })
}

const day = /^\d{4}-\d{2}-\d{2}$/

/** The position of the first version that is meant by a version, a migration or a day. Throws `no-such-version`. */
const firstOf = (entries: readonly Entry[], from: string): number => {
  if (day.test(from) && !Number.isNaN(Date.parse(from))) {
    const first = entries.findIndex(({ migration }) => migration.when >= Date.parse(from))
    return first < 0 ? entries.length : first
  }
  const meant = entries.find(({ version, migration, release }) => displayVersion(version) === from || migration.tag === from || release === from)
  const begun = meant ? [meant] : entries.filter(({ migration }) => migration.tag.startsWith(from))
  const [only] = begun
  if (only && begun.length === 1) return only.at
  throw new ToolError(
    'no-such-version',
    begun.length === 0 ? `The folder has no version, migration or release ${from}.` : `${plural(begun.length, 'migration')} begin with ${from}.`,
    {
      help: 'Give a version (2.1.0), a migration, a git tag of a release or a day (2026-01-31).',
    },
  )
}

/** Throws `no-such-version`, `no-such-table`. */
export const filtered = (entries: readonly Entry[], { table, author, from, breaking }: Filter): readonly Entry[] => {
  const first = from === undefined ? 0 : firstOf(entries, from)
  if (table !== undefined) assertTable(entries, table)
  const chosen = entries.filter(
    (entry) =>
      entry.at >= first &&
      (table === undefined || touches(entry, table)) &&
      (author === undefined || entry.author?.name.toLowerCase().includes(author.toLowerCase()) === true) &&
      (!breaking || entry.classified.breaking),
  )
  return chosen
}

export const isFiltered = ({ table, author, from, breaking }: Filter): boolean => breaking || [table, author, from].some((each) => each !== undefined)
