/** Changes of a text that leave every line where it is. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string }

/** Takes a part out; `instead` stands in its first line. */
export const without = (source: string, { start, end }: { readonly start: number; readonly end: number }, instead = ''): Edit => ({
  start,
  end,
  text: instead + source.slice(start, end).replaceAll(/[^\n]+/g, ''),
})

/** Puts a text before a part and another one behind it. */
export const around = ({ start, end }: { readonly start: number; readonly end: number }, before: string, after: string): readonly Edit[] => [
  { start, end: start, text: before },
  { start: end, end, text: after },
]

/** The edits do not overlap. */
export const edited = (source: string, edits: readonly Edit[]): string =>
  edits
    .toSorted((a, b) => b.start - a.start || b.end - a.end)
    .reduce((text, { start, end, text: next }) => text.slice(0, start) + next + text.slice(end), source)
