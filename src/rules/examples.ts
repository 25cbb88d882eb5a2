/** Small folders for the examples of history rules, as drizzle-kit writes them. */

/** A journal entry's parts that an example sets; the others follow from the position. */
export type ExampleEntry = { readonly tag: string; readonly when?: number; readonly idx?: number }

const base = 1_760_000_000_123
const day = 86_400_000

/** The `when` of the nth migration of an example: one a day. */
export const exampleTime = (index: number): number => base + index * day + index

/** A snapshot's id in an example. */
export const exampleId = (number: number): string => `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`
const origin = exampleId(0).replace('-4000-8000', '-0000-0000')

/** A journal's text. */
export const exampleJournal = (...entries: readonly ExampleEntry[]): string =>
  JSON.stringify(
    {
      version: '7',
      dialect: 'postgresql',
      entries: entries.map(({ tag, when, idx }, index) => ({ idx: idx ?? index, version: '7', when: when ?? exampleTime(index), tag, breakpoints: true })),
    },
    null,
    2,
  )

/** A snapshot's text: its number and its parent's (0: none). */
export const exampleSnapshot = (number: number, parent: number, version = '7'): string =>
  JSON.stringify({ id: exampleId(number), prevId: parent === 0 ? origin : exampleId(parent), version, dialect: 'postgresql', tables: {} }, null, 2)

/** A v1 snapshot's text. */
export const exampleFolderSnapshot = (number: number, parents: readonly number[], version = '8'): string =>
  JSON.stringify(
    { version, dialect: 'postgres', id: exampleId(number), prevIds: parents.length === 0 ? [origin] : parents.map(exampleId), ddl: [], renames: [] },
    null,
    2,
  )

/**
 * A folder of drizzle-kit 1.0: migrations by name, one a day; each with the numbers of its snapshot's parents. Snapshots are numbered from 1 in that order.
 */
export const exampleFolders = (parents: { readonly [name: string]: readonly number[] }, version?: string): { readonly [path: string]: string } =>
  Object.fromEntries(
    Object.entries(parents).flatMap(([name, of], index) => {
      const folder = `202601${String(index + 1).padStart(2, '0')}000000_${name}`
      return [
        [`${folder}/migration.sql`, 'SELECT 1;'],
        [`${folder}/snapshot.json`, exampleFolderSnapshot(index + 1, of, version)],
      ]
    }),
  )

/** Two migrations without a fault. */
export const cleanFolder: { readonly [path: string]: string } = {
  'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0001_name' }),
  'meta/0000_snapshot.json': exampleSnapshot(1, 0),
  'meta/0001_snapshot.json': exampleSnapshot(2, 1),
  '0000_users.sql': 'CREATE TABLE users (id integer);',
  '0001_name.sql': 'ALTER TABLE users ADD COLUMN name text;',
}

/** A folder without some of its files. */
export const without = (files: { readonly [path: string]: string }, ...paths: readonly string[]): { readonly [path: string]: string } =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)))

/** The clean folder as it was before its second migration. */
export const cleanBeginning: { readonly [path: string]: string } = {
  ...without(cleanFolder, '0001_name.sql', 'meta/0001_snapshot.json'),
  'meta/_journal.json': exampleJournal({ tag: '0000_users' }),
}
