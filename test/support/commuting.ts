/** PostgreSQL as the judge of what is said of two histories: generated ones. */
import * as fc from 'fast-check'
import { replay } from '../../src/changes/replay.ts'
import { commute, type Verdict } from '../../src/features/collision/commute.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import { differences, isColumnOrder, type PrintedCatalog } from '../../src/model/printed.ts'
import { readScript } from '../../src/sql/script.ts'
import { type Fork, forks } from './generate.ts'
import { seedOf } from './generated-memory.ts'
import type { Judge } from './generated-postgres.ts'

/** What both say; `void` where a side does not even run alone in the server. */
export type Said = { readonly memory: Verdict; readonly postgres: 'commutes' | 'conflicts' | 'void'; readonly told: string }

const lines = (tag: string, statements: readonly string[]) => [{ tag, script: readScript(statements.join('\n--> statement-breakpoint\n')) }]

type Ran = { readonly printed?: PrintedCatalog; readonly at?: number; readonly why?: string }

/** One order behind the base that has run; taken back. */
const runOrder = async ({ engine, session }: Judge, first: readonly string[], second: readonly string[]): Promise<Ran> => {
  await session.script('SAVEPOINT base')
  try {
    for (const [at, statements] of [first, second].entries()) {
      for (const sql of statements) {
        try {
          await session.script(sql)
        } catch (error) {
          if (error instanceof PostgresRefusal) return { at, why: `${error.sqlstate} ${error.message} in ${sql}` }
          throw error
        }
      }
      await session.script('RESET ALL')
    }
    return { printed: await engine.print(session, { inTransaction: true }) }
  } finally {
    await session.script('ROLLBACK TO SAVEPOINT base; RELEASE SAVEPOINT base')
  }
}

const judged = async (judge: Judge, { base, landed, mine }: Fork): Promise<Pick<Said, 'postgres' | 'told'>> => {
  await judge.session.script('BEGIN')
  try {
    await judge.session.script(base.join(';\n'))
    await judge.session.script('RESET ALL')
    const [ab, ba] = [await runOrder(judge, landed, mine), await runOrder(judge, mine, landed)]
    const told = [ab.why ?? 'runs', ba.why ?? 'runs'].join(' | ')
    if (ab.at === 0 || ba.at === 0) return { postgres: 'void', told }
    if (!ab.printed || !ba.printed) return { postgres: 'conflicts', told }
    const found = differences(ab.printed, ba.printed).filter((difference) => !isColumnOrder(difference))
    const shown = found.slice(0, 3).map(({ kind, identity, from, to }) => `${kind} ${identity} ${JSON.stringify(from)} ${JSON.stringify(to)}`)
    return { postgres: found.length === 0 ? 'commutes' : 'conflicts', told: shown.join('; ') || told }
  } catch (error) {
    if (error instanceof PostgresRefusal) return { postgres: 'void', told: `${error.sqlstate} ${error.message}` }
    throw error
  } finally {
    await judge.session.script('ROLLBACK; RESET ALL; DISCARD TEMP')
  }
}

const both = async (judge: Judge, fork: Fork): Promise<Said> => {
  const { catalog } = replay([readScript(fork.base.join('\n--> statement-breakpoint\n'))])
  const found = commute(catalog, lines('landed', fork.landed), lines('mine', fork.mine))
  const about = [...found.conflicts, ...found.warnings].map((each) => `${each.class} ${each.explanation}`).join(' / ')
  const { postgres, told } = await judged(judge, fork)
  return { memory: found.verdict, postgres, told: `${told}\n  memory: ${about || found.unknown.map(({ why }) => why).join(' / ')}` }
}

export type Commuting = { readonly runs: number; readonly told: ReadonlyMap<string, number> }

const isWrong = ({ memory, postgres }: Said): boolean =>
  postgres !== 'void' && ((memory === 'commutes' && postgres === 'conflicts') || (memory === 'conflicts' && postgres === 'commutes'))

/** Draws forks and compares; throws the shortest on which memory and PostgreSQL say different things. */
export const commutingAsPostgres = async (judge: Judge, runs: number, lengths = { base: 12, side: 2 }): Promise<Commuting> => {
  const told = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(forks(lengths), async (fork) => {
      const said = await both(judge, fork)
      const key = `${said.memory} / ${said.postgres}`
      told.set(key, (told.get(key) ?? 0) + 1)
      if (isWrong(said))
        throw new Error(
          `memory: ${said.memory}, PostgreSQL: ${said.postgres}\n  ${said.told}\n  ${[...fork.base, '-- landed', ...fork.landed, '-- mine', ...fork.mine].join(';\n  ')}`,
        )
    }),
    { numRuns: runs, seed: seedOf() },
  )
  return { runs, told }
}
