/** The labels that impact analysis is measured against, as people write them, and how their names of entries are compared. */

export type Via = 'explicit' | 'implicit'

type LabelledEntry = { readonly entry: string; readonly file: string; readonly via: Via }

export type Target = {
  readonly id: string
  readonly repo: string
  readonly commit: string
  readonly target: {
    readonly kind: 'column' | 'table' | 'enumValue'
    /** As the database has it: `Chat.title`, `Stream`, `Chat.visibility.'private'`. */
    readonly name: string
    readonly tsTable: string
    readonly tsColumn?: string
    readonly schemaFile: string
  }
  readonly reads: readonly LabelledEntry[]
  readonly writes: readonly LabelledEntry[]
  /** Deletions of rows: neither hit nor miss. */
  readonly deletes: readonly { readonly entry: string; readonly file: string }[]
  /** Neither hit nor miss; a name may end in `*`. */
  readonly accept: readonly { readonly entry: string; readonly as: 'reads' | 'writes' | 'deletes' }[]
  readonly sure: 'high' | 'medium' | 'low'
}

/** One entry of a report of `pgstrata impact`. */
export type Reported = {
  readonly entry: string
  readonly file: string
  readonly line: number
  readonly access: 'read' | 'write' | 'delete'
  readonly via: Via
  readonly confidence: string
  readonly path: readonly { readonly file: string; readonly line: number; readonly what: string }[]
}

/** A target as the command line takes it. */
export const targetText = ({ target: { kind, name } }: Target): string => `${kind}:${name}`

const verbs = /^(get|post|put|patch|delete|head|options|all|any|\*) (?=\/)/i

/** `[id]`, `{id}`, `:id?` and `:id{[0-9]+}` are `:id`; `[...rest]` and `[[...rest]]` are `:...rest`; `(group)` is no part of a URL. */
const plainSegment = (segment: string): string | undefined => {
  if (/^\(.*\)$/.test(segment)) return undefined
  const dynamic = /^\[{1,2}(.+?)\]{1,2}$/.exec(segment) ?? /^\{(.+)\}$/.exec(segment) ?? /^:(\w+)(?:\{.*\})?\??$/.exec(segment)
  return dynamic ? `:${dynamic[1]}` : segment
}

const plainPath = (path: string): string =>
  `/${path
    .split('/')
    .filter((segment) => segment !== '')
    .map(plainSegment)
    .filter((segment) => segment !== undefined)
    .join('/')}`

/** One spelling of an entry's name: single spaces, verbs in capitals (`ALL` for any), parameters as `:id`. */
export const plainName = (name: string): string => {
  const spaced = name.trim().replaceAll(/\s+/g, ' ')
  const verb = verbs.exec(spaced)?.[1]
  if (verb) return `${/^(any|\*)$/i.test(verb) ? 'ALL' : verb.toUpperCase()} ${plainPath(spaced.slice(verb.length + 1))}`
  return spaced.startsWith('page /') ? `page ${plainPath(spaced.slice(5))}` : spaced
}

const background = new Set(['lambda', 'worker', 'cron', 'queue', 'job'])
const named = new Set([...background, 'cli', 'boot', 'callback'])

const kindOf = (name: string): string | undefined => {
  const word = name.split(' ', 1)[0] ?? ''
  return background.has(word) ? 'background' : named.has(word) ? word : undefined
}

type Named = { readonly entry: string; readonly file: string }

const pathOf = (name: string): string | undefined => /^[A-Z]+ (\/.*)$/.exec(name)?.[1]

/**
 * Whether two entries are one. Names are compared exactly, but `ALL /x` (a handler that is not told which verb calls it) is every verb of `/x`, and jobs, whose names
 * hold free words (`lambda handler (name, trigger)`), are one where their kind and their file are.
 */
export const isSameEntry = (a: Named, b: Named): boolean => {
  const [first, second] = [plainName(a.entry), plainName(b.entry)]
  if (first === second) return true
  if (first.startsWith('ALL /') || second.startsWith('ALL /')) return pathOf(first) !== undefined && pathOf(first) === pathOf(second)
  const kind = kindOf(first)
  return kind !== undefined && kind === kindOf(second) && a.file === b.file
}

/** Whether a name is one of `accept`, in which a last `*` stands for any rest. */
export const isAccepted = (pattern: string, { entry, file }: Named): boolean => {
  const rest = pattern.length > 1 && pattern.endsWith('*') ? plainName(pattern.slice(0, -1)) : undefined
  return rest === undefined ? isSameEntry({ entry: pattern, file }, { entry, file }) : plainName(entry).startsWith(rest)
}
