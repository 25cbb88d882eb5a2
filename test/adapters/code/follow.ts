/** A program of a few files, given as texts, followed from its entries. */
import { posix } from 'node:path'
import { type Drizzle, makeDrizzle } from '../../../src/adapters/code/drizzle/index.ts'
import { follow } from '../../../src/adapters/code/follow.ts'
import type { ProjectFiles } from '../../../src/adapters/code/frameworks/define.ts'
import { frameworks } from '../../../src/adapters/code/frameworks/index.ts'
import { makePg } from '../../../src/adapters/code/frameworks/pg.ts'
import { makePostgres } from '../../../src/adapters/code/frameworks/postgres.ts'
import { lodash } from '../../../src/adapters/code/libraries/lodash.ts'
import { lowerSource } from '../../../src/adapters/code/lower/index.ts'
import { sqlReader } from '../../../src/adapters/code/sql-text/for-drizzle.ts'
import type { FileTree } from '../../../src/adapters/code/tree.ts'
import { validators } from '../../../src/adapters/code/validators/index.ts'
import type { CodeEntry, CodeFacts, CodeUse } from '../../../src/model/code.ts'

export type Program = Readonly<Record<string, string>>

const resolveIn =
  (files: Program) =>
  (from: string, specifier: string): { readonly file: string } | { readonly package: string } => {
    if (!specifier.startsWith('.')) return { package: specifier }
    const path = posix.join(posix.dirname(from), specifier)
    return { file: [`${path}.ts`, `${path}/index.ts`, path].find((one) => files[one] !== undefined) ?? path }
  }

/** The same for every program: `schema.ts`, `db.ts`. */
const trees = new Map<string, FileTree | undefined>()

const treeOf = (path: string, text: string): FileTree | undefined => {
  const key = `${path}\n${text}`
  if (!trees.has(key)) trees.set(key, lowerSource(path, text))
  return trees.get(key)
}

/** `registering` are files that register entries as they run. */
export const factsOf = (files: Program, registering: readonly string[] = []): CodeFacts => {
  const tables = () => drizzle.tables()
  const drizzle: Drizzle = makeDrizzle({ readSql: sqlReader(tables) })
  const tree = (path: string): FileTree | undefined => (files[path] === undefined ? undefined : treeOf(path, files[path]))
  const models = [drizzle.framework, makePg(tables), makePostgres(tables), lodash, ...validators, ...frameworks]
  const project: ProjectFiles = {
    paths: Object.keys(files),
    has: (path) => files[path] !== undefined,
    read: (path) => files[path],
    depends: () => true,
    dependents: () => Object.keys(files),
    directives: (path) => tree(path)?.directives ?? [],
  }
  return follow({
    sources: { tree, resolve: resolveIn(files) },
    project,
    models,
    declaring: Object.keys(files).filter((path) => tree(path)?.imports.some(({ from }) => from === 'drizzle-orm/pg-core')),
    registering,
    roots: models.flatMap((member) => member.roots?.(project) ?? []),
    uncalled: new Set(),
    tables,
    enums: () => drizzle.enums(),
  })
}

/** The uses that an entry reaches. */
export const usesOf = ({ functions }: CodeFacts, entry: CodeEntry): readonly CodeUse[] => {
  const reached = new Set(entry.runs.map(({ to }) => to))
  for (const at of reached) for (const { to } of functions[at]?.calls ?? []) reached.add(to)
  return [...reached].flatMap((at) => functions[at]?.uses ?? [])
}
