/** Rollbacks for people and for machines. */
import { isRewritten } from '../../features/rollback/archive/archive.ts'
import { displayPlace } from '../../features/rollback/columns.ts'
import { sinceSchemaFor } from '../../features/rollback/keep-since.ts'
import type { Loss } from '../../features/rollback/losses.ts'
import type { RollbackProof, SchemaProof } from '../../features/rollback/proof.ts'
import type { Rollback } from '../../features/rollback/rollback.ts'
import type { RowsPass } from '../../features/rollback/rows.ts'
import { scriptText } from '../../features/rollback/script.ts'
import { archivedClassOf, classOf, type RollbackClass } from '../../features/rollback/verdict.ts'
import type { History } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import { display } from '../../model/name.ts'
import { plural } from '../../model/numbers.ts'
import type { Block, Text, Tone } from '../../model/report.ts'
import type { Kept } from './archive.ts'

/** A rollback and what PostgreSQL says of it, and of the migration as it would be with an archive. `fromFile`: what was tried is the file's. */
export type Proven = { readonly rollback: Rollback; readonly proof: RollbackProof; readonly archive: Kept | undefined; readonly fromFile: boolean }

/** In one word: with the archive, where that was tried and keeps everything. */
export const verdictOf = ({ rollback, proof, archive, fromFile }: Proven): RollbackClass => {
  if (fromFile && isRewritten(rollback.migration)) return archivedClassOf(proof)
  const plain = classOf(rollback, proof)
  return plain === 'lossy' && archive?.proof && archivedClassOf(archive.proof) === 'lossless-with-archive' ? 'lossless-with-archive' : plain
}

const archiveData = ({ archived: { up, sql, contract, keeps }, proof }: Kept): Json => ({
  up,
  sql,
  contract: [...contract],
  keeps: [...keeps],
  class: proof ? archivedClassOf(proof) : 'lossy',
  proof: proof ? proofData(proof) : { schema: 'not-run', why: 'nothing was run', rows: [] },
})

const lossOf = ({ what, table, columns }: Loss): Json => ({ what, table: display(table), ...(columns ? { columns: [...columns] } : {}) })

const passData = (pass: RowsPass): Json => ({
  pass: pass.name,
  rows: pass.rows,
  state: pass.state,
  ...(pass.without ? { without: pass.without.map(display) } : {}),
  ...('why' in pass ? { why: pass.why } : {}),
  ...('announced' in pass ? { announced: pass.announced } : {}),
  ...(pass.state === 'changed'
    ? { changed: pass.changed.map(({ table, column }) => ({ table: display(table), ...(column === undefined ? {} : { column }) })) }
    : {}),
})

const proofData = ({ schema, rows }: RollbackProof): Json => ({
  ...schemaData(schema),
  ...(schema.stopped ? { stopped: [...schema.stopped] } : {}),
  rows: rows.map(passData),
})

const schemaData = (proof: SchemaProof): { readonly [key: string]: Json } => {
  switch (proof.state) {
    case 'exact':
      return { schema: 'exact' }
    case 'order-only':
      return { schema: 'order-only', columns: proof.columns.map(display) }
    case 'differs':
      return { schema: 'failed', why: 'the catalog is another one', objects: proof.differences.map(({ kind, identity }) => `${kind} ${display(identity)}`) }
    case 'refused':
      return { schema: 'failed', why: proof.why, sql: proof.sql }
    case 'not-run':
      return { schema: 'not-run', why: proof.why }
  }
}

export const dataOf = (history: History, proven: Proven): Json => {
  const { rollback, proof, archive } = proven
  return {
    tag: rollback.migration.tag,
    sql: scriptText(rollback, history.ledger),
    class: verdictOf(proven),
    proof: proofData(proof),
    loses: rollback.loses.map(lossOf),
    since: {
      loses: rollback.since.map(lossOf),
      ...(rollback.keeping.length > 0 ? { keptIn: sinceSchemaFor(rollback.migration.tag) } : {}),
      guards: rollback.guards.map(({ what, query }) => ({ what, query: query ?? null })),
    },
    road: rollback.inverse.road,
    reordered: rollback.inverse.reordered.map(({ on, why }) => ({ table: display(on), ...(why === undefined ? {} : { why }) })),
    ...(archive ? { archive: archiveData(archive) } : {}),
  }
}

const classTones: Readonly<Record<RollbackClass, Tone>> = { lossless: 'good', 'lossless-with-archive': 'good', lossy: 'warn', irreversible: 'bad' }

export const classText = (proven: Proven): Text => {
  const found = verdictOf(proven)
  return [{ text: found, tone: classTones[found] }]
}

