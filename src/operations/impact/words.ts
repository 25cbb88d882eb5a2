/** Entries and what they do, in words. */
import type { Reach } from '../../features/impact/reach.ts'
import type { Access, EntryKind } from '../../model/code.ts'
import { plural } from '../../model/numbers.ts'

const nouns: Readonly<Record<EntryKind, readonly [one: string, many: string]>> = {
  route: ['route', 'routes'],
  page: ['page', 'pages'],
  action: ['action', 'actions'],
  procedure: ['procedure', 'procedures'],
  resolver: ['resolver', 'resolvers'],
  lambda: ['lambda', 'lambdas'],
  worker: ['job', 'jobs'],
  cron: ['job', 'jobs'],
  callback: ['callback', 'callbacks'],
  cli: ['script', 'scripts'],
  boot: ['boot file', 'boot files'],
  test: ['test', 'tests'],
  middleware: ['middleware', 'middlewares'],
}

/** `a`, `a and b`, `a, b and c`. */
const listed = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`)

/** `3 routes, 2 pages and 1 job`. */
export const entriesText = (reaches: readonly Reach[]): string => {
  const entries = [...new Set(reaches.map(({ entry }) => entry))]
  const words = new Map(Object.values(nouns))
  return listed(
    [...words].flatMap(([one, many]) => {
      const count = entries.filter(({ kind }) => nouns[kind][0] === one).length
      return count === 0 ? [] : [plural(count, one, many)]
    }),
  )
}

export const isOne = (reaches: readonly Reach[]): boolean => new Set(reaches.map(({ entry }) => entry)).size === 1

const verbs: Readonly<Record<Access, readonly [one: string, many: string]>> = {
  read: ['reads', 'read'],
  write: ['writes', 'write'],
  delete: ['deletes rows of', 'delete rows of'],
}

const accesses = ['read', 'write', 'delete'] as const satisfies readonly Access[]

/** One sentence: which entries read, write and delete it. */
export const answerText = (name: string, entries: readonly Reach[]): string => {
  const parts = accesses.flatMap((access) => {
    const own = entries.filter((reach) => reach.access === access)
    return own.length === 0 ? [] : [{ who: entriesText(own), does: verbs[access][isOne(own) ? 0 : 1] }]
  })
  if (parts.length === 0) return `No entry was found that reads or writes ${name}.`
  return `${parts.map(({ who, does }, at) => `${who} ${does} ${at === 0 ? name : 'it'}`).join('; ')}.`
}
