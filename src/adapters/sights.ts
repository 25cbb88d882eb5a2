/** A record of all that a run asks of what is outside, so that it can be told later whether it would be told the same (docs/decisions/0035). */
import type { Stats } from 'node:fs'
import { isSettled, statOf, textOfLooks } from './looks.ts'

/** A path as it is seen. Of a directory that is not listed it counts only that it is one: what is in it is not asked. */
const seenAs = (stats: Stats | undefined, listed: boolean): string => {
  if (!stats) return 'nothing'
  if (!stats.isDirectory()) return `${stats.isFile() ? 'file' : 'other'} ${textOfLooks(stats)}`
  return listed ? `listed ${textOfLooks(stats)}` : 'directory'
}

const isListed = (seen: string): boolean => seen.startsWith('listed ')

/** Whether a path still looks as it was seen. */
export const looksAsSeen = (path: string, seen: string): boolean => seenAs(statOf(path), isListed(seen)) === seen

/** What git was asked; `input` is what it was given to read. */
export type GitQuestion = { readonly cwd: string; readonly parameters: readonly string[]; readonly input: string }

/** All that was asked for. */
export type Sights = {
  /** As they were seen. */
  readonly paths: ReadonlyMap<string, string>
  /** Environment variables with their values. */
  readonly variables: ReadonlyMap<string, string | undefined>
  readonly git: readonly { readonly question: GitQuestion; readonly answer: string }[]
}

type Sighting = {
  readonly paths: Map<string, string>
  readonly variables: Map<string, string | undefined>
  readonly git: { readonly question: GitQuestion; readonly answer: string }[]
  /** Files of listed directories, which are looked at when all is done. */
  readonly entries: string[]
  readonly begun: number
  /** False as soon as something was asked that is not noted, or cannot be asked again. */
  whole: boolean
}

let record: Sighting | undefined

/** Says that something was asked that is not noted: what was seen does not tell all. */
export const spoilSights = (): void => {
  if (record) record.whole = false
}

const note = (path: string, stats: Stats | undefined, listed: boolean): void => {
  if (!record?.whole) return
  const seen = seenAs(stats, listed)
  const before = record.paths.get(path)
  const isSame = before === undefined || before === seen || (listed ? before === 'directory' : seen === 'directory' && isListed(before))
  // What moves while it is read, or has just moved, may have been read as it is no more.
  if (!isSame || (stats && seen !== 'directory' && !isSettled(stats, record.begun))) record.whole = false
  if (seen !== 'directory' || before === undefined) record.paths.set(path, seen)
}

/** Notes a path whose `stat` is known. */
export const noteSight = (path: string, stats: Stats | undefined): void => note(path, stats, false)

/** Notes a path that will be read: to be called before it is. */
export const noteFile = (path: string): void => {
  if (record?.whole) note(path, statOf(path), false)
}

/** Notes a file that is read and whose directory is listed. There may be hundreds: it is looked at only if all else can be told. */
export const noteEntry = (path: string): void => {
  record?.entries.push(path)
}

/** Whether there is something at a path, which is noted. */
export const isThere = (path: string): boolean => {
  const stats = statOf(path)
  noteSight(path, stats)
  return stats !== undefined
}

/** Notes a directory that will be listed: to be called before it is. */
export const noteListing = (path: string): void => {
  if (record?.whole) note(path, statOf(path), true)
}

/** Notes what git has answered. */
export const noteGit = (question: GitQuestion, answer: string): void => {
  record?.git.push({ question, answer })
}

type Environment = Readonly<Record<string, string | undefined>>

/** The environment, in which each variable that is asked for is noted. */
export const notedEnvironment = (env: Environment): Environment =>
  new Proxy(env, {
    get(target, name) {
      if (typeof name !== 'string') return undefined
      record?.variables.set(name, target[name])
      return target[name]
    },
    // A child gets all of it.
    ownKeys(target) {
      spoilSights()
      return Reflect.ownKeys(target)
    },
  })

/** From now on all that is asked for is noted. One run, one record: a process that serves several has none. */
export const recordSights = (): void => {
  record = { paths: new Map(), variables: new Map(), git: [], entries: [], begun: Date.now(), whole: true }
}

/** Looks at what was read: what was changed last before the run began was read as it is. The newest migrations are the last, and the likeliest to have changed. */
const lookAtEntries = ({ entries, paths, begun }: Sighting): boolean =>
  entries.toReversed().every((path) => {
    const stats = statOf(path)
    paths.set(path, seenAs(stats, false))
    return stats?.isFile() === true && isSettled(stats, begun)
  })

const stillListed = ({ paths }: Sighting): boolean => [...paths].every(([path, seen]) => !isListed(seen) || looksAsSeen(path, seen))

/** All that was asked for since `recordSights`; undefined where that is not the whole. */
export const recordedSights = (): Sights | undefined => (record?.whole && lookAtEntries(record) && stillListed(record) ? record : undefined)
