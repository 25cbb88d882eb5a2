/** Both sides of a comparison, read: a database by its own server, text built in an engine of the same major where there is one. */
import { replay } from '../../changes/replay.ts'
import { type Start, startOf } from '../../changes/start.ts'
import { defaultLedger } from '../../drizzle/history.ts'
import type { Reprinted, Side } from '../../features/drift/compare.ts'
import { copyOf, loadScripts } from '../../features/drift/load.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Engine } from '../../model/engine.ts'
import { refusalText, ToolError } from '../../model/error.ts'
import type { History } from '../../model/history.ts'
import { partsOf } from '../../model/name.ts'
import { decodePrinted, encodePrinted, type PrintedCatalog } from '../../model/printed.ts'
import type { SourceRef } from '../../model/source.ts'
import type { Script } from '../../model/statement.ts'
import type { SourceSql, World } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { readScript } from '../../sql/script.ts'
import { once } from '../once.ts'
import { displaySource } from '../source-ref.ts'

export type ReadSide = Side & {
  readonly source: SourceRef
  /** Which PostgreSQL printed it, in words. */
  readonly printedBy: string
  readonly notes: readonly string[]
  /** Of a history: its migrations, and the catalog after each of them in memory. */
  readonly history?: { readonly history: History; catalogs(): Promise<readonly Catalog[]> }
}

const places = ['the first database', 'the second database'] as const

/** How messages call a source. A URL is a secret. */
export const nameOfSide = (sources: readonly [SourceRef, SourceRef], at: 0 | 1): string => {
  const [source, other] = [sources[at], sources[at === 0 ? 1 : 0]]
  if (source.type !== 'url') return displaySource(source)
  return other.type === 'url' ? places[at] : 'the database'
}

export const isLive = ({ type }: SourceRef): boolean => type === 'environment' || type === 'url'

const majorOf = (version: number): number => Math.floor(version / 10_000)
const versionText = (version: number): string => `PostgreSQL ${majorOf(version)}.${version % 10_000}`

/** Reads a database; `name` is how messages call it. */
export const readLive = async (world: World, source: SourceRef, name: string, shared: boolean): Promise<ReadSide> => {
  const printed = await world.printed(source, { shared })
  const unknown = [
    ...(printed.caveats ?? []).map((why) => ({ what: name, why })),
    ...(printed.hidden ?? []).map(({ kind, why }) => ({ what: `what there is of the kind ${kind} in ${name}`, why })),
  ]
  return { name, live: true, printed, unknown, source, printedBy: `${versionText(printed.version)}, its own server`, notes: [] }
}

/** A text that was read: what its scripts do, and what they take for granted. */
type ReadText = SourceSql & { readonly read: readonly Script[]; readonly start: Start }

const readText = async (world: World, source: SourceRef): Promise<ReadText> => {
  const found = await world.sql(source)
  const read = found.scripts.map(({ sql }) => readScript(sql))
  const start = startOf(read)
  const fault = found.scripts.flatMap(({ name }, at) =>
    start.baseline && at === 0 ? [] : (read[at]?.faults ?? []).map(({ message, at: place }) => `${name}:${place.line}:${place.column}: ${message}`),
  )[0]
  if (fault !== undefined) throw new ToolError('unparsed', `A statement cannot be parsed: ${fault}`, { help: 'pgstrata check lists all of them.', exit: 3 })
  return { ...found, read, start }
}

const ledgerOf = ({ history }: SourceSql) => history?.ledger ?? defaultLedger

/** What the engine prints after the scripts; kept, for the same scripts in the same engine give the same. */
const printedBy = async (world: World, engine: Engine, text: ReadText, name: string): Promise<PrintedCatalog> => {
  const { scripts, read, start } = text
  const ledger = ledgerOf(text)
  const key = world.hash(
    ['drift print 2', engine.name, engine.version, ...engine.stubbed, ledger.schema, ledger.table, ...scripts.map(({ sql }) => world.hash(sql))].join('\n'),
  )
  const kept = await world.cache.get(key)
  if (kept) return decodePrinted(new TextDecoder().decode(kept))
  world.progress({ step: `building ${name} in ${engine.name} ${versionText(engine.version)}`, done: 0, total: undefined })
  const printed = await loadScripts(engine, read, start, ledger)
  if ('refusal' in printed) {
    const { refusal, migration } = printed
    throw new ToolError('refused', `PostgreSQL refuses ${scripts[migration]?.name ?? name}: ${refusalText(refusal)}.`, {
      help: 'pgstrata check says which statement, and what it needs.',
      exit: 3,
    })
  }
  await world.cache.put(key, new TextEncoder().encode(encodePrinted(printed)))
  return printed
}

