/** What impact stands on: the code, the migrations, and the catalog that they make. */
import { catalogOfCode } from '../../features/impact/code-catalog.ts'
import { type CodeIndex, indexOf } from '../../features/impact/search.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { CodeFacts, CodeQuestion } from '../../model/code.ts'
import { ToolError } from '../../model/error.ts'
import { localName } from '../../model/name.ts'
import type { World } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { once } from '../once.ts'
import { onlyProject } from '../only-project.ts'
import type { Asked } from './asked.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

export type Footing = {
  readonly root: string
  readonly index: CodeIndex
  readonly outcome: Outcome | undefined
  /** Of the migrations, or else of the tables that the code declares. */
  readonly catalog: Catalog
  /** What could not be looked at, in words. */
  readonly notes: readonly string[]
}

/** Stops where there is nothing to answer from. Throws `nothing-analysed`. */
const assertCode = ({ counts, tables, gaps }: CodeFacts, root: string): void => {
  const where = root === '.' ? 'here' : `in ${root}`
  if (counts.files === 0)
    throw new ToolError('nothing-analysed', `Nothing was analysed: there is no source file ${where}.`, {
      help: 'Name the directory of the code with --root DIR.',
    })
  if (tables.length > 0) return
  const others = gaps.filter(({ why }) => why.startsWith('tables of ')).map(({ why, file, line }) => `: ${why} (${file}:${line})`)
  throw new ToolError(
    'nothing-analysed',
    `Nothing was analysed: ${counts.files} source files ${where}, and none declares a Drizzle table of PostgreSQL${others.join('')}.`,
    {
      help: 'pgTable(…) of drizzle-orm/pg-core is looked for. Name the directory that holds schema.ts and the code with --root DIR.',
    },
  )
}

const migrationsOf = async (world: World): Promise<Outcome> => {
  await loadSql()
  const project = onlyProject(await world.projects())
  const history = await world.history({ type: 'folder', path: project.folder }, { snapshots: false })
  if (history.migrations.length === 0)
    throw new ToolError('nothing-analysed', `${history.folder} holds no migrations.`, { help: 'Name the migrations folder with --folder.' })
  return outcomeOf(world, history)
}

/** Statements of the folder that the catalog lacks. */
const lacksOf = ({ history, lost }: Outcome): readonly string[] =>
  lost === 0 ? [] : [`${lost} statements or files of ${history.folder} could not be followed: what they made is not known (pgstrata check lists them)`]

/** Where nothing begins nothing is reached, whatever the code does. */
const entriesLack = ({ entries }: CodeFacts): readonly string[] =>
  entries.length > 0
    ? []
    : ['no entry was found (a route, a page, a job, a script): what the code does with the database is told as code that no entry was seen to reach']

/** Constraints and indexes that the migrations make, by name. */
const namesIn = ({ tables, indexes }: Catalog): readonly string[] => [
  ...[...tables.values()].flatMap(({ constraints }) => [...constraints.keys()]),
  ...[...indexes.keys()].map(localName),
]

/** All that is asked, one by one; undefined where it is what new migrations say, which nobody has looked at yet. */
const textsOf = ({ targets, changes, migrations, since }: Asked, outcome: Outcome | undefined): readonly string[] | undefined => {
  if (since !== undefined) return undefined
  const tagged = outcome?.history.migrations.filter((migration) => migrations.some((tag) => tag.includes(migration.tag))) ?? []
  return [...targets, ...changes, ...tagged.flatMap(({ sql = '' }) => sql.split(';'))]
}

/** Where the code is: below a directory, and as it is there or as a release has it. */
export type Where = { readonly root: string; readonly release: string | undefined }

/** What the migrations come to, or why there are none. */
const outcomeOrWhy = async (world: World): Promise<Outcome | ToolError> => {
  try {
    return await migrationsOf(world)
  } catch (error) {
    if (error instanceof ToolError) return error
    throw error
  }
}

const questionOf = (asked: Asked, found: Outcome | ToolError): CodeQuestion => {
  const outcome = found instanceof ToolError ? undefined : found
  const texts = textsOf(asked, outcome)
  return { ...(texts === undefined ? {} : { texts }), names: outcome ? namesIn(outcome.catalog) : [] }
}

/** `wanted`: without migrations there is no answer. Throws `nothing-analysed`, then what finding and reading the folder throws, and `no-such-ref` for a release. */
export const footingOf = async (world: World, { root, release }: Where, asked: Asked, wanted: boolean): Promise<Footing> => {
  const migrations = once(() => outcomeOrWhy(world))
  const facts = await world.code(root, async () => questionOf(asked, await migrations()), release)
  assertCode(facts, root)
  const found = await migrations()
  const outcome = found instanceof ToolError ? undefined : found
  if (wanted && found instanceof ToolError) throw found
  const index = indexOf(facts)
  if (outcome) return { root, index, outcome, catalog: outcome.catalog, notes: [...entriesLack(facts), ...lacksOf(outcome)] }
  const why = found instanceof ToolError ? found.message : ''
  return {
    root,
    index,
    outcome,
    catalog: catalogOfCode(facts),
    notes: [...entriesLack(facts), `no migrations were read, so nothing is known of indexes, constraints, views and functions: ${why}`],
  }
}
