/** `merge-driver`: git is made to stop where migrations collide, also where its lines would have fitted. */
import { ToolError } from '../model/error.ts'
import { plural } from '../model/numbers.ts'
import type { Block, Report, Text } from '../model/report.ts'
import type { World } from '../model/world.ts'
import { defineOperation } from './define.ts'
import { drive } from './merge-driver/driver.ts'
import { carryOut, type Installation, installation, removal } from './merge-driver/install.ts'

type Wanted = { readonly install: boolean; readonly uninstall: boolean; readonly write: boolean; readonly hooks: boolean }

const nameOf = (path: string, root: string): string => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path)

const rowsOf = ({ edits, settings }: Installation, root: string): readonly (readonly Text[])[] => [
  ...edits.map((edit) => [nameOf(edit.path, root), 'remove' in edit ? 'goes' : 'written']),
  ...settings.map(({ key, value }) => [`git config ${key}`, value ?? 'taken out']),
]

const summary = ({ edits, settings }: Installation, { uninstall, write }: Wanted): string => {
  const count = edits.length + settings.length
  if (count === 0) return uninstall ? 'Nothing of it is here.' : 'It is installed: nothing is to be done.'
  return `${plural(count, 'change')} ${write ? 'made' : 'to be made'}.`
}

const reportOf = (found: Installation, wanted: Wanted, root: string): Report => {
  const rows = rowsOf(found, root)
  const again = `pgstrata merge-driver ${wanted.uninstall ? '--uninstall' : '--install'}${wanted.hooks ? '' : ' --no-hooks'} --write`
  const blocks: readonly Block[] = [
    { type: 'text', text: summary(found, wanted) },
    ...(rows.length === 0 ? [] : [{ type: 'table', columns: [{ title: 'what' }, { title: wanted.write ? 'was' : 'will be' }], rows } satisfies Block]),
    ...found.byHand.map(
      ({ path, lines }): Block => ({ type: 'code', language: 'sh', text: lines.join('\n'), caption: `${path} is not ours to change; add this to it` }),
    ),
    ...(rows.length === 0 || wanted.write ? [] : [{ type: 'code', language: 'sh', text: again, caption: 'does it' } satisfies Block]),
  ]
  return {
    operation: 'merge-driver',
    analysed: { files: found.edits.length, settings: found.settings.length },
    findings: [],
    unknown: [],
    data: {
      written: wanted.write && rows.length > 0,
      files: found.edits.map((edit) => ({ path: nameOf(edit.path, root), change: 'remove' in edit ? 'remove' : 'write' })),
      settings: found.settings.map(({ key, value }) => ({ key, value: value ?? null })),
      byHand: found.byHand.map(({ path, lines }) => ({ path, lines: [...lines] })),
    },
    blocks,
    informs: true,
  }
}

const setUp = async (world: World, wanted: Wanted): Promise<Report> => {
  const root = await world.git.root()
  if (root === undefined) throw new ToolError('no-repository', 'There is no git repository here.', { help: 'Run it inside the repository.' })
  const found = wanted.uninstall ? await removal(world) : await installation(world, wanted.hooks)
  if (wanted.write) await carryOut(world, found)
  return reportOf(found, wanted, root)
}

export const mergeDriver = defineOperation({
  name: 'merge-driver',
  summary: 'Makes git stop at migrations that collide; --install sets it up.',
  description:
    'Git calls it with one file at a time: the base, ours, theirs, and the path. It never puts migrations in line, because one file does not say which side has landed: where one side’s journal holds all of the other’s it takes that one, and otherwise it leaves a conflict (exit code 1) with valid JSON in the file, also where git’s own merge of lines would have passed. pgstrata resolve --write then does the work. With --install it shows what is set up: lines in .gitattributes (committed, for all), the driver in the configuration of this clone, and hooks that tell of collisions after a merge or rebase and before a push; --write does it. Where it is not installed git makes an ordinary conflict.',
  arguments: [
    { name: 'base', description: 'The file with the common text: %O.', required: false },
    { name: 'ours', description: 'The file with our text, which the result is written to: %A.', required: false },
    { name: 'theirs', description: 'The file with their text: %B.', required: false },
    { name: 'path', description: 'What the file is called in the repository: %P.', required: false },
  ],
  flags: {
    install: { type: 'boolean', description: 'Show what sets it up in this clone.' },
    uninstall: { type: 'boolean', description: 'Show what takes exactly that back.' },
    write: { type: 'boolean', description: 'With --install or --uninstall: do it.' },
    hooks: { type: 'boolean', default: true, description: 'Leave the hooks out: only the driver.' },
  },
  examples: [
    { command: 'pgstrata merge-driver --install', shows: 'what would be written and configured' },
    { command: 'pgstrata merge-driver --install --write', shows: 'the same, done' },
    { command: 'pgstrata merge-driver --uninstall --write', shows: 'taken back' },
  ],
  async run(world, { arguments: files, flags }): Promise<Report> {
    if (flags.install && flags.uninstall) throw new ToolError('usage', '--install and --uninstall do not go together.')
    if (flags.install || flags.uninstall) {
      if (files.length > 0) throw new ToolError('usage', `--${flags.install ? 'install' : 'uninstall'} takes no files.`)
      return setUp(world, flags)
    }
    if (files.length !== 4 || flags.write)
      throw new ToolError('usage', 'The driver wants four files: base, ours, theirs, and the path.', { help: 'pgstrata merge-driver --install sets it up.' })
    return drive(world, files)
  },
})
