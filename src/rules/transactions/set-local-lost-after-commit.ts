import type { BatchStep } from '../../changes/batch.ts'
import type { Change } from '../../model/change.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { type BatchView, defineBatchRule } from '../define.ts'
import { isLost, isWork, type SetStep, setsOf, unguardedWaits } from '../lock-waits.ts'
import { shown } from '../statement-words.ts'

const timeouts: ReadonlySet<string> = new Set(['statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout'])

/** Statements that only end transactions, set something or say nothing to anybody. */
const isQuiet = ({ moves }: BatchStep): boolean => moves.every(({ change }) => change.kind === 'control-transaction' || change.kind === 'set-session')

/** The first statement that was meant to run under a setting that is over. */
const missedBy = ({ batch }: BatchView, set: SetStep): BatchStep | undefined => {
  const { setting } = set.change
  if (setting === 'lock_timeout') return unguardedWaits(batch).find((wait) => wait.because === 'lost' && wait.set?.at === set.at)?.wait.at
  return batch.steps.find(
    (at) => at.position > set.at.position && isLost(batch, set, at) && !at.settings.has(setting) && !isQuiet(at) && (!timeouts.has(setting) || isWork(at)),
  )
}

const localSets = ({ batch }: BatchView): readonly SetStep[] => {
  const settings = new Set(batch.steps.flatMap(({ moves }) => moves.map(({ change }) => change).filter(isSet)).map(({ setting }) => setting))
  return [...settings].flatMap((setting) => setsOf(batch, setting)).filter(({ change }) => change.local && change.value !== undefined)
}

const isSet = (change: Change): change is Change<'set-session'> => change.kind === 'set-session'

export const setLocalLostAfterCommit = defineBatchRule({
  id: 'set-local-lost-after-commit',
  severity: 'warning',
  summary: 'A SET LOCAL has no effect on statements that count on it: no transaction is open, or the one that it holds for is over.',
  why: 'SET LOCAL ends with its transaction. After a COMMIT inside of a migration, and wherever statements run one by one, PostgreSQL goes back to the value of the session without a word that fails.',
  instead: 'Set it again behind the COMMIT with SET, and RESET it at the end of the file.',
  check(view) {
    return localSets(view).flatMap((set) => {
      const missed = missedBy(view, set)
      if (!missed) return []
      const { setting, value } = set.change
      const over = set.at.inBlock ? 'ended with its transaction' : 'stands outside of a transaction and does nothing'
      return [
        {
          at: missed,
          message: `“${shown(missed)}” runs without ${setting}: SET LOCAL ${over}.`,
          object: setting,
          remedy: {
            title: 'Set it for the session',
            steps: [
              {
                when: 'before' as const,
                sql: [`SET ${setting} = ${(value ?? []).map(quoteLiteral).join(', ')}`],
                note: `RESET ${setting} at the end of the file.`,
              },
            ],
          },
        },
      ]
    })
  },
  bad: [
    {
      shows: 'a COMMIT between the setting and the lock',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s';\n--> statement-breakpoint\nCOMMIT;\n--> statement-breakpoint\nALTER TABLE users ADD COLUMN age int",
      also: ['manual-commit-in-drizzle-tx'],
    },
    {
      shows: 'statements that run one by one',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN age int",
      runner: 'none',
    },
    {
      shows: 'a search path that is gone',
      given: 'CREATE SCHEMA app; CREATE TABLE app.users (id bigint PRIMARY KEY)',
      sql: 'BEGIN;\nSET LOCAL search_path TO app;\nCOMMIT;\nCREATE TABLE tags (id bigint PRIMARY KEY)',
      runner: 'none',
    },
  ],
  good: [
    {
      shows: 'all of it in one transaction',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN age int",
    },
    {
      shows: 'set again for the session behind the COMMIT',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "BEGIN;\nSET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN a int;\nCOMMIT;\nSET lock_timeout = '5s';\nALTER TABLE users ADD COLUMN b int;\nRESET lock_timeout",
      runner: 'none',
    },
  ],
})
