/** Whether two texts of a file are the same code on other lines: an edit of comments, blank lines or layout. */
import type { FileTree } from '../tree.ts'
import { Aligned, isLine, type Lines, namesOf } from './lines.ts'

class Alignment extends Aligned {
  of(before: unknown, after: unknown): boolean {
    if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null) return before === after
    if (Array.isArray(before)) return Array.isArray(after) && before.length === after.length && before.every((one, at) => this.of(one, after[at]))
    const names = namesOf(before)
    return names.length === namesOf(after).length && names.every((name) => this.#property(name, before[name as never], after[name as never]))
  }

  #property(name: string, before: unknown, after: unknown): boolean {
    return isLine(name, before) && isLine(name, after) ? this.put(before, after) : this.of(before, after)
  }
}

/** The file itself begins where it does, whatever stands there. */
const withoutTop = ({ functions: [file, ...functions], ...tree }: FileTree): unknown => ({
  ...tree,
  functions,
  file: { ...file, params: file?.params, body: file?.body, at: 0 },
})

/** Where each line of the code is now; undefined where the code is another one, or does not parse. */
export const sameCode = (before: FileTree, after: FileTree): Lines | undefined => {
  const alignment = new Alignment()
  return before.broken || after.broken || !alignment.of(withoutTop(before), withoutTop(after)) ? undefined : alignment.lines
}
