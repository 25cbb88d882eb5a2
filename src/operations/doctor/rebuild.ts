/** Missing snapshots, made of what the SQL makes: in memory, and in PostgreSQL where memory cannot follow a statement. */
import { opaqueMigrations, type Replay } from '../../changes/replay.ts'
import { pathsOf } from '../../drizzle/append.ts'
import { originId } from '../../drizzle/snapshot.ts'
import { rowsAt } from '../../drizzle/snapshot-deltas.ts'
import { treeOf, word } from '../../drizzle/snapshot-json.ts'
import type { Link } from '../../features/mend/chain.ts'
import { scopeOf } from '../../features/snapshots/scope.ts'
import { writeSnapshot } from '../../features/snapshots/write.ts'
import { ToolError } from '../../model/error.ts'
import type { History, Migration } from '../../model/history.ts'
import type { Tree } from '../../model/json.ts'
import type { World } from '../../model/world.ts'
import { readSubject, type Subject } from '../check/subject.ts'
import type { Mending } from './mending.ts'

const cannot = (history: History, { tag }: Migration, why: string): ToolError =>
  new ToolError('snapshot-not-rebuilt', `The snapshot of ${tag} in ${history.folder} cannot be rebuilt: ${why}.`, {
    help: 'Nothing of this folder was changed. `pgstrata check` says what is wrong with its SQL; or bring the snapshot back from git.',
  })

/** The replay, of which everything up to the last missing snapshot is known. */
const knownReplay = async (subject: Subject, last: number): Promise<Replay> => {
  const { history, start, replayed } = subject
  const opaque = [...opaqueMigrations(replayed.steps)].filter((at) => at <= last)
  const sure = opaque.length === 0 && !start.baseline
  const proof = sure ? undefined : await subject.proof()
  const known = proof?.replayed ?? replayed
  const migration = history.migrations[last] as Migration
  const refused = known.steps.find((step) => step.migration <= last && step.refused)
  if (refused) throw cannot(history, migration, `PostgreSQL refuses ${history.migrations[refused.migration]?.path}: ${refused.refused?.message}`)
  const answered = new Set(proof?.answered.map((answer) => answer.migration))
  const unanswered = opaque.find((at) => !answered.has(at))
  if (unanswered !== undefined)
    throw cannot(
      history,
      migration,
      `memory cannot follow ${history.migrations[unanswered]?.path}, and ${proof?.unknown[0]?.why ?? 'no PostgreSQL has run it'}`,
    )
  return known
}

/** The snapshots of a folder as they will be, read when they are needed. */
class Folder {
  readonly #world: World
  readonly #history: History
  readonly #made = new Map<number, Tree>()

  constructor(world: World, history: History) {
    this.#world = world
    this.#history = history
  }

  add(at: number, tree: Tree): void {
    this.#made.set(at, tree)
  }

  async at(at: number): Promise<Tree | undefined> {
    const { snapshot } = this.#history.migrations[at] ?? {}
    return this.#made.get(at) ?? (snapshot ? treeOf(await this.#world.snapshot(this.#history, snapshot.path)) : undefined)
  }

  /** The nearest one before, or after it, whose version the journal's layout has. */
  async beside(at: number): Promise<{ readonly tree: Tree; readonly at: number } | undefined> {
    const { migrations } = this.#history
    const order = [...migrations.keys()].toSorted((a, b) => (a < at ? at - a : a - at + migrations.length) - (b < at ? at - b : b - at + migrations.length))
    for (const each of order) {
      const tree = each === at ? undefined : await this.at(each)
      if (tree && Number(word(tree, 'version')) >= 5) return { tree, at: each }
    }
    return undefined
  }

  /** All of version 9 before it, in their order. */
  async before(at: number): Promise<readonly Tree[]> {
    const trees: Tree[] = []
    for (let each = 0; each < at; each++) {
      const tree = await this.at(each)
      if (tree) trees.push(tree)
    }
    return trees
  }
}

const defaultVersion = { journal: '7', folders: '8' } as const

/** The texts of the missing snapshots, by their paths in the folder. Throws `snapshot-not-rebuilt`. */
export const rebuiltSnapshots = async (world: World, { project, history, chain }: Mending): Promise<readonly (readonly [path: string, text: string])[]> => {
  const last = chain.missing.at(-1)
  if (!last) return []
  const subject = await readSubject(world, project, false)
  const { catalogs } = await knownReplay(subject, last.index)
  const folder = new Folder(world, history)
  const scope = scopeOf(history.ledger, project)
  const write = async ({ index, id, prevIds }: Link): Promise<readonly [string, string]> => {
    const migration = history.migrations[index] as Migration
    const catalog = catalogs[index]
    if (!catalog) throw cannot(history, migration, 'the replay stops before it')
    const beside = await folder.beside(index)
    const version = beside ? (word(beside.tree, 'version') ?? '') : defaultVersion[history.layout]
    const like =
      version === '9'
        ? {
            version,
            ddl: [
              ...rowsAt(
                await folder.before(index),
                prevIds.filter((parent) => parent !== originId),
              ),
            ],
          }
        : beside?.tree
    const before = beside && catalogs[beside.at]
    const text = writeSnapshot(catalog, {
      version,
      id,
      prevIds,
      scope,
      assumed: subject.start.assumed,
      ...(like ? { like } : {}),
      ...(before ? { before } : {}),
    })
    folder.add(index, treeOf(text))
    return [pathsOf(history, migration.tag).snapshot, text]
  }
  const written: (readonly [string, string])[] = []
  for (const link of chain.missing) {
    world.progress({ step: `rebuilding snapshots of ${history.folder}`, done: written.length, total: chain.missing.length })
    written.push(await write(link))
  }
  return written
}