/** What the proof has shown, in a few words. */
const proofText = ({ state, ...proof }: SchemaProof): Text => {
  switch (state) {
    case 'exact':
      return [{ text: 'proven', tone: 'good' }, ': PostgreSQL has the catalog from before, exactly']
    case 'order-only':
      return [{ text: 'proven', tone: 'good' }, ': PostgreSQL has the catalog from before, with columns in another order']
    case 'differs':
      return [{ text: 'failed', tone: 'bad' }, ': the catalog is another one']
    case 'refused':
      return [{ text: 'failed', tone: 'bad' }, `: PostgreSQL refuses it: ${'why' in proof ? proof.why : ''}`]
    case 'not-run':
      return [{ text: 'not proven', tone: 'warn' }, `: ${'why' in proof ? proof.why : ''}`]
  }
}

const passWords: Readonly<Record<RowsPass['name'], string>> = { benign: 'tidy rows', adverse: 'untidy rows', since: 'rows written since' }

const several = (places: readonly string[]): string =>
  places.length > 3 ? `${places.slice(0, 3).join(', ')} and ${places.length - 3} more` : places.join(', ')

const passText = (pass: RowsPass): string => {
  const over = `${passWords[pass.name]}: `
  switch (pass.state) {
    case 'kept':
      return pass.name === 'since' ? `${over}do not stop it` : `${over}${plural(pass.rows, 'row')} as before`
    case 'changed':
      return `${over}not as before in ${several(pass.changed.map(({ table, column }) => displayPlace(table, column)))}`
    case 'up-refused':
      return `${over}the migration itself is refused: ${pass.why}`
    case 'stopped':
    case 'refused':
      return `${over}stopped: ${pass.why}`
    case 'not-run':
      return `${over}not tried: ${pass.why}`
  }
}

const listText = (items: readonly string[], none: string): Text => (items.length === 0 ? [{ text: none, tone: 'muted' }] : items.join('\n'))

const sinceText = ({ migration, since, keeping, guards }: Rollback): Text => {
  const end = keeping.length > 0 ? `kept in ${sinceSchemaFor(migration.tag)}` : 'removed'
  const lines = [...since.map(({ what }) => `${what}: ${end}`), ...guards.map(({ what }) => `stops where ${what}`)]
  return listText(lines, 'are kept')
}

/** One rollback, whole. */
export const blocksOf = (history: History, proven: Proven): readonly Block[] => {
  const { rollback, proof, archive } = proven
  return [
    { type: 'heading', level: 1, text: rollback.migration.tag },
    {
      type: 'definition',
      items: [
        { term: 'rollback', text: classText(proven) },
        { term: 'proof', text: proofText(proof.schema) },
        ...(proof.rows.length === 0 ? [] : [{ term: 'over rows', text: proof.rows.map(passText).join('\n') }]),
        {
          term: 'rows from before',
          text: listText(
            archive && verdictOf(proven) === 'lossless-with-archive'
              ? archive.archived.keeps.map((what) => `${what}: from the archive`)
              : rollback.loses.map(({ what }) => `${what}: not brought back`),
            'are kept',
          ),
        },
        { term: 'rows written since', text: sinceText(rollback) },
      ],
    },
    ...(archive
      ? [
          { type: 'heading', level: 2, text: 'the migration with its archive' } as const,
          { type: 'code', language: 'sql', text: archive.archived.up } as const,
          { type: 'heading', level: 2, text: 'its rollback' } as const,
          { type: 'code', language: 'sql', text: archive.archived.sql } as const,
          { type: 'heading', level: 2, text: 'later, when nobody wants to go back' } as const,
          { type: 'code', language: 'sql', text: archive.archived.contract.map((sql) => `${sql};`).join('\n') } as const,
        ]
      : [{ type: 'code', language: 'sql', text: scriptText(rollback, history.ledger) } as const]),
  ]
}

export const shortProof = ({ state }: SchemaProof): Text =>
  state === 'exact'
    ? [{ text: 'exact', tone: 'good' }]
    : state === 'order-only'
      ? [{ text: 'order-only', tone: 'good' }]
      : state === 'not-run'
        ? [{ text: 'not run', tone: 'warn' }]
        : [{ text: 'failed', tone: 'bad' }]

/** `2 lossless, 1 lossy` */
export const countedClasses = (all: readonly Proven[]): string => {
  const classes: readonly RollbackClass[] = ['lossless', 'lossless-with-archive', 'lossy', 'irreversible']
  return classes
    .map((name) => [name, all.filter((each) => verdictOf(each) === name).length] as const)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

/** Many rollbacks, a line for each. */
export const tableOf = (folder: string, all: readonly Proven[]): readonly Block[] => [
  { type: 'heading', level: 1, text: folder },
  { type: 'text', text: `${plural(all.length, 'rollback')}: ${countedClasses(all)}.` },
  {
    type: 'table',
    columns: [{ title: 'migration' }, { title: 'rollback' }, { title: 'proof' }, { title: 'does not bring back' }],
    rows: all.map((proven) => [
      proven.rollback.migration.tag,
      classText(proven),
      shortProof(proven.proof.schema),
      [{ text: proven.rollback.loses.map(({ what }) => what).join('; '), tone: 'muted' }],
    ]),
  },
]
