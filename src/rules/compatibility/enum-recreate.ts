import { statementsOf } from '../../changes/index.ts'
import type { Remedy } from '../../model/finding.ts'
import { display, keyOf, localName, quoteIdentifier } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { type BatchView, defineBatchRule } from '../define.ts'
import { type EnumRebuild, enumRebuilds } from '../enum-rebuilds.ts'
import { movesOf } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { displayColumn, listed } from '../running-code.ts'

const literals = (labels: readonly string[]): string => labels.map(quoteLiteral).join(', ')

/** ADD VALUE for each new label, in its place. */
const additions = ({ from, before, after }: EnumRebuild, { batch }: BatchView): readonly string[] => {
  let labels = before
  return after.flatMap((value) => {
    if (labels.includes(value)) return []
    const previous = after[after.indexOf(value) - 1]
    const at = previous === undefined ? 0 : labels.indexOf(previous) + 1
    const catalog = { ...batch.before, types: new Map([...batch.before.types, [from, { kind: 'enum', labels }] as const]) }
    const sql = statementsOf({ kind: 'add-enum-value', type: from, value, at }, catalog)
    labels = [...labels.slice(0, at), value, ...labels.slice(at)]
    return sql
  })
}

/** The values stay in the type, and a condition keeps them out of the rows: no row is written anew. */
const remedyOf = (rebuild: EnumRebuild, gone: readonly string[], view: BatchView): Remedy => {
  const checks = rebuild.columns.map(
    ({ on, column }) =>
      `ALTER TABLE ${on} ADD CONSTRAINT ${quoteIdentifier(`${localName(on)}_${column}_values`)} CHECK (${quoteIdentifier(column)} NOT IN (${literals(gone)})) NOT VALID`,
  )
  const added = additions(rebuild, view)
  if (gone.length === 0) return { title: 'Add the values to the type', steps: [{ when: 'instead', sql: added.map(plainSql) }] }
  return {
    title: 'Leave the values in the type, and keep them out of the rows',
    steps: [
      {
        when: 'instead',
        sql: [...added, ...checks].map(plainSql),
        note: 'Rows that hold them stay as they are; take the values out of the schema files only when nothing writes them.',
      },
    ],
  }
}

const precheckOf = ({ columns }: EnumRebuild, gone: readonly string[]): string =>
  plainSql(
    `${columns
      .map(({ on, column }) => {
        const name = quoteIdentifier(column)
        return `SELECT DISTINCT ${quoteLiteral(displayColumn(on, column))} AS "column", ${name}::text AS value FROM ${on} WHERE ${name}::text IN (${literals(gone)})`
      })
      .join(' UNION ALL ')} LIMIT 20`,
  )

/** True when the batch changes rows of the columns' tables itself: then values may be mapped before the type changes. */
const isMapped = ({ columns }: EnumRebuild, { batch }: BatchView): boolean =>
  movesOf(batch).some(({ change }) => change.kind === 'change-data' && columns.some(({ on }) => change.relations.includes(on)))

const purposeOf = (rebuild: EnumRebuild, gone: readonly string[]): string => {
  const added = rebuild.after.filter((label) => !rebuild.before.includes(label))
  if (gone.length > 0) return ` without ${listed(gone.map(quoteLiteral))}: rows that hold ${gone.length === 1 ? 'it' : 'one of them'} make the batch fail`
  return added.length > 0 ? ` only to add ${literals(added)}: ADD VALUE does that without touching a row` : ' with the values that it had'
}

export const enumRecreate = defineBatchRule({
  id: 'enum-recreate',
  severity: 'warning',
  weighs: 'rows',
  summary: 'An enum is dropped and made anew, and its columns are taken through text: what drizzle-kit writes when a value goes.',
  why: 'Each column is written anew twice, with all indexes, while ACCESS EXCLUSIVE keeps everybody from the table. A row that holds a value which is no more makes it fail (22P02), and the previous release, which still runs, fails when it writes one.',
  instead:
    'Leave the value in the type: an unused one costs nothing. Values are added by ALTER TYPE … ADD VALUE. Where a value must go, make sure first that no row holds it, and do it when nobody uses the table.',
  check(view) {
    return enumRebuilds(view.batch).flatMap((rebuild) => {
      const [first] = rebuild.columns
      if (!first || !view.batch.before.types.has(rebuild.from)) return []
      const gone = rebuild.before.filter((label) => !rebuild.after.includes(label))
      const asks = gone.length > 0 && !isMapped(rebuild, view)
      const columns = listed([...new Set(rebuild.columns.map(({ on, column }) => displayColumn(on, column)))])
      return [
        {
          at: rebuild.at,
          message: `Enum ${display(rebuild.from)} is made anew${purposeOf(rebuild, gone)}. Meanwhile ${columns} ${rebuild.columns.length === 1 ? 'is' : 'are'} written anew, and nobody reads or writes the table.`,
          object: keyOf('type', rebuild.from),
          relation: first.on,
          lock: { relation: first.on, mode: 'ACCESS EXCLUSIVE' as const, duration: 'rewrite' as const },
          remedy: remedyOf(rebuild, gone, view),
          ...(asks ? { precheck: precheckOf(rebuild, gone) } : {}),
          claim: { rewrites: [first.on], ...(asks ? { fails: '22P02' } : {}) },
        },
      ]
    })
  },
  bad: [
    {
      shows: 'as drizzle-kit writes it, with a value that goes',
      given: "CREATE TYPE status AS ENUM ('open', 'waiting', 'done'); CREATE TABLE orders (id bigint, status status DEFAULT 'open')",
      rows: "INSERT INTO orders VALUES (1, 'waiting')",
      sql: `ALTER TABLE "orders" ALTER COLUMN "status" SET DATA TYPE text;--> statement-breakpoint
ALTER TABLE "orders" ALTER COLUMN "status" SET DEFAULT 'open'::text;--> statement-breakpoint
DROP TYPE "public"."status";--> statement-breakpoint
CREATE TYPE "public"."status" AS ENUM('open', 'done');--> statement-breakpoint
ALTER TABLE "orders" ALTER COLUMN "status" SET DEFAULT 'open'::"public"."status";--> statement-breakpoint
ALTER TABLE "orders" ALTER COLUMN "status" SET DATA TYPE "public"."status" USING "status"::"public"."status";`,
    },
    {
      shows: 'the old type renamed away, to put a value in another place',
      given: "CREATE TYPE status AS ENUM ('open', 'done'); CREATE TABLE orders (id bigint, status status)",
      sql: "ALTER TYPE status RENAME TO status_old; CREATE TYPE status AS ENUM ('open', 'waiting', 'done'); ALTER TABLE orders ALTER COLUMN status TYPE status USING status::text::status; DROP TYPE status_old",
    },
  ],
  good: [
    { shows: 'a value added', given: "CREATE TYPE status AS ENUM ('open')", sql: "ALTER TYPE status ADD VALUE 'done'" },
    {
      shows: 'a table that the same batch made',
      sql: "CREATE TYPE a AS ENUM ('x'); CREATE TABLE orders (id bigint, status a); CREATE TYPE b AS ENUM ('x', 'y'); ALTER TABLE orders ALTER COLUMN status TYPE b USING status::text::b; DROP TYPE a",
    },
  ],
})
