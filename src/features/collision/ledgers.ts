/** What a database that has run migrations of either side will do next, and the SQL that sets it right. Drizzle 0.x skips an older `when` without a word; 1.0 runs a renamed folder again. */
import { joinRows, reconcile, sameSecond } from '../../drizzle/ledger.ts'
import type { History, Ledger, LedgerRow, Migration } from '../../model/history.ts'
import { quoteIdentifier } from '../../model/name.ts'
import { splitChunks } from '../../sql/chunks.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { readScript } from '../../sql/script.ts'
import { type RanBefore, ranBefore } from './ran-before.ts'
import type { Resolution, Rewrite } from './resolution.ts'

/** How a database stands to the folder as it will be. */
export type LedgerOutlook = {
  readonly rows: number
  /** Migrations that the next `migrate` runs and should. */
  readonly runs: readonly string[]
  /** Those that it runs although the database has them: it fails there, or does them twice. */
  readonly again: readonly string[]
  /** Those that it never runs, for a later one is in the ledger. */
  readonly skips: readonly string[]
  /** Rows that no migration of the folder explains. */
  readonly unknown: readonly LedgerRow[]
  /** One transaction; absent where the next `migrate` does what it should, and where none is known to hold: `unrepaired` says why. */
  readonly repair?: string
  readonly unrepaired?: string
  /** Statements of mine that it has run and that were given up: what they did stays. */
  readonly givenUp?: RanBefore['givenUp']
}

const reasonIn = (inTheWay: RanBefore['inTheWay']): string =>
  `it has run ${inTheWay.map(({ tag, sql, of }) => `${sql.replaceAll(/\s+/g, ' ')} (${tag}), behind which ${of.join(', ')} does not run or ends otherwise`).join('; ')}`

/** `edited`: the database ran another text than any that it has or had; that is not ours to set right. */
type Applied = { readonly migration: Migration; readonly row: LedgerRow; readonly edited?: true }

type Rows = {
  readonly applied: readonly Applied[]
  readonly gone: readonly { readonly row: LedgerRow; readonly tag: string }[]
  /** Those that nothing explains. */
  readonly unknown: readonly LedgerRow[]
}

const tableOf = ({ ledger }: History): string => `${quoteIdentifier(ledger.schema)}.${quoteIdentifier(ledger.table)}`

/** Statements of landed migrations that a database which ran mine has already, or must get in another form. */
const instead = (rewrites: readonly Rewrite[]): ReadonlyMap<string, string | undefined> => {
  const known = new Map<string, string | undefined>()
  for (const { conflict } of rewrites) {
    for (const { tag: landed, statement, sql } of conflict.landed) {
      if (conflict.class === 7) known.set(`${landed} ${statement}`, undefined)
      const first = conflict.class === 11 ? firstLabel(conflict.mine.map(({ sql: mine }) => mine)) : undefined
      if (first !== undefined && addsLabel.test(sql)) known.set(`${landed} ${statement}`, `${sql.replace(placed, '')} BEFORE ${first}`)
    }
  }
  return known
}

const addsLabel = /\bADD\s+VALUE\b/i
const placed = /\s+(?:BEFORE|AFTER)\s+'(?:[^']|'')*'\s*$/i
const firstLabel = (statements: readonly string[]): string | undefined =>
  statements.flatMap((sql) => /\bADD\s+VALUE\s+(?:IF\s+NOT\s+EXISTS\s+)?('(?:[^']|'')*')/i.exec(sql)?.[1] ?? [])[0]

/** SQL with its end; a semicolon behind a comment would be part of it. */
const ended = (sql: string): string => (/--.*$/.test(sql) ? `${sql}\n;` : sql.replace(/;?$/, ';'))

/** A migration's SQL as the migrator would send it, but for what the database has. */
const sqlFor = (migration: Migration, changed: ReadonlyMap<string, string | undefined>): readonly string[] => {
  const { statements } = readScript(migration.sql ?? '')
  if (!statements.some(({ index }) => changed.has(`${migration.tag} ${index}`)))
    return splitChunks(migration.sql ?? '').flatMap(({ text }) => (text.trim() === '' ? [] : [ended(text.trim())]))
  return statements.flatMap(({ index, text }) => {
    const key = `${migration.tag} ${index}`
    const sql = changed.has(key) ? changed.get(key) : text
    return sql === undefined ? [] : [ended(sql)]
  })
}

