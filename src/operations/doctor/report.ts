/** What mending does, for people and for machines. */
import { pathsOf } from '../../drizzle/append.ts'
import type { Json } from '../../model/json.ts'
import type { Block, Text } from '../../model/report.ts'
import { isNeeded, type Mending } from './mending.ts'

const shownTags = 8

const tagsAt = ({ history }: Mending, indexes: readonly number[]): string => {
  const tags = indexes.map((index) => history.migrations[index]?.tag ?? '')
  return tags.length <= shownTags ? tags.join(', ') : `${tags.slice(0, shownTags).join(', ')} and ${tags.length - shownTags} more`
}

const moment = (when: number): string => new Date(when).toISOString().replace('T', ' ').replace('Z', '')

const rowsOf = (mending: Mending): readonly (readonly Text[])[] => {
  const { chain, lacking, moved } = mending
  const row = (indexes: readonly number[], repair: string): readonly (readonly Text[])[] =>
    indexes.length === 0 ? [] : [[String(indexes.length), repair, tagsAt(mending, indexes)]]
  return [
    ...row(
      chain.missing.map(({ index }) => index),
      'missing snapshot rebuilt from the SQL',
    ),
    ...row(
      chain.relinked.map(({ index }) => index),
      'snapshot linked to the one before it',
    ),
    ...row(lacking, 'snapshot completed with what drizzle-kit 1.0 wants'),
    ...moved.map(({ tag, was, becomes }): readonly Text[] => ['1', `time ${moment(was)} becomes ${moment(becomes)}`, tag]),
  ]
}

const ledgerWords =
  'The migrator of drizzle-orm 0.45 runs what is newer than the newest row of the ledger, and 1.0 finds a row’s migration by its second: run this in every database that has these migrations, right before its first deployment with the changed journal. It does nothing where there is no ledger, and nothing twice.'

const ledgerBlocks = ({ ledgerSql }: Mending, file: string | undefined): readonly Block[] =>
  ledgerSql === undefined
    ? []
    : [
        { type: 'text', text: ledgerWords },
        file === undefined ? { type: 'code', language: 'sql', text: ledgerSql.trimEnd() } : { type: 'text', text: `It stands in ${file}.` },
      ]

/** `written`: it has been done. `file`: where the SQL for the ledgers stands. */
export const mendingBlocks = (mending: Mending, { written, file }: { readonly written: boolean; readonly file?: string | undefined }): readonly Block[] => {
  const { obstacles } = mending
  if (obstacles.length > 0)
    return [
      {
        type: 'text',
        text: `Nothing can be repaired by \`doctor --write\` while this stands in its way:\n${obstacles.map((obstacle) => `- ${obstacle}`).join('\n')}`,
      },
    ]
  if (!isNeeded(mending)) return written ? [{ type: 'text', text: 'Nothing is to be repaired.' }] : []
  return [
    { type: 'heading', level: 2, text: written ? 'Repaired' : 'What doctor --write repairs' },
    { type: 'table', columns: [{ title: 'files', align: 'right' }, { title: 'repair' }, { title: 'migration' }], rows: rowsOf(mending) },
    ...ledgerBlocks(mending, file),
  ]
}

export const mendingData = (mending: Mending, written: boolean): Json => {
  const { history, chain, lacking, moved, obstacles, ledgerSql } = mending
  const tag = (index: number): string => history.migrations[index]?.tag ?? ''
  return {
    written: written && isNeeded(mending) && obstacles.length === 0,
    obstacles,
    rebuilt: chain.missing.map(({ index, id, prevIds }) => ({
      migration: tag(index),
      file: pathsOf(history, tag(index)).snapshot,
      id,
      prevIds,
    })),
    relinked: chain.relinked.map(({ index, id, prevIds }) => ({ migration: tag(index), id, prevIds })),
    completed: lacking.map(tag),
    times: moved.map(({ tag: migration, was, becomes }) => ({ migration, was, becomes })),
    ledgerSql: ledgerSql ?? null,
  }
}
