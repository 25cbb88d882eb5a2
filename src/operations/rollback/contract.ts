/** `rollback --contract`: one more migration that drops archives which nobody needs any more. */

import { positionOf } from '../../drizzle/history.ts'
import { isDue, type OpenArchive, openArchives } from '../../features/rollback/archive/contract.ts'
import { ToolError } from '../../model/error.ts'
import type { Finding } from '../../model/finding.ts'
import type { History } from '../../model/history.ts'
import { plural } from '../../model/numbers.ts'
import type { Block, Report } from '../../model/report.ts'
import type { World } from '../../model/world.ts'
import { fileOf } from '../../rules/place.ts'
import { reportedFinding } from '../../rules/report.ts'
import type { Subject } from '../check/subject.ts'
import { followUp } from '../follow-up.ts'

const day = 24 * 60 * 60 * 1000

/** The last day of an archive: what was given, else 30 days from today. Throws `usage`. */
export const untilOf = (world: Pick<World, 'now'>, given: string | undefined): string => {
  if (given === undefined) return new Date(world.now() + 30 * day).toISOString().slice(0, 10)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(given) || Number.isNaN(Date.parse(given)))
    throw new ToolError('usage', `--until ${given} is no day.`, { help: 'Write it as 2027-01-31.' })
  if (Date.parse(`${given}T23:59:59.999Z`) < world.now()) throw new ToolError('usage', `--until ${given} is past.`, { help: 'Name a day to come.' })
  return given
}

/** A finding for each archive whose day is past. */
export const dueFindings = (world: Pick<World, 'now'>, history: History, archives: readonly OpenArchive[]): readonly Finding[] =>
  archives
    .filter((each) => isDue(each, world.now()))
    .map(({ migration, until }) =>
      reportedFinding(
        'archive-due',
        `The archive of ${migration.tag} was to be kept until ${until} and is still there.`,
        { file: fileOf(history, migration), migration: migration.tag },
        'due',
      ),
    )

const rowOf = (world: Pick<World, 'now'>, archive: OpenArchive): readonly string[] => [
  archive.migration.tag,
  archive.until ?? 'no day',
  isDue(archive, world.now()) ? 'due' : 'kept',
]

const chosen = (world: World, history: History, archives: readonly OpenArchive[], tag: string | undefined): readonly OpenArchive[] => {
  if (tag === undefined) return archives.filter((each) => isDue(each, world.now()))
  const at = positionOf(history, tag)
  const found = archives.filter(({ migration }) => migration.index === at)
  if (found.length === 0) throw new ToolError('no-archive', `${history.migrations[at]?.tag ?? tag} has no archive that is still there.`)
  return found
}

/** Those that are due, or the one that is named. `write`: the migration is added to the folder. */
export const contract = async (world: World, subject: Subject, tag: string | undefined, write: boolean): Promise<Report> => {
  const { history } = subject
  const archives = openArchives(history.migrations, (await subject.settled()).catalog)
  const ending = chosen(world, history, archives, tag)
  const statements = ending.flatMap(({ drops }) => drops)
  const edits = write ? await followUp(world, history, 'contract_archives', statements) : []
  if (edits.length > 0) await world.files.write(edits)
  const shown: readonly Block[] =
    archives.length === 0
      ? [{ type: 'text', text: `${history.folder} has no archive.` }]
      : [
          { type: 'table', columns: [{ title: 'archive of' }, { title: 'kept until' }, { title: 'now' }], rows: archives.map((each) => rowOf(world, each)) },
          ...(statements.length > 0
            ? [{ type: 'code', language: 'sql', text: statements.map((sql) => `${sql};`).join('\n') } as const]
            : [{ type: 'text', text: 'None is due: name a TAG to end one before its day.' } as const]),
        ]
  return {
    operation: 'rollback',
    analysed: { archives: archives.length },
    findings: write ? [] : dueFindings(world, history, archives),
    unknown: [],
    data: {
      archives: archives.map(({ migration, until, drops }) => ({ tag: migration.tag, until: until ?? null, sql: [...drops] })),
      written: edits.map(({ path }) => path),
    },
    blocks: [
      { type: 'heading', level: 1, text: history.folder },
      ...shown,
      ...(edits.length > 0 ? [{ type: 'text', text: `Written: ${plural(edits.length, 'file')}, ${edits[0]?.path}.` } as const] : []),
    ],
  }
}
