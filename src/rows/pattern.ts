/** Texts that match a regular expression: as many different ones as it lets through. What is not understood here gives none. */

type Node =
  | { readonly kind: 'letters'; readonly letters: string }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly among: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly min: number; readonly max: number }

const lower = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const upper = lower.toUpperCase()
const word = `${lower}${digits}${upper}_`
const all = `${lower}${digits}${upper} -_.`

const classes: Readonly<Record<string, string>> = { d: digits, w: word, s: ' ', D: lower, W: '-', S: `${lower}${digits}` }
const named: Readonly<Record<string, string>> = {
  alpha: lower + upper,
  digit: digits,
  alnum: lower + digits + upper,
  lower,
  upper,
  xdigit: `${digits}abcdef`,
  space: ' ',
  punct: '-_.',
}
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

class NotUnderstood extends Error {}

/** Reads the common part of POSIX's advanced regular expressions. Anchors are nothing: what is written is the whole text. */
class Reader {
  readonly #pattern: string
  #at = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  read(): Node {
    const node = this.#choice()
    if (this.#at < this.#pattern.length) throw new NotUnderstood(this.#pattern)
    return node
  }

  #peek(): string {
    return this.#pattern[this.#at] ?? ''
  }

  #take(): string {
    const letter = this.#peek()
    if (letter === '') throw new NotUnderstood(this.#pattern)
    this.#at++
    return letter
  }

  #skip(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #choice(): Node {
    const among = [this.#sequence()]
    while (this.#skip('|')) among.push(this.#sequence())
    return among.length === 1 && among[0] ? among[0] : { kind: 'choice', among }
  }

  #sequence(): Node {
    const parts: Node[] = []
    while (this.#peek() !== '' && this.#peek() !== '|' && this.#peek() !== ')') {
      const atom = this.#atom()
      if (atom) parts.push(this.#repeated(atom))
    }
    return { kind: 'sequence', parts }
  }

  #atom(): Node | undefined {
    const letter = this.#take()
    if (letter === '^' || letter === '$') return undefined
    if (letter === '(') return this.#group()
    if (letter === '[') return { kind: 'letters', letters: this.#bracket() }
    if (letter === '.') return { kind: 'letters', letters: `${lower}${digits}` }
    if (letter === '\\') return this.#escape()
    return { kind: 'letters', letters: letter }
  }

  #group(): Node {
    if (!this.#skip('?:') && this.#peek() === '?') throw new NotUnderstood(this.#pattern)
    const inner = this.#choice()
    if (!this.#skip(')')) throw new NotUnderstood(this.#pattern)
    return inner
  }

  #escape(): Node | undefined {
    const letter = this.#take()
    if ('ymMAZ'.includes(letter)) return undefined
    if (digits.includes(letter)) throw new NotUnderstood(this.#pattern)
    return { kind: 'letters', letters: classes[letter] ?? escapes[letter] ?? letter }
  }

  #bracket(): string {
    const negated = this.#skip('^')
    let letters = ''
    do letters += this.#bracketPart()
    while (!this.#skip(']'))
    return negated ? [...all].filter((letter) => !letters.includes(letter)).join('') : letters
  }

  #bracketPart(): string {
    if (this.#skip('[:')) {
      const end = this.#pattern.indexOf(':]', this.#at)
      const name = this.#pattern.slice(this.#at, end)
      this.#at = end + 2
      return named[name] ?? ''
    }
    const from = this.#bracketLetter()
    if (from.length > 1 || this.#peek() !== '-' || this.#pattern[this.#at + 1] === ']') return from
    this.#take()
    return between(from, this.#bracketLetter())
  }

  #bracketLetter(): string {
    const letter = this.#take()
    if (letter !== '\\') return letter
    const escaped = this.#take()
    return classes[escaped] ?? escapes[escaped] ?? escaped
  }

  #repeated(of: Node): Node {
    const bounds = this.#bounds()
    if (!bounds) return of
    this.#skip('?')
    return { kind: 'repeat', of, min: bounds[0], max: bounds[1] }
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.#skip('*')) return [0, Number.POSITIVE_INFINITY]
    if (this.#skip('+')) return [1, Number.POSITIVE_INFINITY]
    if (this.#skip('?')) return [0, 1]
    const [written, min = '', comma, max] = /^\{(\d+)(,?)(\d*)\}/.exec(this.#pattern.slice(this.#at)) ?? []
    if (written === undefined) return undefined
    this.#at += written.length
    return [Number(min), comma ? (max ? Number(max) : Number.POSITIVE_INFINITY) : Number(min)]
  }
}

/** The letters from one to another; the whole of Unicode has enough of them in its first few. */
const between = (from: string, to: string): string => {
  const [first, last] = [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0]
  return Array.from({ length: Math.min(Math.max(last - first + 1, 0), 128) }, (_, at) => String.fromCodePoint(first + at)).join('')
}

/** A text, and what is left of the number that chose it. The last place counts fastest, as in a number. */
type Written = { readonly text: string; readonly rest: number }

const writeParts = (parts: readonly Node[], number: number, often: number): Written =>
  parts.reduceRight<Written>(
    ({ text, rest }, part) => {
      const before = write(part, rest, often)
      return { text: before.text + text, rest: before.rest }
    },
    { text: '', rest: number },
  )

const write = (node: Node, number: number, often: number): Written => {
  switch (node.kind) {
    case 'letters': {
      const letters = [...node.letters]
      if (letters.length === 0) throw new NotUnderstood()
      return { text: letters[number % letters.length] ?? '', rest: Math.floor(number / letters.length) }
    }
    case 'sequence':
      return writeParts(node.parts, number, often)
    case 'choice': {
      const chosen = node.among[number % node.among.length]
      return chosen ? write(chosen, Math.floor(number / node.among.length), often) : { text: '', rest: number }
    }
    case 'repeat': {
      const times = Math.min(Math.max(node.min, often), node.max)
      return writeParts(
        Array.from({ length: times }, () => node.of),
        number,
        often,
      )
    }
  }
}

const read = (pattern: string): Node | undefined => {
  try {
    return new Reader(pattern.replace(/^\(\?[a-z]+\)/, '')).read()
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined
    throw error
  }
}

/** How often a part is repeated that may be repeated at will: the first of these with which the text has the length that it must. */
const repetitions = [4, 1, 0, 2, 3, 6, 8, 12, 16, 24, 32, 64, 128]

const fits = ({ min = 0, max = Number.POSITIVE_INFINITY }: { readonly min?: number; readonly max?: number }, text: string): boolean =>
  text.length >= min && text.length <= max

/** Texts for the numbers from `first` on that match a pattern and have a length within `length`; empty where the pattern is not understood. */
export const matching = (pattern: string, first: number, count: number, length: { readonly min?: number; readonly max?: number } = {}): readonly string[] => {
  const node = read(pattern)
  if (!node) return []
  try {
    const often = repetitions.find((times) => fits(length, write(node, first, times).text)) ?? 4
    return [...new Set(Array.from({ length: count }, (_, at) => write(node, first + at, often).text))]
  } catch (error) {
    if (error instanceof NotUnderstood) return []
    throw error
  }
}

/** A LIKE pattern as a regular expression. */
export const fromLike = (pattern: string): string =>
  [...pattern.matchAll(/\\(.)|(.)/gs)]
    .map(([, escaped, letter]) =>
      letter === '%' ? '[a-z0-9]*' : letter === '_' ? '[a-z0-9]' : (escaped ?? letter ?? '').replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&'),
    )
    .join('')
