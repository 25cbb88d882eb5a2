/** Whether two texts of a file are the same code on other lines: an edit of comments, blank lines or layout. */
import type { FileTree } from './tree.ts'

/** Lines of the one text to those of the other. */
export type Lines = ReadonlyMap<number, number>

/** In all forms that a tree has, these hold lines. */
const isLine = (key: string, value: unknown): value is number => (key === 'at' || key === 'end') && typeof value === 'number'

/** Those too that are read when they are asked for: the code of a function. */
const namesOf = (node: object): readonly string[] => {
  const names: string[] = []
  for (const name in node) names.push(name)
  return names
}

class Alignment {
  readonly lines = new Map<number, number>()

  #line(before: number, after: number): boolean {
    const known = this.lines.get(before) ?? after
    this.lines.set(before, known)
    // Two things of one line that are on two lines now: which of them was meant is not known any more.
    return known === after
  }

  of(before: unknown, after: unknown): boolean {
    if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null) return before === after
    if (Array.isArray(before)) return Array.isArray(after) && before.length === after.length && before.every((one, at) => this.of(one, after[at]))
    const names = namesOf(before)
    return names.length === namesOf(after).length && names.every((name) => this.#property(name, before[name as never], after[name as never]))
  }

  #property(name: string, before: unknown, after: unknown): boolean {
    return isLine(name, before) && isLine(name, after) ? this.#line(before, after) : this.of(before, after)
  }
}

/** The file itself begins and ends where it does, whatever stands there. */
const withoutEnds = ({ functions: [file, ...functions], ...tree }: FileTree): unknown => ({
  ...tree,
  functions,
  file: { ...file, params: file?.params, body: file?.body, at: 0, end: 0 },
})

/** Where each line of the code is now; undefined where the code is another one, or does not parse. */
export const sameCode = (before: FileTree, after: FileTree): Lines | undefined => {
  const alignment = new Alignment()
  return before.broken || after.broken || !alignment.of(withoutEnds(before), withoutEnds(after)) ? undefined : alignment.lines
}
