/** `profile`: the value-free statistics profile of an environment. */
import { readProfile } from '../features/profile.ts'
import { ToolError } from '../model/error.ts'
import { display } from '../model/name.ts'
import type { StatisticsProfile } from '../model/profile.ts'
import { type Block, type Report, toned } from '../model/report.ts'
import { textEdit } from '../model/text.ts'
import { defineOperation } from './define.ts'
import { displaySource, parseSource } from './source-ref.ts'

const shown = 15
const count = new Intl.NumberFormat('en')
const size = (bytes: number): string => {
  const step = ['B', 'kB', 'MB', 'GB', 'TB'].findLast((_unit, at) => bytes >= 1024 ** at) ?? 'B'
  return `${count.format(Math.round(bytes / 1024 ** ['B', 'kB', 'MB', 'GB', 'TB'].indexOf(step)))} ${step}`
}
const known = (value: number | undefined, text: (value: number) => string): string => (value === undefined ? 'unknown' : text(value))

const tableOf = ({ relations }: StatisticsProfile): Block => ({
  type: 'table',
  columns: [
    { title: 'table' },
    { title: 'rows', align: 'right' },
    { title: 'size', align: 'right' },
    { title: 'rows written/s', align: 'right' },
    { title: 'scans/s', align: 'right' },
  ],
  rows: Object.entries(relations)
    .toSorted(([, a], [, b]) => (b.bytes ?? 0) - (a.bytes ?? 0))
    .slice(0, shown)
    .map(([name, { rows, bytes, writes, reads }]) => [
      display(name),
      known(rows, (value) => count.format(value)),
      known(bytes, size),
      known(writes, (value) => count.format(value)),
      known(reads, (value) => count.format(value)),
    ]),
})

export const profile = defineOperation({
  name: 'profile',
  summary: 'Takes the statistics of a database: rows, sizes, traffic; never a value.',
  description:
    'Reads how many rows each table has (as the planner believes), how big it is and how much is read and written, from the statistics of the server, over a read-only connection. No row of yours is read. lint weighs findings by it.',
  arguments: [{ name: 'ENV', description: 'An environment of the configuration, or a postgres:// URL.', required: true }],
  flags: { out: { type: 'string', value: 'FILE', description: 'Write the profile to FILE; it holds names and numbers only, and may be committed.' } },
  examples: [{ command: 'pgstrata profile production --out pgstrata.profile.json', shows: 'what lint then weighs its findings by' }],
  async run(world, { arguments: [text = ''], flags }): Promise<Report> {
    const source = parseSource(text, world.config)
    if (source.type !== 'environment' && source.type !== 'url')
      throw new ToolError('source-not-supported', `${displaySource(source)} has no statistics.`, {
        help: 'Name an environment of the configuration or a postgres:// URL.',
      })
    await using session = await world.reader(source)
    const taken = await readProfile(session, source.type === 'environment' ? source.name : 'the database of the given URL', new Date(world.now()).toISOString())
    const tables = Object.keys(taken.relations).length
    if (flags.out !== undefined) await world.files.write([textEdit(flags.out, `${JSON.stringify(taken, null, 2)}\n`)])
    return {
      operation: 'profile',
      analysed: { tables },
      findings: [],
      data: taken,
      blocks: [
        { type: 'heading', level: 1, text: displaySource(source) },
        ...(tables === 0 ? [] : [tableOf(taken)]),
        ...(tables > shown ? [toned(`… ${tables - shown} smaller ones`, 'muted')] : []),
        ...(flags.out === undefined ? [] : [{ type: 'text', text: `Written to ${flags.out}.` } satisfies Block]),
      ],
      unknown: [],
      informs: true,
    }
  },
})
