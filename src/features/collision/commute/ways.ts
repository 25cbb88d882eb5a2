/** What can be done about two statements that do not get along. */
import type { ClassNumber } from '../classes.ts'
import type { Conflict, Way } from './verdict.ts'

const dropMine = (text: string): Way => ({ id: 'drop-mine', text, who: 'tool', sql: [] })

/** The ways of a class, the first the one that is proposed, and the one that loses nothing. */
export const waysOf = (number: ClassNumber): Pick<Conflict, 'ways' | 'settles'> => {
  switch (number) {
    case 7:
      return { ways: [dropMine('Take the statement out of mine: what it does has landed.')], settles: 'drop-mine' }
    default:
      return { ways: [dropMine('Give up mine.')] }
  }
}
