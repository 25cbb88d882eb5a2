/** What `rollback --apply` answers. */
import type { Failure, Outcome } from '../../../features/migrate/running.ts'
import type { Migration } from '../../../model/history.ts'
import type { Json } from '../../../model/json.ts'
import { plural } from '../../../model/numbers.ts'
import { type Block, type Report, type Text, toned } from '../../../model/report.ts'
import { fileOf } from '../../../rules/place.ts'
import { stops } from '../../migrate/look.ts'
import {
  type DryRun,
  dryBlocks,
  dryText,
  failureFinding,
  finishedBlocks,
  finishedData,
  lostUnknown,
  type RunWords,
  runData,
  tagTree,
  unrecordedBlocks,
} from '../../migrate/run-report.ts'
import { classText, dataOf, type Proven, shortProof } from '../report.ts'
import type { Asked, Judged, Prepared } from './look.ts'
import { lossData } from './losses.ts'

/** What came of it, and of a dry run where it was. */
export type Ran = { readonly prepared: Prepared; readonly outcome: Outcome; readonly dry?: DryRun }

const provenOf = ({ way, proof }: Judged, why: string): Proven => ({
  rollback: way.rollback,
  proof: proof ?? { schema: { state: 'not-run', why }, rows: [] },
  archive: undefined,
  fromFile: way.file !== undefined,
})

const whyNot = ({ way }: Judged): string =>
  way.begun ? 'an earlier run has begun it, and it is gone on with as it was' : 'nothing was run, as it was asked for'

/** `class` and `proof` are as without `--apply`; `sql` is what is run. */
const migrationData = ({ history }: Asked, judged: Judged): Json => ({
  ...(dataOf(history, provenOf(judged, whyNot(judged))) as { readonly [key: string]: Json }),
  sql: judged.way.text,
  file: judged.way.file ?? null,
  lost: lossData(judged.lost),
})

const sourceText = ({ way }: Judged): string => way.file ?? (way.begun ? 'as it was begun' : 'made now')

const wayRow = (judged: Judged): readonly Text[] => {
  const shown = provenOf(judged, whyNot(judged))
  return [judged.way.rollback.migration.tag, judged.proof ? classText(shown) : '', shortProof(shown.proof.schema), sourceText(judged)]
}

const wayBlocks = (judged: readonly Judged[]): readonly Block[] =>
  judged.length === 0
    ? []
    : [{ type: 'table', columns: [{ title: 'way back' }, { title: 'class' }, { title: 'proof' }, { title: 'SQL' }], rows: judged.map(wayRow) }]

const stateBlock = (
  target: string,
  { prepared: { findings, unknown, going, segments, judged }, outcome: { finished, failure }, dry }: Ran,
): readonly Block[] => {
  if (failure) return dry ? [dryText(true)] : []
  if (finished.length === 0 && (stops(findings) || unknown.length > 0)) return [toned('Nothing was run.', 'bad')]
  if (going.size === 0) return [toned(`Nothing of it is applied in ${target}.`, 'good')]
  if (dry) return [dryText(false)]
  return segments.length === 1 && judged.length > 1 ? [toned(`${plural(judged.length, 'migration')} in one transaction.`, 'muted')] : []
}

/** What was asked for, so that a repeat asks for no other: without a TAG the last one by then is another one. */
const askedText = ({ options: { tag, to, all } }: Asked, { going }: Prepared): string => {
  if (all) return '--all '
  if (to !== undefined) return `--to ${to} `
  const named = tag ?? [...going.keys()][0]?.tag
  return named === undefined ? '' : `${named} `
}

/** Of these nobody has heard whether they are taken back: what stood in the transaction whose end was lost. */
const unsureOf = ({ segments }: Prepared, failure: Failure | undefined, open: readonly Migration[]): readonly Migration[] => {
  if (failure?.why !== 'lost') return []
  return segments.length === 1 ? open : open.filter(({ tag }) => tag === failure.migration.tag)
}

/** The answer of a run that took `duration` milliseconds. */
export const reportOf = (asked: Asked, { prepared, outcome, dry }: Ran, duration: number): Report => {
  const { history, target } = asked
  const { finished, failure } = outcome
  const fileIn = (migration: Migration): string | undefined => prepared.judged.find(({ way }) => way.rollback.migration === migration)?.way.file
  const words: RunWords = {
    rule: 'rollback-stopped',
    placeOf: (migration) => ({ file: fileIn(migration) ?? fileOf(history, migration), hasLines: fileIn(migration) !== undefined }),
    next: `rollback ${askedText(asked, prepared)}--apply ${target.argument}`,
    isDry: dry !== undefined,
  }
  const done = dry ? [] : finished
  const open = [...prepared.going.keys()].filter((migration) => !done.some((each) => each.migration.tag === migration.tag))
  const unsure = dry ? [] : unsureOf(prepared, failure, open)
  const left = open.filter((migration) => !unsure.includes(migration))
  const again = done.length === 0 ? undefined : `pgstrata migrate ${target.argument}`
  return {
    operation: 'rollback',
    analysed: { migrations: history.migrations.length, rows: prepared.ledger.rows.length },
    findings: [...prepared.findings, ...(failure ? [failureFinding(failure, words)] : [])],
    data: {
      environment: target.name,
      dryRun: dry?.where ?? null,
      migrations: prepared.judged.map((each) => migrationData(asked, each)),
      planned: [...prepared.going.keys()].map(({ tag }) => tag),
      transactions: prepared.segments.length,
      rolledBack: done.map(finishedData),
      ...runData(outcome, dry, words),
      remaining: left.map(({ tag }) => tag),
      applied: prepared.staying.map(({ tag }) => tag),
      duration: Math.round(duration),
      forward: again ?? null,
    },
    blocks: [
      { type: 'heading', level: 1, text: target.name },
      ...wayBlocks(prepared.judged),
      ...dryBlocks(dry),
      ...finishedBlocks(outcome, dry ? 'tried' : 'taken back'),
      ...(dry && !failure ? [] : tagTree(done.length > 0 || failure ? 'still applied, and to be taken back' : 'to be taken back', left)),
      ...stateBlock(target.name, { prepared, outcome, ...(dry ? { dry } : {}) }),
      ...unrecordedBlocks('Who took it back is', outcome.unrecorded, target.name),
      ...(again === undefined ? [] : [{ type: 'definition' as const, items: [{ term: 'forward again', text: again }] }]),
    ],
    unknown: [...prepared.unknown, ...(dry?.unknown ?? []), ...lostUnknown(outcome, 'taken back', words, unsure)],
    chosen: true,
  }
}
