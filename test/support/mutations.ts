/** The mutations that schema comparisons are measured by: they stand beside the corpus, in reference/mutations.mjs. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Engine } from '../../src/model/engine.ts'
import { type Convergence, convergence } from './convergence.ts'

type Reference = { readonly BASE: string; readonly M: readonly (readonly [what: string, sql: string])[] }

/** The working directory is the repository. */
const corpus = process.env.PGSTRATA_CORPUS ?? '../shared/corpus'

export const reference = async (): Promise<Reference> => {
  const file = resolve(corpus, '../reference/mutations.mjs')
  if (!existsSync(file)) throw new Error(`the mutations are not at ${file}; set PGSTRATA_CORPUS`)
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Reference
}

export type Outcome = {
  readonly accepted: readonly string[]
  readonly missed: readonly string[]
  readonly apart: { readonly [what: string]: readonly string[] }
}

/** A database with all that the mutations change. Roles belong to the server: one for each engine. */
export const baseDatabase = async (engine: Engine): Promise<string> => {
  const name = await engine.createDatabase()
  await using session = await engine.session(name)
  await session.script((await reference()).BASE)
  return name
}

/** Every mutation on that engine: which it accepts, which of these are not seen, and what the SQL from the base to the mutated database leaves. The parser must be loaded. */
export const everyMutation = async (engine: Engine, database?: string): Promise<Outcome> => {
  const { M } = await reference()
  await using session = await engine.session(database ?? (await baseDatabase(engine)))
  const before = await engine.print(session)
  const found: (readonly [string, Convergence])[] = []
  for (const [what, sql] of M) found.push([what, await convergence(engine, session, before, sql)])
  const accepted = found.filter(([, { refused }]) => refused === undefined)
  return {
    accepted: accepted.map(([what]) => what),
    missed: accepted.flatMap(([what, { detected }]) => (detected ? [] : [what])),
    apart: Object.fromEntries(accepted.flatMap(([what, { there }]) => (there.rest.length > 0 ? [[what, there.rest]] : []))),
  }
}

/** What no statement brings about without building the table anew, or at all. */
export const known = {
  'column order': ['column order "public"."t"'],
  'index INVALID': ['index "public"."t_a_idx"'],
} as const
