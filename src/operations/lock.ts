/** `lock`: the manifest over which two branches that both add a migration conflict in git. */
import { lockPath, writeLock } from '../drizzle/lock.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { Finding } from '../model/finding.ts'
import { plural } from '../model/numbers.ts'
import { below } from '../model/path.ts'
import type { Block, Report } from '../model/report.ts'
import { textEdit } from '../model/text.ts'
import type { World } from '../model/world.ts'
import { defineOperation } from './define.ts'
import { titleOf } from './examine.ts'
import { lockFindings, lockIn, lockPathIn } from './lock-file.ts'

type State = 'agrees' | 'differs' | 'none' | 'written'

type Locked = {
  readonly project: Project
  readonly migrations: number
  readonly state: State
  readonly findings: readonly Finding[]
  /** The lock as it should be, where it is not so. */
  readonly text?: string
}

const look = async (world: World, project: Project): Promise<Locked> => {
  const history = await world.history({ type: 'folder', path: project.folder }, { snapshots: false })
  const [fault] = history.faults
  if (fault)
    throw new ToolError('journal-unreadable', `${below(project.folder, fault.path)}:${fault.line} is damaged: which migrations there are is not known.`, {
      help: 'pgstrata resolve, in the middle of a merge; otherwise pgstrata doctor says how to repair it.',
    })
  const [before, text] = [await lockIn(world, project.folder), writeLock(history.migrations, world.hash)]
  const findings = await lockFindings(world, history)
  const state = before === undefined ? 'none' : findings.length === 0 ? 'agrees' : 'differs'
  return { project, migrations: history.migrations.length, state, findings, ...(state === 'agrees' ? {} : { text }) }
}

const words: Readonly<Record<State, string>> = {
  agrees: 'the lock agrees with it.',
  differs: 'the lock does not agree with it.',
  none: `there is no ${lockPath}; pgstrata lock --write makes one.`,
  written: 'the lock is written.',
}

const blocksOf = ({ project, migrations, state, findings }: Locked): readonly Block[] => [
  { type: 'heading', level: 1, text: titleOf(project) },
  { type: 'text', text: `${plural(migrations, 'migration')}; ${words[state]}` },
  ...(state === 'written' ? findings.map(({ message }): Block => ({ type: 'text', text: `Until now: ${message}` })) : []),
]

export const lock = defineOperation({
  name: 'lock',
  summary: 'Keeps a manifest in which branches that both add a migration conflict.',
  description:
    'pgstrata.lock stands in the migrations folder: each migration with the sha256 of its SQL, and a last line that changes with every one, so that git cannot merge two branches that both add a migration without somebody looking. It needs no set-up in a clone and works on servers and in merge queues too. Where the file is there, check finds migrations that were edited since or that it does not know, and resolve --write keeps it right. Without --write it says whether it agrees.',
  arguments: [],
  flags: { write: { type: 'boolean', description: 'Make it, or bring it up to date.' } },
  examples: [
    { command: 'pgstrata lock', shows: 'whether it agrees with the folder' },
    { command: 'pgstrata lock --write', shows: 'made, or brought up to date, after drizzle-kit generate' },
  ],
  async run(world, { flags }): Promise<Report> {
    const looked: Locked[] = []
    for (const project of await world.projects()) looked.push(await look(world, project))
    const edits = flags.write ? looked.flatMap(({ project, text }) => (text === undefined ? [] : [textEdit(lockPathIn(project.folder), text)])) : []
    if (edits.length > 0) await world.files.write(edits)
    const told = looked.map((each): Locked => (flags.write && each.text !== undefined ? { ...each, state: 'written' } : each))
    return {
      operation: 'lock',
      analysed: { migrations: told.reduce((sum, { migrations }) => sum + migrations, 0) },
      findings: told.flatMap(({ state, findings }) => (state === 'written' ? [] : findings)),
      unknown: [],
      data: { projects: told.map(({ project, migrations, state }) => ({ name: project.name, folder: project.folder, migrations, state })) },
      blocks: told.flatMap(blocksOf),
    }
  },
})