const buildText = async (world: World, source: SourceRef, name: string, major: number | undefined): Promise<ReadSide> => {
  await loadSql()
  const text = await readText(world, source)
  const extensions = [...new Set([...text.start.created, ...text.start.extensions])]
  const engine = await world.engine({ extensions, profile: 'replay', genuine: true, ...(major === undefined ? {} : { major }) })
  try {
    if (engine.missing.length > 0)
      throw new ToolError(
        'extension-missing',
        `${name} needs the extension ${engine.missing.join(', ')}, which the ${engine.name} ${versionText(engine.version)} has not.`,
        {
          help: 'Give a server that has it: --engine postgres://….',
          exit: 3,
        },
      )
    const printed = await printedBy(world, engine, text, name)
    const catalogs = once(async () => replay(text.read, text.start.catalog).catalogs)
    return {
      name,
      live: false,
      printed,
      unknown: text.unknown,
      source,
      printedBy: `${versionText(printed.version)}, ${engine.name}`,
      notes: [...text.notes, ...(engine.stubbed.length > 0 ? [`${name}: ${engine.stubbed.join(', ')} is imitated`] : [])],
      ...(text.history ? { history: { history: text.history, catalogs } } : {}),
    }
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}

/** Extensions that a printed catalog needs in the engine that copies it. */
export const extensionsOf = (...printed: readonly PrintedCatalog[]): readonly string[] => [
  ...new Set(printed.flatMap(({ objects }) => objects.flatMap(({ kind, identity }) => (kind === 'extension' ? (partsOf(identity)[0] ?? []) : [])))),
]

/** Both sides as one engine prints copies of them: for texts that their majors print differently. */
const reprinted = async (world: World, sides: readonly [ReadSide, ReadSide]): Promise<readonly [Reprinted, Reprinted]> => {
  await loadSql()
  const engine = await world.engine({ extensions: extensionsOf(sides[0].printed, sides[1].printed), profile: 'replay', genuine: true })
  try {
    const copies: Reprinted[] = []
    for (const { printed, name } of sides) {
      world.progress({ step: `copying ${name} into ${engine.name} ${versionText(engine.version)}`, done: copies.length, total: 2 })
      const { session, ...copy } = await copyOf(engine, printed)
      await session[Symbol.asyncDispose]()
      copies.push(copy)
    }
    const [a, b] = copies
    if (!a || !b) throw new Error('two copies were made')
    return [a, b]
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}

/** Reads both sources; `shared`: of databases the cluster's objects, too. What a database says is read first, so that text is built in its major where an engine of that is here. */
export const readSides = async (world: World, sources: readonly [SourceRef, SourceRef], shared: boolean): Promise<readonly [ReadSide, ReadSide]> => {
  const names = [nameOfSide(sources, 0), nameOfSide(sources, 1)] as const
  const live = await Promise.all(sources.map((source, at) => (isLive(source) ? readLive(world, source, names[at as 0 | 1], shared) : undefined)))
  const version = live.find((side) => side !== undefined)?.printed.version
  const major = version === undefined ? world.config.postgres : majorOf(version)
  const sides: ReadSide[] = []
  for (const [at, source] of sources.entries()) sides.push(live[at] ?? (await buildText(world, source, names[at as 0 | 1], major)))
  const [a, b] = sides
  if (!a || !b) throw new Error('two sides were read')
  return [a, b]
}

/** Reads what a database that was read is compared with. */
export const readBeside = (world: World, source: SourceRef, live: ReadSide, shared: boolean): Promise<ReadSide> => {
  const name = nameOfSide([source, live.source], 0)
  return isLive(source) ? readLive(world, source, name, shared) : buildText(world, source, name, majorOf(live.printed.version))
}

/** The same sides, each with a copy of it that one server printed. */
export const withReprints = async (world: World, sides: readonly [ReadSide, ReadSide]): Promise<readonly [ReadSide, ReadSide]> => {
  const [a, b] = await reprinted(world, sides)
  return [
    { ...sides[0], reprinted: a },
    { ...sides[1], reprinted: b },
  ]
}
