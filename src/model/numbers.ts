/** Counts as people read them. */

/** `1 index`, `2 indexes`: a count with its noun. `many` is the plural where it is not the word with an `s`. */
export const plural = (count: number, word: string, many = `${word}s`): string => `${count} ${count === 1 ? word : many}`

/** `12,345` */
export const digits = (count: number): string => count.toLocaleString('en-US')