const insertRow = (history: History, { hash, when, tag }: Migration, ledger: Ledger): string =>
  ledger.layout === 'folders'
    ? `INSERT INTO ${tableOf(history)} (hash, created_at, name) VALUES (${quoteLiteral(hash ?? '')}, ${when}, ${quoteLiteral(tag)});`
    : `INSERT INTO ${tableOf(history)} (hash, created_at) VALUES (${quoteLiteral(hash ?? '')}, ${when});`

/** Which row, in any database: ids are each database's own. */
const thisRow = ({ hash, createdAt, name }: LedgerRow): string =>
  [
    `hash = ${quoteLiteral(hash)}`,
    createdAt === undefined ? 'created_at IS NULL' : `created_at = ${createdAt}`,
    ...(name === undefined ? [] : [`name = ${quoteLiteral(name)}`]),
  ].join(' AND ')

/** The migration's place, and its text unless the database ran another one. */
const updateRow = (history: History, { migration: { hash, when, tag }, row, edited }: Applied, ledger: Ledger): string => {
  const set = [
    ...(edited ? [] : [`hash = ${quoteLiteral(hash ?? '')}`]),
    `created_at = ${when}`,
    ...(ledger.layout === 'folders' ? [`name = ${quoteLiteral(tag)}`] : []),
  ]
  return `UPDATE ${tableOf(history)} SET ${set.join(', ')} WHERE ${thisRow(row)};`
}

const guard = (history: History, row: LedgerRow, tag: string): string =>
  `DO $repair$ BEGIN IF NOT EXISTS (SELECT FROM ${tableOf(history)} WHERE ${thisRow(row)}) THEN RAISE EXCEPTION ${quoteLiteral(`The ledger has no row of ${tag} as it was: nothing was changed.`)}; END IF; END $repair$;`

/** Which migrations of the folder the database has, mine's by where they stood before; and rows of those that are given up. A row stands for one of them only. */
const rowsIn = (after: History, ledger: Ledger, { rebase, dropped }: Resolution): Rows => {
  const before = new Map((rebase?.moves ?? []).map(({ from, to }) => [to.tag, [from]]))
  for (const { migration, as } of dropped) if (as !== undefined) before.set(as, [...(before.get(as) ?? []), migration])
  const gone = dropped.filter(({ why }) => why !== 'same').map(({ migration }) => migration)
  const kept = new Set(after.migrations)
  const joined = joinRows([...after.migrations, ...gone], ledger.rows, after.layout, (migration) =>
    kept.has(migration) ? (before.get(migration.tag) ?? []) : [],
  )
  const texts = ({ tag, hash }: Migration): readonly (string | undefined)[] => [hash, ...(before.get(tag) ?? []).map((each) => each.hash)]
  const applied = after.migrations.flatMap((migration): readonly Applied[] => {
    const row = joined.get(migration)
    return row ? [{ migration, row, ...(texts(migration).includes(row.hash) ? {} : { edited: true }) }] : []
  })
  const left = gone.flatMap((migration) => {
    const row = joined.get(migration)
    return row && isOwn(row, migration) ? [{ row, tag: migration.tag }] : []
  })
  const known = new Set([...applied, ...left].map(({ row }) => row))
  return { applied, gone: left, unknown: ledger.rows.filter((row) => !known.has(row)) }
}

/** Nothing but what a row of a migration that is given up says of itself lets it be taken away: other migrations may have its text. */
const isOwn = ({ name, hash, createdAt }: LedgerRow, migration: Migration): boolean =>
  name === migration.tag || (hash === migration.hash && createdAt !== undefined && sameSecond(createdAt, migration.when))

const isPlaced = ({ layout }: History, { migration: { tag, when }, row: { name, createdAt } }: Applied, ledger: Ledger): boolean => {
  if (ledger.layout === 'folders') return name === tag
  return layout === 'folders' ? createdAt !== undefined && sameSecond(createdAt, when) : createdAt === when
}

const isRight = (after: History, applied: Applied, ledger: Ledger): boolean =>
  (applied.edited || applied.row.hash === applied.migration.hash) && isPlaced(after, applied, ledger)

