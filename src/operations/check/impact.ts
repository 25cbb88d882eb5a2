/** What the new migrations break in the code: their blast radius. */
import type { Finding } from '../../model/finding.ts'
import type { Migration } from '../../model/history.ts'
import { plural } from '../../model/numbers.ts'
import { reportedFinding } from '../../rules/report.ts'
import { entriesText, isOne } from '../impact/words.ts'
import { type Landed, landedIn } from '../landed.ts'
import type { Code } from './code.ts'
import { type Blast, type Blow, blastOf, isSure, type Sides, sidesOf } from './impact/blast.ts'
import { breakingOf } from './impact/breaking.ts'
import { blastsData } from './impact/data.ts'
import { blastBlocks, codeText, namesText, shownText, unusedText } from './impact/words.ts'
import { type Part, statementKey } from './part.ts'
import type { Subject } from './subject.ts'

const nothing = (shown: string, unknown: Part['unknown'] = []): Part => ({
  name: 'impact',
  analysed: {},
  findings: [],
  unknown,
  shown,
  data: { migrations: [] },
})

const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

const findingOf = ({ migration, file, order }: Blast, blow: Blow, sides: Sides, root: string): readonly Finding[] => {
  const { effect, breaks, uses } = blow.running
  if (uses.length === 0) return []
  const sure = isSure(blow)
  const who = breaks.length === 0 ? plural(uses.length, 'place') : entriesText(breaks)
  const sends = isOne(breaks) || (breaks.length === 0 && uses.length === 1) ? 'sends' : 'send'
  const names = breaks.length === 0 ? 'no entry was seen to reach it' : namesText(breaks)
  return [
    reportedFinding(
      'impact-breaks-entries',
      `${capitalised(effect.what)}: what ${who} of ${codeText(sides, root)} ${sends} ${sure ? 'is' : 'may be'} refused once it has run (${names}).`,
      { file, migration: migration.tag, ...(effect.statement ? { line: effect.statement.start.line, statement: effect.statement.index } : {}) },
      effect.what,
      {
        help: `Deploy: ${order}. In a release before: ${effect.advice}. The calls: pgstrata impact --migration ${migration.tag}${sides.commit === undefined ? '' : ` --release ${sides.commit.slice(0, 9)}`}.`,
        ...(sure ? {} : { severity: 'note' }),
      },
    ),
  ]
}

const remarksOf = (blasts: readonly Blast[], sides: Sides, root: string): ReadonlyMap<string, string> =>
  new Map(
    blasts.flatMap(({ migration, blows }) =>
      blows.flatMap((blow): readonly (readonly [string, string])[] => {
        const { statement } = blow.running.effect
        const remark = unusedText(blow, sides, root)
        return statement && remark !== undefined ? [[statementKey({ migration: migration.tag, statement: statement.index }), remark]] : []
      }),
    ),
  )

const judge = async (subject: Subject, code: Code, { commit }: Landed, fresh: readonly Migration[]): Promise<Part> => {
  const { folder, migrations, unknown } = await breakingOf(subject, fresh)
  if (migrations.length === 0) return nothing(`${plural(fresh.length, 'new migration')}, none of which takes anything away from code`, unknown)
  subject.world.progress({ step: `following the code of ${code.root}`, done: 0, total: undefined })
  const sides = await sidesOf(code, commit)
  const where = code.root === '.' ? 'here' : `in ${code.root}`
  if (!sides) return nothing(`no code ${where} declares a Drizzle table, so nothing is known of what breaks; --root DIR names its directory`, unknown)
  const blasts = migrations.map((migration) => blastOf(sides, folder, migration))
  const { files, followed } = sides.running.facts.counts
  return {
    name: 'impact',
    analysed: { files, followed },
    findings: blasts.flatMap((blast) => blast.blows.flatMap((blow) => findingOf(blast, blow, sides, code.root))),
    unknown,
    shown: shownText(blasts, fresh.length),
    data: blastsData(blasts, sides, code.root),
    blocks: blastBlocks(blasts, sides, code.root),
    remarks: remarksOf(blasts, sides, code.root),
  }
}

/** Asks only where something is new: code is followed where a new migration can break it. */
export const impactPart = async (subject: Subject, code: Code): Promise<Part> => {
  const { world, history, project } = subject
  const landed = await landedIn(world, project.folder)
  const fresh = landed ? history.migrations.filter(({ tag }) => !landed.landed.has(tag)) : []
  return landed && fresh.length > 0 ? await judge(subject, code, landed, fresh) : nothing('no migration is new')
}
