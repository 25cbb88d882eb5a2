/**
 * The parts of a template as one text for PostgreSQL's parser. Tables and columns that are symbols are written as names that no SQL has (`"\u0001" + number`), so
 * that they parse wherever a name may stand and are told from text. A value that is no expression where it stands (`IN ${list}`, `ORDER BY x ${direction}`) is tried
 * as other things, in the order of `forms`.
 */
import { quoteIdentifier } from '../../../model/name.ts'
import type { ColumnPart, SqlPart, TablePart } from './nouns.ts'

/** Begins the name of a symbol; a number in `Spelling.symbols` follows. */
const symbolMark = '\u0001'
/** Begins a name that is not known. */
const unknownMark = '\u0002'

export type Symbol = { readonly table: TablePart } | { readonly column: ColumnPart }

/** `unknown`: it may be any SQL, and nobody has read it. */
type Hole = { readonly unknown: boolean; readonly strings: readonly string[] }

export type Spelling = {
  /** Texts around the holes: one more than there are holes. */
  readonly texts: readonly string[]
  readonly holes: readonly Hole[]
  readonly symbols: readonly Symbol[]
  /** A name is not known. */
  readonly computed: boolean
}

const keyOf = (symbol: Symbol): string => JSON.stringify(symbol)

class Speller {
  readonly texts = ['']
  readonly holes: Hole[] = []
  readonly symbols: Symbol[] = []
  readonly #numbers = new Map<string, number>()
  computed = false

  add(parts: readonly SqlPart[]): void {
    for (const part of parts) this.#part(part)
  }

  #part(part: SqlPart): void {
    if (typeof part === 'string') this.#text(part)
    else if ('nested' in part) this.add(part.nested)
    else if ('value' in part) this.#hole({ unknown: false, strings: part.value.strings ?? [] })
    else if ('unknown' in part) this.#hole({ unknown: !part.read, strings: [] })
    else if ('identifier' in part) this.#identifier(part.identifier.name)
    else this.#symbol(part)
  }

  #text(text: string): void {
    this.texts.push(`${this.texts.pop() ?? ''}${text}`)
  }

  #hole(hole: Hole): void {
    this.holes.push(hole)
    this.texts.push('')
  }

  #identifier(name: string | undefined): void {
    if (name === undefined) this.computed = true
    this.#text(quoteIdentifier(name ?? unknownMark))
  }

  #symbol(symbol: Symbol): void {
    const key = keyOf(symbol)
    const number = this.#numbers.get(key) ?? this.symbols.push(symbol) - 1
    this.#numbers.set(key, number)
    this.#text(`"${symbolMark}${number}"`)
  }
}

export const spell = (parts: readonly SqlPart[]): Spelling => {
  const speller = new Speller()
  speller.add(parts)
  return speller
}

/** Parameters are numbered from here, so that they are told from those that the text has itself. */
const firstHole = 1000

/** The hole of a parameter. */
export const holeOf = (parameter: number): number => parameter - firstHole

const asParameter = (hole: number): string => `$${firstHole + hole}`

const forms: readonly ((hole: number) => string)[] = [asParameter, () => '', (hole) => `"${unknownMark}${hole}"`, (hole) => `(${asParameter(hole)})`]

export const formCount = forms.length

/** The text with each hole in its chosen form, and where each hole begins and ends. */
export const printed = (
  { texts }: Pick<Spelling, 'texts'>,
  chosen: readonly number[],
): { readonly text: string; readonly stretches: readonly (readonly [number, number])[] } => {
  let text = texts[0] ?? ''
  const stretches = chosen.map((form, hole): readonly [number, number] => {
    const written = forms[form]?.(hole) ?? ''
    const start = text.length
    text += `${written}${texts[hole + 1] ?? ''}`
    return [start, start + written.length]
  })
  return { text, stretches }
}

/** A name that is not known, or of which a piece is not: `events_${month}`. */
export const isUnknown = (name: string): boolean => name.startsWith(unknownMark) || /\$1\d{3}/.test(name)

/** The symbol that a name stands for. */
export const symbolOf = (symbols: readonly Symbol[], name: string): Symbol | undefined =>
  name.startsWith(symbolMark) ? symbols[Number(name.slice(symbolMark.length))] : undefined
