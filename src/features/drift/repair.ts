/** Statements that bring the second side to the first, each with its locks and what it does to rows; and the proof that they do. */
import { stronger } from '../../changes/batch.ts'
import { catalogOf, type LeftObject, type LiveCatalog, type ParsedTexts } from '../../changes/catalog-of.ts'
import { diff } from '../../changes/diff.ts'
import { apply, describe, footprint } from '../../changes/index.ts'
import { sqlSteps } from '../../changes/to-sql.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { Engine } from '../../model/engine.ts'
import { refusalOf, refusalText } from '../../model/error.ts'
import type { LockMode } from '../../model/lock.ts'
import { display, partsOf } from '../../model/name.ts'
import { type PrintedCatalog, type PrintedDifference, printedKey, withObjects } from '../../model/printed.ts'
import { compareSides, type Side } from './compare.ts'
import { goalOf, withValidIndexes } from './goal.ts'
import { copyOf } from './load.ts'
import { type RowNote, rowNoteOf } from './losses.ts'
import { displayObject } from './names.ts'
import { renamed } from './renames.ts'
import type { Selection } from './select.ts'
import { touchedBy } from './touched.ts'

export type RepairStep = {
  /** In words: `column users.note is dropped`. */
  readonly what: string
  /** Without semicolons. */
  readonly sql: readonly string[]
  /** The strongest lock on each relation that is there already. */
  readonly locks: readonly { readonly relation: string; readonly mode: LockMode }[]
  readonly rows?: RowNote
}

export type Repair = {
  readonly steps: readonly RepairStep[]
  /** What no statement brings about, by name. */
  readonly without: readonly { readonly what: string; readonly why: string }[]
  /** Where the steps lead. */
  readonly goal: PrintedCatalog
}

const strongestLocks = (change: Change, before: Catalog): RepairStep['locks'] => {
  const strongest = new Map<string, LockMode>()
  for (const { relation, mode } of footprint(change, before).locks) {
    strongest.set(relation, stronger(strongest.get(relation) ?? mode, mode))
  }
  return [...strongest].filter(([relation]) => before.tables.has(relation as never)).map(([relation, mode]) => ({ relation: display(relation), mode }))
}

const stepsOf = (changes: readonly Change[], before: Catalog, postgres: number): readonly RepairStep[] =>
  sqlSteps(changes, before).flatMap((step) => {
    if (step.statements.length === 0) return []
    const rows = rowNoteOf(step.change, step.before, postgres)
    return [{ what: describe(step.change), sql: step.statements, locks: strongestLocks(step.change, step.before), ...(rows ? { rows } : {}) }]
  })

/** An index that is INVALID there and whole here is built again; its definition may differ too, and is then made anew. */
const reindexed = (differences: readonly PrintedDifference[]): readonly RepairStep[] =>
  differences.flatMap(({ kind, identity, from, to }) => {
    if (kind !== 'index' || !from || !to || from.invalid || from.definition !== to.definition || (!to.invalid && !to.notReady)) return []
    const name = display(identity)
    return [
      { what: `index ${name} is built again`, sql: [`REINDEX INDEX CONCURRENTLY ${identity}`], locks: [{ relation: name, mode: 'SHARE UPDATE EXCLUSIVE' }] },
    ]
  })

/** What statements cannot do: the order of columns, an INVALID index, what memory does not hold. */
const beyond = (differences: readonly PrintedDifference[], left: readonly LeftObject[]): Repair['without'] => {
  const lost = new Map(left.map((object) => [printedKey(object), object.why]))
  return differences.flatMap((difference) => {
    const what = `${difference.kind} ${displayObject(difference)}`
    if (difference.kind === 'column order')
      return [{ what, why: `no statement moves a column; ${partsOf(difference.identity).at(-1)} would have to be built anew` }]
    if (difference.kind === 'index' && difference.from?.invalid && !difference.to?.invalid) return [{ what, why: 'no statement makes an index INVALID' }]
    const why = lost.get(printedKey(difference))
    return why === undefined ? [] : [{ what, why }]
  })
}

/** How much of the catalogs is read into memory: what the differences touch, or all of it, which gives the same and takes longer. */
export type Read = 'touched' | 'whole'

