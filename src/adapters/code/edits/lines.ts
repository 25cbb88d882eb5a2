/** Where the lines of a text are after it was edited. */

/** Lines of the one text to those of the other. */
export type Lines = ReadonlyMap<number, number>

/** Each line is one line of the other text, and no two are the same one: what stands on a line could not be told apart any more. */
export class Aligned {
  readonly lines = new Map<number, number>()
  readonly #back = new Map<number, number>()

  /** False where one of them is another line's already. */
  put(before: number, after: number): boolean {
    const [there, back] = [this.lines.get(before) ?? after, this.#back.get(after) ?? before]
    this.lines.set(before, there)
    this.#back.set(after, back)
    return there === after && back === before
  }
}

/** In all forms that a tree has, these hold lines. */
export const isLine = (key: string, value: unknown): value is number => key === 'at' && typeof value === 'number'

/** Those too that are read when they are asked for: the code of a function. */
export const namesOf = (node: object): readonly string[] => {
  const names: string[] = []
  for (const name in node) names.push(name)
  return names
}
