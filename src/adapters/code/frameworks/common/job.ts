/** Work that a library does later or elsewhere: an entry for each registration, once. */
import { Bound, type EntryKind, type FunctionValue, type Site, type Value } from '../../value.ts'
import { isCallable, whereOf } from '../where.ts'
import { idOf, isFirst } from './first.ts'

export type Job = {
  readonly name: string
  readonly kind: EntryKind
  /** The file that its name has, where that is not the one that registers it. */
  readonly file?: string
  readonly framework: string
  /** The functions that it runs, with what each is to the library. */
  readonly runs: readonly { readonly handler: Value | undefined; readonly what: string; readonly args?: readonly Value[] }[]
}

/** Functions that a handler goes on to call without having been written there: those that it is bound to, and those in the function that made it. */
const givenTo = (handler: Value): readonly FunctionValue[] => {
  if (handler instanceof Bound) return handler.given.filter((value) => value.kind === 'function')
  return handler.kind === 'function' && handler.scope.fn !== 0 ? [...handler.scope.vars.values()].filter((value) => value.kind === 'function') : []
}

/** A wrapper makes jobs of what other files give it: such a job is where the function is that was given. */
const giverOf = (handler: Value, { place }: Site): FunctionValue | undefined => {
  const [given, ...more] = givenTo(handler).filter(({ scope }) => scope.file.path !== place.file)
  return more.length === 0 ? given : undefined
}

/** A job without a function that is known has no entry. */
export const addJob = ({ runs, name, file, ...job }: Job, site: Site): void => {
  const known = runs.flatMap(({ handler, args = [], what }) => (handler !== undefined && isCallable(handler) ? [{ handler, args, what }] : []))
  const [first] = known
  const { file: from, line } = site.place
  if (first === undefined || !isFirst(`${job.kind} ${name} ${from}:${line} ${known.map(({ handler }) => idOf(handler)).join()}`, site.machine)) return
  const given = giverOf(first.handler, site)
  const place = whereOf(given ?? first.handler, site.place)
  site.machine.entry({ ...job, name: named(job.kind, name, given ? place.file : (file ?? from)), place, runs: known })
}

const named = (kind: string, name: string, file: string): string => `${kind} ${name} (${file})`

/** `worker queue (file)`, with the file that registers it. */
export const inFile = (kind: string, name: string, { place }: Site): string => named(kind, name, place.file)
