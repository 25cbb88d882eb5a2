/** Which versions of a timeline are shown. */
import { displayVersion } from '../../features/version/numbers.ts'
import { ToolError } from '../../model/error.ts'
import { plural } from '../plural.ts'
import type { Entry } from './timeline.ts'

export type Filter = { readonly table: string | undefined; readonly author: string | undefined; readonly from: string | undefined; readonly breaking: boolean }

/** `users`, `public.users`: by the whole name or its last part. */
const touches = ({ touched }: Entry, table: string): boolean =>
  touched.some((name) => name === table || name.endsWith(`.${table}`) || `public.${name}` === table)

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

/** Throws `no-such-version`. */
export const filtered = (entries: readonly Entry[], { table, author, from, breaking }: Filter): readonly Entry[] => {
  const first = from === undefined ? 0 : firstOf(entries, from)
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
