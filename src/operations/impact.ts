/** `impact`: which entries of an application a part of the schema, or a change of it, touches. */
import { answerOf } from '../features/impact/answer.ts'
import { readTarget } from '../features/impact/read-target.ts'
import type { Report } from '../model/report.ts'
import { defineOperation } from './define.ts'
import { type Asked, assertAsked } from './impact/asked.ts'
import { dataOf } from './impact/data.ts'
import { findingsOf } from './impact/findings.ts'
import { footingOf } from './impact/ground.ts'
import { judgeAll } from './impact/judge.ts'
import { analysedBlocks, answerBlocks, judgedBlocks } from './impact/report.ts'
import { askCompiler } from './impact/types.ts'

/** Indexes and constraints are known by the migrations alone. */
const needsFolder = ({ targets, migrations, since }: Asked): boolean =>
  migrations.length > 0 || since !== undefined || targets.some((target) => /^(index|constraint):/.test(target))

export const impact = defineOperation({
  name: 'impact',
  summary: 'Shows which routes, jobs and pages a column or a change touches.',
  description:
    'Follows the TypeScript and JavaScript code of an application, without running it, from its entries (routes, pages, actions, procedures, jobs, scripts) to the queries that Drizzle sends, and answers which entries read and write a column, by which calls, and how sure that is. By name: a text of the code names it. Carried along: a whole-row select, a RETURNING or an INSERT names every column of schema.ts, so dropping the column breaks it too. A name may be the database’s or the code’s. Of a migration or a change it says what breaks before and after it, the risk, the order in which migration and releases can be deployed, what to do in which file, and which objects of the database depend on it. A column that this code no longer declares may still be used by the release that runs: ask with --release REF. What could not be followed is told, and is never taken for unused. With --types the project’s TypeScript compiler, which wants the project’s packages to be installed, is shown schema.ts without the column (or table, or value), and then with a type that fits nowhere: an error that is there only then is evidence, and it reaches components that no query names. It is blind to any, to Record<string, unknown> and to SQL texts.',
  arguments: [
    {
      name: 'target',
      description: 'What is asked about: column:TABLE.COLUMN, table:NAME, enum:TYPE, enumValue:TYPE.VALUE, index:NAME, constraint:NAME.',
      required: false,
      variadic: true,
    },
  ],
  flags: {
    migration: {
      type: 'strings',
      value: 'TAG',
      description: 'What a migration of the folder does to the code; repeatable. --since REF asks about all that are new.',
    },
    change: {
      type: 'strings',
      value: 'WORDS',
      description: 'A change to think about: "rename t.a to b", "drop t.a", "not null t.a", "type t.a to bigint", or a statement of SQL; repeatable.',
    },
    root: { type: 'string', value: 'DIR', description: 'The directory of the code.', default: '.' },
    types: {
      type: 'boolean',
      description: 'Ask the TypeScript compiler too, about each target: what no longer compiles without it, and what without its type.',
    },
    release: { type: 'string', value: 'REF', description: 'The code as it is at this commit, the release that runs, instead of the code here.' },
    full: { type: 'boolean', description: 'Shorten no list.' },
  },
  examples: [
    { command: 'pgstrata impact column:users.email', shows: 'which entries read and write a column, and by which calls' },
    { command: 'pgstrata impact table:orders enumValue:status.open', shows: 'several targets at once' },
    { command: 'pgstrata impact column:users.email --types', shows: 'the same, and each place that no longer compiles without the column' },
    { command: 'pgstrata impact --migration 0004_drop_email', shows: 'what a migration breaks, and the order to deploy it in' },
    {
      command: 'pgstrata impact --since origin/main --format sarif=impact.sarif',
      shows: 'the same of all new migrations, with a mark at each line of code that breaks',
    },
    {
      command: 'pgstrata impact --migration 0004_drop_email --release origin/main',
      shows: 'what it breaks in the code that has landed, after this branch has taken the column out',
    },
    { command: 'pgstrata impact --change "rename users.email to mail"', shows: 'what a change would mean, before it is written' },
  ],
  async run(world, { arguments: targets, flags }): Promise<Report> {
    const asked: Asked = { targets, migrations: flags.migration, since: world.judging.since, changes: flags.change, types: flags.types }
    assertAsked(asked)
    const footing = await footingOf(world, { root: flags.root, release: flags.release }, asked, needsFolder(asked))
    const { index, catalog, outcome } = footing
    const found = targets.map((text) => answerOf(index, outcome && catalog, readTarget({ facts: index.facts, catalog: outcome && catalog }, text)))
    const answers = flags.types ? await askCompiler(world, footing, found) : found
    const judged = await judgeAll(world, footing, asked)
    const { counts, tables, entries, gaps } = index.facts
    return {
      operation: 'impact',
      analysed: { ...counts, tables: tables.length, entries: entries.length, gaps: gaps.length },
      findings: judged.flatMap((each) => findingsOf(index, each, flags.root)),
      data: dataOf(footing, answers, judged),
      blocks: [
        ...answers.flatMap((answer) => answerBlocks(footing, answer, flags.full)),
        ...judged.flatMap((each) => judgedBlocks(each, flags.full)),
        ...analysedBlocks(footing, flags.full),
      ],
      unknown: judged.flatMap(({ unknown }) => unknown),
      chosen: true,
      ...(judged.length === 0 ? { informs: true } : {}),
    }
  },
})
