/** Whether two histories that start at one catalog get along: both orders run in memory, and leave catalogs that are equal up to the order of columns. */
import type { Catalog } from '../../model/catalog.ts'
import type { Unknown } from '../../model/finding.ts'
import { displayKey } from '../../model/name.ts'
import { actsOf } from './commute/acts.ts'
import { conflictsOf, warningsOf } from './commute/conflicts.ts'
import { guesses } from './commute/guesses.ts'
import { alone } from './commute/orders.ts'
import { beyondMemory } from './commute/reach.ts'
import type { Commutation, Line, Side, Verdict } from './commute/verdict.ts'

export type { Commutation, Conflict, Line, Outcome, Participant, Side, Verdict, Way } from './commute/verdict.ts'

const unread = (side: Side, lines: readonly Line[]): readonly Unknown[] =>
  lines.flatMap(({ tag, script }) =>
    script.faults.map(({ message, at }) => ({ what: `${tag} (${side}), line ${at.line}`, why: `it is no SQL: ${message}`, help: 'Mend the statement.' })),
  )

const verdictOf = ({ conflicts, warnings, unknown }: Omit<Commutation, 'verdict'>): Verdict => {
  if (conflicts.length > 0) return 'conflicts'
  if (unknown.length > 0) return 'unknown'
  return warnings.some((warning) => warning.class === 17) ? 'depends' : 'commutes'
}

/** What is said of both histories without a database. What memory cannot follow is unknown, never taken for apart. */
export const commute = (base: Catalog, landedLines: readonly Line[], mineLines: readonly Line[]): Commutation => {
  const [landed, mine] = [alone(base, actsOf('landed', landedLines)), alone(base, actsOf('mine', mineLines))]
  const place = (effect: (typeof landed.effects)[number]): string => `${effect.act.tag} (${effect.act.side}), line ${effect.act.statement.start.line}`
  const { conflicts, spelling } = conflictsOf(base, landed, mine)
  const unknown: readonly Unknown[] = [
    ...unread('landed', landedLines),
    ...unread('mine', mineLines),
    ...[...landed.broken, ...mine.broken].map((effect) => ({
      what: place(effect),
      why: `PostgreSQL refuses the statement where its own side stands alone: ${effect.step.refused?.message} (SQLSTATE ${effect.step.refused?.sqlstate})`,
    })),
    ...[...beyondMemory(landed, mine), ...beyondMemory(mine, landed)].map(({ effect, reason }) => ({
      what: place(effect),
      why: `memory cannot follow it (${reason}), and it may reach what the other side does`,
      help: 'Let both orders run in PostgreSQL.',
    })),
    ...spelling.map((object) => ({
      what: displayKey(object),
      why: 'memory has it in two ways that may mean the same to PostgreSQL: an expression that is written anew when a type changes, or a definition that both sides alter',
      help: 'Let both orders run in PostgreSQL.',
    })),
    ...guesses(landed, mine).map((guess) => ({
      what: `${place(guess.landed)}; ${place(guess.mine)}`,
      why: `${displayKey(guess.object)}: ${guess.why}`,
      help: 'Let both orders run in PostgreSQL.',
    })),
  ]
  const found = { conflicts, warnings: warningsOf(base, landed, mine, conflicts), unknown }
  return { verdict: verdictOf(found), ...found }
}
