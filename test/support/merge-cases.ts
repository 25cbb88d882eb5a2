/** Real merges in which both sides changed the journal, each side as a whole folder. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readings } from '../../src/changes/readings.ts'
import { type FolderEntry, isSnapshotFile, readHistory } from '../../src/drizzle/history.ts'
import { journalPath } from '../../src/drizzle/journal.ts'
import { readSnapshotHead } from '../../src/drizzle/snapshot.ts'
import { snapshotScript } from '../../src/drizzle/snapshot-script.ts'
import type { Question } from '../../src/features/collision/resolution.ts'
import { sidesOf } from '../../src/features/collision/sides.ts'
import { writeSnapshot } from '../../src/features/snapshots/write.ts'
import type { History } from '../../src/model/history.ts'
import { snapshotsOf } from '../../src/operations/resolve/snapshots.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

export type MergeCase = { readonly name: string; readonly repository: string; readonly path: string }

/** Below an unpacked archive. */
export const mergeCases = (root: string): readonly MergeCase[] =>
  readdirSync(join(root, 'merges'))
    .toSorted()
    .flatMap((repository) =>
      readdirSync(join(root, 'merges', repository))
        .toSorted()
        .map((sha) => ({ name: `${repository} ${sha}`, repository, path: join(root, 'merges', repository, sha) })),
    )

type Texts = ReadonlyMap<string, string>

const textsIn = (directory: string): Texts => {
  if (!existsSync(directory)) return new Map()
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(directory.length + 1), readFileSync(path, 'utf8')] as const
    }),
  )
}

const tagsIn = (texts: Texts): readonly string[] => {
  try {
    return (JSON.parse(texts.get(journalPath) ?? '{"entries":[]}') as { readonly entries: readonly { readonly tag: string }[] }).entries.map(({ tag }) => tag)
  } catch {
    return []
  }
}

export type SideFolder = { readonly history: History; readonly texts: Texts }

export const folderOf = (texts: Texts): SideFolder => {
  const entries = [...texts].map(
    ([path, text]): FolderEntry => (isSnapshotFile(path) ? { path, head: readSnapshotHead(path, text) } : { path, text, hash: sha256(text) }),
  )
  return { history: readHistory('drizzle', entries), texts }
}

/** What custom SQL of the base made, where the base itself is not among the files and a snapshot cannot say it. */
const standIns: { readonly [repository: string]: string } = {
  'danielpang+bento': `CREATE FUNCTION bento_inherit_org() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION bento_current_org() RETURNS text LANGUAGE sql AS $$ SELECT current_setting('bento.org', true) $$;
`,
}

/** A case holds what the merge changed. What both sides had before comes from the repository's later folder, or, where that has it no more, from the snapshot. */
const ground = (tags: readonly string[], known: Texts, later: string | undefined, made: string): ReadonlyMap<string, string> => {
  const fromLater = new Map(
    tags.flatMap((tag) => {
      const path = later === undefined ? '' : join(later, `${tag}.sql`)
      return known.has(`${tag}.sql`)
        ? [[`${tag}.sql`, known.get(`${tag}.sql`) ?? ''] as const]
        : existsSync(path)
          ? [[`${tag}.sql`, readFileSync(path, 'utf8')] as const]
          : []
    }),
  )
  if (fromLater.size === tags.length) return fromLater
  const newest = [...known]
    .filter(([path]) => isSnapshotFile(path))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .at(-1)
  const schema = `${newest ? snapshotScript(newest[0], newest[1]).sql : ''}${made}`
  return new Map(tags.map((tag, at) => [`${tag}.sql`, at === tags.length - 1 ? schema : `-- ${tag}: see the last one`]))
}

export type CaseSides = { readonly base: SideFolder | undefined; readonly ours: SideFolder; readonly theirs: SideFolder }

/** The three folders of a case. The parser must be loaded. `corpus`: where later folders of the repositories are. */
export const sidesOfCase = ({ repository, path }: MergeCase, corpus: string): CaseSides => {
  const [base, ours, theirs] = ['base', 'ours', 'theirs'].map((side) => textsIn(join(path, side))) as [Texts, Texts, Texts]
  const tags = tagsIn(base)
  const later = join(corpus, repository.split('+')[1] ?? '')
  const before = ground(tags, base, existsSync(later) ? later : undefined, standIns[repository] ?? '')
  const whole = (side: Texts): SideFolder => {
    const has = new Set(tagsIn(side))
    const kept = [...base, ...before].filter(([file]) => file !== journalPath && (!/^[^/]+\.sql$/.test(file) || has.has(file.slice(0, -4))))
    return folderOf(new Map([...kept, ...side]))
  }
  return { base: base.has(journalPath) ? folderOf(new Map([...base, ...before])) : undefined, ours: whole(ours), theirs: whole(theirs) }
}

/** The question that a merge asks: `mine` into `landed`. */
export const questionOf = (base: SideFolder | undefined, landed: SideFolder, mine: SideFolder, choices: Question['choices'] = new Map()): Question => {
  const journal = landed.texts.get(journalPath)
  return {
    sides: sidesOf({ base: base?.history, landed: landed.history, mine: mine.history }),
    landed: landed.history,
    mine: mine.history,
    ...snapshotsOf(landed.history, mine.history, { landed: landed.texts, mine: mine.texts }),
    companionsOf: () => [],
    hash: sha256,
    write: writeSnapshot,
    readings: new Readings(),
    choices,
    ...(journal === undefined ? {} : { journal }),
  }
}
