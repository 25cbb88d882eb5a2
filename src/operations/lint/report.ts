/** What a judgement says beside its findings: batches, the locks that they hold, waivers. */
import type { Batch, HeldLock } from '../../changes/batch.ts'
import { type Lint, whereabouts } from '../../features/lint.ts'
import type { History } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import { display } from '../../model/name.ts'
import { plural } from '../../model/numbers.ts'
import type { Block } from '../../model/report.ts'

const placeOfLock = (history: History, { steps }: Batch, position: number): string => {
  const step = steps[position]?.step
  return step ? whereabouts(history, step) : ''
}

const lockData = (history: History, batch: Batch, { relation, mode, from, to }: HeldLock): Json => ({
  relation: display(relation),
  mode,
  from: placeOfLock(history, batch, from),
  to: placeOfLock(history, batch, to),
})

const tagsOf = (history: History, { steps }: Batch): readonly string[] => [...new Set(steps.map(({ step }) => history.migrations[step.migration]?.tag ?? ''))]

/** The batches and their locks, for machines. */
export const batchData = (history: History, { batches }: Lint): readonly Json[] =>
  batches.map((batch) => ({
    migrations: [...tagsOf(history, batch)],
    runner: batch.runner,
    locks: batch.locks.map((lock) => lockData(history, batch, lock)),
  }))

/** The waivers that were met, for machines. */
export const waiverData = (history: History, { waivers }: Lint): readonly Json[] =>
  waivers.map(({ waiver, step, state }) => ({
    rules: [...waiver.rules],
    until: waiver.until,
    reason: waiver.reason,
    state,
    at: whereabouts(history, step),
  }))

const strong = new Set(['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'])

/** Locks that keep somebody waiting, in the order in which they are taken. */
export const lockTable = (history: History, batch: Batch): readonly Block[] => {
  const locks = batch.locks.filter(({ mode }) => strong.has(mode))
  if (locks.length === 0) return []
  return [
    {
      type: 'table',
      columns: [{ title: 'lock' }, { title: 'on' }, { title: 'from' }, { title: 'held for', align: 'right' }],
      rows: locks.map(({ relation, mode, from, to }) => [
        mode,
        display(relation),
        placeOfLock(history, batch, from),
        from === to ? '1 statement' : plural(to - from + 1, 'statement'),
      ]),
    },
  ]
}
