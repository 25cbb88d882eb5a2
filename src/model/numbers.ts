/** Counts as people read them. */

/** `12,345`. Loading what Node knows of languages takes longer than a short report: it is asked for large counts only. */
export const digits = (count: number): string => (Math.abs(count) < 1000 ? String(count) : count.toLocaleString('en-US'))

/** `1 index`, `12,345 indexes`: a count with its noun. `many` is the plural where it is not the word with an `s`. */
export const plural = (count: number, word: string, many = `${word}s`): string => `${digits(count)} ${count === 1 ? word : many}`