/** Both catalogs in memory, or the part of them that counts. */
const inMemory = (b: PrintedCatalog, goal: PrintedCatalog, differences: readonly PrintedDifference[], read: Read): readonly [LiveCatalog, LiveCatalog] => {
  const texts: ParsedTexts = new Map()
  const wholly = (): readonly [LiveCatalog, LiveCatalog] => [catalogOf(b, { texts }), catalogOf(goal, { texts })]
  const touched = read === 'whole' ? 'whole' : touchedBy(b.objects, goal.objects, differences)
  if (touched === 'whole') return wholly()
  const part = (printed: PrintedCatalog): LiveCatalog => catalogOf(withObjects(printed, printed.objects.filter(touched)), { texts })
  const [from, to] = [part(b), part(goal)]
  // Something that differs and is not in memory may miss what was left out.
  const different = new Set(differences.map(printedKey))
  return [...from.left, ...to.left].some((object) => different.has(printedKey(object))) ? wholly() : [from, to]
}

/**
 * The statements that bring `b` to `a` in what `differences` say, and nothing else. Renames that were asked for (`users.mail to email`) come first;
 * constraints and indexes that only have another name are renamed. The parser must be loaded.
 */
export const repairOf = (
  a: PrintedCatalog,
  b: PrintedCatalog,
  differences: readonly PrintedDifference[],
  renames: readonly string[],
  read: Read = renames.length > 0 ? 'whole' : 'touched',
): Repair => {
  const [whole, wanted] = [withValidIndexes(b), withValidIndexes(a)]
  const goal = goalOf(wanted, whole, differences)
  const [from, to] = inMemory(whole, goal, differences, read)
  const first = renamed(from.catalog, to.catalog, renames)
  const postgres = Math.floor(b.version / 10_000)
  const named = first.changes.reduce(
    (done, change) => ({ catalog: apply(change, done.catalog), steps: [...done.steps, ...stepsOf([change], done.catalog, postgres)] }),
    { catalog: from.catalog, steps: [] as readonly RepairStep[] },
  )
  const steps = [...named.steps, ...stepsOf(diff(first.catalog, to.catalog), first.catalog, postgres), ...reindexed(differences)]
  return { steps, without: beyond(differences, [...from.left, ...to.left]), goal }
}

export type Proof =
  | { readonly state: 'proven'; readonly without: number }
  /** These still differ after the statements. */
  | { readonly state: 'differs'; readonly differences: readonly PrintedDifference[] }
  | { readonly state: 'refused'; readonly sql: string; readonly why: string }
  /** Nothing could be tried: parts of the copy are missing. */
  | { readonly state: 'not run'; readonly why: string }

const runSteps = async (run: (sql: string) => Promise<unknown>, steps: readonly RepairStep[]): Promise<Extract<Proof, { state: 'refused' }> | undefined> => {
  for (const sql of steps.flatMap((step) => step.sql)) {
    const refusal = await refusalOf(() => run(sql))
    if (refusal) return { state: 'refused', sql, why: refusalText(refusal) }
  }
  return undefined
}

/** Runs the statements on a copy of the second side and compares it with a copy of where they should lead, both printed by this engine. */
export const proveRepair = async (engine: Engine, b: PrintedCatalog, repair: Repair, selection: Selection): Promise<Proof> => {
  const there = await copyOf(engine, withValidIndexes(b))
  await using session = there.session
  await session.script('SET check_function_bodies = off')
  const refused = await runSteps((sql) => session.script(engine.adapt(sql)), repair.steps)
  if (refused) return refused
  const goal = await copyOf(engine, repair.goal)
  await goal.session[Symbol.asyncDispose]()
  const side = (name: string, printed: PrintedCatalog): Side => ({ name, live: false, printed, unknown: [] })
  const missing = new Set([...there.unloaded, ...goal.unloaded].map(printedKey))
  const { differences } = compareSides(side('goal', goal.printed), side('repaired', await engine.print(session)), selection)
  const left = differences.filter((found) => found.kind !== 'column order' && !missing.has(printedKey(found)))
  return left.length > 0 ? { state: 'differs', differences: left } : { state: 'proven', without: missing.size }
}
