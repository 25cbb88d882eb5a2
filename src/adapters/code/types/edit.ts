/** Changes of a text that leave every line where it is. */
import type { Replacement } from '../../../model/text.ts'

/** Takes a part out; `instead` stands in its first line. */
export const without = (source: string, { start, end }: { readonly start: number; readonly end: number }, instead = ''): Replacement => ({
  start,
  end,
  text: instead + source.slice(start, end).replaceAll(/[^\n]+/g, ''),
})

/** Puts a text before a part and another one behind it. */
export const around = ({ start, end }: { readonly start: number; readonly end: number }, before: string, after: string): readonly Replacement[] => [
  { start, end: start, text: before },
  { start: end, end, text: after },
]