/** Positions of migrations that are older than the newest row, whoever wrote it. */
const skipped = ({ migrations }: History, { rows }: Ledger): readonly number[] => {
  const watermark = rows.reduce((newest, { createdAt }) => Math.max(newest, createdAt ?? 0), 0)
  return rows.length === 0 ? [] : migrations.flatMap(({ when, index }) => (when <= watermark ? [index] : []))
}

/** Migrations that the database lacks in front of one that it has, so that v0 will never run them; and those of which it has a part through mine. */
const holes = (after: History, ledger: Ledger, applied: readonly Applied[], halfDone: ReadonlySet<string>): readonly Migration[] => {
  const has = new Set(applied.map(({ migration }) => migration))
  const last = after.layout === 'folders' ? -1 : Math.max(-1, ...applied.map(({ migration }) => migration.index), ...skipped(after, ledger))
  const half = Math.max(-1, ...after.migrations.filter(({ tag }) => halfDone.has(tag)).map(({ index }) => index))
  return after.migrations.filter((migration) => !has.has(migration) && migration.index <= Math.max(last, half))
}

const repairOf = (after: History, ledger: Ledger, resolution: Resolution, { applied, gone }: Rows): string | undefined => {
  const wrong = applied.filter((each) => !isRight(after, each, ledger))
  const before = new Map((resolution.rebase?.moves ?? []).map(({ from, to }) => [to.tag, from.tag]))
  const had = new Set([...applied.flatMap(({ migration: { tag } }) => before.get(tag) ?? []), ...gone.map(({ tag }) => tag)])
  const done = resolution.rewrites.filter(({ tag }) => had.has(tag))
  const missing = holes(after, ledger, applied, new Set(done.flatMap(({ conflict }) => conflict.landed.map(({ tag }) => tag))))
  if (wrong.length === 0 && missing.length === 0 && gone.length === 0) return undefined
  const changed = instead(done)
  const lines = [
    'BEGIN;',
    ...[...wrong.map(({ migration, row }) => guard(after, row, migration.tag)), ...gone.map(({ row, tag }) => guard(after, row, tag))],
    ...missing.flatMap((migration) => [`-- ${migration.tag}`, ...sqlFor(migration, changed), insertRow(after, migration, ledger)]),
    ...wrong.map((each) => updateRow(after, each, ledger)),
    ...gone.map(({ row }) => `DELETE FROM ${tableOf(after)} WHERE ${thisRow(row)};`),
    'COMMIT;',
  ]
  return `${lines.join('\n')}\n`
}

/** What a ledger's database will do with the folder as the resolution leaves it. */
export const outlookOf = (after: History, ledger: Ledger, resolution: Resolution): LedgerOutlook => {
  const { migrations } = reconcile(after, ledger)
  const rows = rowsIn(after, ledger, resolution)
  const has = new Set(rows.applied.map(({ migration }) => migration.tag))
  const { givenUp, inTheWay } = ranBefore(resolution, rows)
  const repair = inTheWay.length > 0 ? undefined : repairOf(after, ledger, resolution, rows)
  return {
    rows: ledger.rows.length,
    runs: migrations.flatMap(({ migration, willRun }) => (willRun && !has.has(migration.tag) ? [migration.tag] : [])),
    again: migrations.flatMap(({ migration, willRun }) => (willRun && has.has(migration.tag) ? [migration.tag] : [])),
    skips: migrations.flatMap(({ migration, willRun }) => (!willRun && !has.has(migration.tag) ? [migration.tag] : [])),
    unknown: rows.unknown,
    ...(repair === undefined ? {} : { repair }),
    ...(inTheWay.length > 0 ? { unrepaired: reasonIn(inTheWay) } : {}),
    ...(givenUp.length > 0 ? { givenUp } : {}),
  }
}

/** The ledger of a database that has run everything on one side, as Drizzle's migrator fills it. */
export const ledgerOf = (side: History): Ledger => ({
  name: side.ledger,
  layout: side.layout,
  rows: side.migrations.map(({ hash, when, tag }, at) => ({
    id: at + 1,
    hash: hash ?? '',
    createdAt: when,
    ...(side.layout === 'folders' ? { name: tag } : {}),
  })),
})
