/** The database beside what its migrations make: a rollback is made for the second. */
import { touches } from '../../../changes/index.ts'
import { loadScripts } from '../../../features/drift/load.ts'
import { affectedTables } from '../../../features/rollback/affected.ts'
import { ToolError } from '../../../model/error.ts'
import type { Finding, Unknown } from '../../../model/finding.ts'
import { parseKey, partsOf } from '../../../model/name.ts'
import { plural } from '../../../model/numbers.ts'
import type { PrintedCatalog, PrintedDifference } from '../../../model/printed.ts'
import { reportedFinding } from '../../../rules/report.ts'
import { tableOfIndex } from '../../../sql/printed/tables.ts'
import type { Subject } from '../../check/subject.ts'
import type { Judged } from '../../drift/judge.ts'
import { judgeCompared, readAcceptedFile, settled } from '../../drift/run.ts'
import { selectionOf } from '../../drift/select.ts'
import { type ReadSide, readLive } from '../../drift/sides.ts'
import type { Target } from '../../migrate/target.ts'
import type { Way } from './ways.ts'

/** Schema and name: whose object it is that a longer name belongs to. */
const ownerOf = (identity: string): string => partsOf(identity).slice(0, 2).join('\0')

/** An index is called otherwise than its table. */
const ownersOf = ({ kind, identity, from, to }: PrintedDifference): readonly string[] =>
  [identity, ...(kind === 'index' ? [tableOfIndex(String((from ?? to)?.definition))] : [])].map(ownerOf)

/** What the ways back work on, by owner; undefined: it may be anything, as where somebody has written the statements himself. */
const touchedBy = (ways: readonly Way[]): ReadonlySet<string> | undefined => {
  if (ways.some(({ isEdited }) => isEdited)) return undefined
  const changes = ways.flatMap(({ rollback }) => rollback.inverse.changes)
  if (changes.some(({ kind }) => kind === 'opaque')) return undefined
  const tables = ways.flatMap(({ rollback, after }) => [...affectedTables(rollback.inverse.changes, after)])
  return new Set([...tables, ...changes.flatMap((change) => touches(change).map((key) => parseKey(key).name))].map(ownerOf))
}

/** Where something is not compared, that is said. */
export const notCompared = (why: string, what = 'The database'): readonly Finding[] => [
  reportedFinding('rollback-drift', `${what} was not compared with what its migrations make: ${why}.`, {}, 'not compared', { severity: 'warning' }),
]

/** What has begun is no longer what the migrations make. */
const begunText = (begun: readonly Way[]): readonly Finding[] =>
  begun.length === 0
    ? []
    : notCompared('it has begun, and is gone on with', `What the rollback of ${begun.map(({ rollback }) => rollback.migration.tag).join(', ')} works on`)

const summary = (others: readonly Judged[], target: Target): readonly Finding[] =>
  others.length === 0
    ? []
    : [
        reportedFinding(
          'rollback-drift',
          `${target.name} differs from its migrations in ${plural(others.length, 'object')} that the rollback does not work on: ${others
            .slice(0, 3)
            .map(({ drift }) => drift)
            .join(', ')}${others.length > 3 ? ' …' : ''}.`,
          {},
          'others',
          { severity: 'note' },
        ),
      ]

/** What ways back work on that start now, and what they work on that have begun. */
type Touched = { readonly fresh: ReadonlySet<string> | undefined; readonly begun: ReadonlySet<string> | undefined }

const foundIn = (judged: readonly Judged[], { fresh, begun }: Touched, target: Target, accepted: boolean): readonly Finding[] => {
  const isIn = ({ item: { difference } }: Judged, owners: ReadonlySet<string> | undefined): boolean =>
    owners === undefined || ownersOf(difference).some((owner) => owners.has(owner))
  const open = judged.filter((each) => each.accepted === undefined && !isIn(each, begun))
  const isTouched = (each: Judged): boolean => isIn(each, fresh)
  const findings = open
    .filter(isTouched)
    .map(({ drift, finding: { message } }) =>
      reportedFinding('rollback-drift', accepted ? `${message} Accepted.` : message, {}, drift, accepted ? { severity: 'note' } : {}),
    )
  return [
    ...findings,
    ...summary(
      open.filter((each) => !isTouched(each)),
      target,
    ),
  ]
}

/** What its migrations make, in an engine of the database's major where there is one. Throws `extension-missing` and `refused`. */
const madeBy = async ({ world, history, scripts, start }: Subject, major: number): Promise<PrintedCatalog> => {
  const engine = await world.engine({ extensions: [...new Set([...start.created, ...start.extensions])], profile: 'replay', genuine: true, major })
  try {
    if (engine.missing.length > 0) throw new ToolError('extension-missing', `no engine has the extension ${engine.missing.join(', ')}`)
    const printed = await loadScripts(engine, scripts, start, history.ledger)
    if ('refusal' in printed) throw new ToolError('refused', `${history.migrations[printed.migration]?.tag} does not run there: ${printed.refusal.message}`)
    return printed
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}

const compared = async (subject: Subject, target: Target): Promise<{ readonly judged: readonly Judged[]; readonly unknown: readonly Unknown[] }> => {
  const { world, history, replayed } = subject
  const live = await readLive(world, target.source, target.name, false)
  const printed = await madeBy(subject, Math.floor(live.printed.version / 10_000))
  const source = { type: 'folder', path: history.folder } as const
  const folder: ReadSide = {
    name: 'folder',
    live: false,
    printed,
    unknown: [],
    source,
    printedBy: '',
    notes: [],
    history: { history, catalogs: async () => replayed.catalogs },
  }
  const selection = await selectionOf(world, { include: [], exclude: [], facets: new Set() }, [folder, live])
  const found = await settled(world, [folder, live], selection)
  const { judged } = await judgeCompared(world, found, await readAcceptedFile(world))
  return { judged, unknown: found.comparison.unknown }
}

export type Drift = { readonly findings: readonly Finding[]; readonly unknown: readonly Unknown[] }

/** It could not be compared: nobody knows, unless somebody takes that upon himself. */
const withoutAnswer = ({ message, help }: ToolError, { name }: Target, accepted: boolean): Drift => {
  const why = message.replace(/\.$/, '')
  if (accepted) return { findings: notCompared(why), unknown: [] }
  const goesOn = '--accept drift takes it back without the comparison.'
  return { findings: [], unknown: [{ what: `whether ${name} is what its migrations make`, why, help: help === undefined ? goesOn : `${help} ${goesOn}` }] }
}

/** Drift is an error where the ways back work on it, and told elsewhere. `subject`: the migrations as the database has run them. */
export const driftIn = async (subject: Subject, target: Target, ways: readonly Way[], accepted: boolean): Promise<Drift> => {
  const begun = ways.filter((way) => way.begun !== undefined)
  const fresh = ways.filter((way) => way.begun === undefined)
  if (fresh.length === 0) return { findings: begunText(begun), unknown: [] }
  try {
    const { judged, unknown } = await compared(subject, target)
    const [first] = unknown
    const found = foundIn(judged, { fresh: touchedBy(fresh), begun: touchedBy(begun) }, target, accepted)
    return { findings: [...found, ...begunText(begun), ...(first ? notCompared(`${first.what}: ${first.why}`) : [])], unknown: [] }
  } catch (error) {
    if (error instanceof ToolError) return withoutAnswer(error, target, accepted)
    throw error
  }
}
