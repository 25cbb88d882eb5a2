/** What is seen of a source in one walk over its bytes, comments and strings among them: its words, and what it imports. */
import { emptyVocabulary, enterWord, hashesIn, type Vocabulary, Words } from './vocabulary.ts'

export type Glance = {
  readonly vocabulary: Vocabulary
  /** Specifiers of all that it imports, each once. */
  readonly links: readonly string[]
  /** The same without what is imported for its types alone: that is gone at run time. */
  readonly imports: readonly string[]
  /** Those behind `from`. */
  readonly from: ReadonlySet<string>
  /** Whether it may declare tables. */
  readonly declares: boolean
  /** Whether `use` stands behind a quotation mark somewhere. */
  readonly mayHaveDirective: boolean
}

const [newline, space, tab, feed, double, single, open, star, dot, slash, semicolon] = Buffer.from('\n \t\r"\'(*./;')

/** Words that are looked at more closely. */
const watched = ['from', 'import', 'require', 'export', 'use', 'table', 'enum', 'view', 'materializedView'] as const
type Watched = (typeof watched)[number]

/** By a few bits of their hashes, which tell them from most others. */
const slots = 1024
const slotOf = (hash: number): number => hash & (slots - 1)
const isWatched = new Uint8Array(slots)
const byHash = new Map<number, Watched>()
for (const word of watched)
  for (const hash of hashesIn(word)) {
    isWatched[slotOf(hash)] = 1
    byHash.set(hash, word)
  }

const [p, g] = Buffer.from('pg')
const declaring = /^pg(?:Table|Enum|View|MaterializedView|Schema)/

const known = new Map<string, string>()

/** The same few specifiers stand in many files. */
const oneOf = (text: string): string => {
  const before = known.get(text)
  if (before !== undefined) return before
  known.set(text, text)
  return text
}

class Eye {
  readonly #bytes: Buffer
  readonly #words: Words
  readonly links = new Set<string>()
  readonly imports = new Set<string>()
  readonly from = new Set<string>()
  declares = false
  mayHaveDirective = false
  /** Whether something is imported for its types alone. */
  hasTypes = false
  /** Behind the last `import type` or `export type`. */
  #types = -1
  /** Behind the comment that was looked for last. */
  #comment = 0
  /** Behind the last specifier. */
  #done = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#words = new Words(bytes)
  }

  #isBlank(at: number): boolean {
    const byte = this.#bytes[at]
    return byte === space || byte === newline || byte === tab || byte === feed
  }

  #behindBlanks(from: number): number {
    let at = from
    while (this.#isBlank(at)) at++
    return at
  }

  #behindComment(at: number): number {
    if (this.#bytes[at] !== slash || this.#bytes[at + 1] !== star) return at
    if (this.#comment < at + 4) {
      const end = this.#bytes.indexOf('*/', at + 2)
      this.#comment = end < 0 ? this.#bytes.length : end + 2
    }
    return this.#behindBlanks(this.#comment)
  }

  #isQuote(at: number): boolean {
    const byte = this.#bytes[at]
    return byte === double || byte === single
  }

  #stands(word: string, from: number): boolean {
    for (let at = 0; at < word.length; at++) if (this.#bytes[from + at] !== word.charCodeAt(at)) return false
    return true
  }

  /** The specifier that begins at a quotation mark. */
  #specifier(quote: number): string | undefined {
    const bytes = this.#bytes
    if (!this.#isQuote(quote)) return undefined
    let at = quote + 1
    while (at < bytes.length && !this.#isQuote(at) && bytes[at] !== newline) at++
    if (at === quote + 1 || !this.#isQuote(at)) return undefined
    this.#done = at + 1
    return oneOf(bytes.toString('utf8', quote + 1, at))
  }

  /** Whether what stands there belongs to an `import type`: no string has begun since, and no statement ended. */
  #isOfTypes(at: number): boolean {
    const begun = this.#types
    this.#types = -1
    if (begun < 0) return false
    for (let one = begun; one < at; one++) if (this.#isQuote(one) || this.#bytes[one] === semicolon) return false
    return true
  }

  #enter(word: 'from' | 'import' | 'require', end: number): void {
    const next = this.#behindBlanks(end)
    const isCalled = word !== 'from' && this.#bytes[next] === open
    if (word === 'require' && !isCalled) return
    const quote = this.#behindComment(isCalled ? this.#behindBlanks(next + 1) : next)
    const specifier = this.#specifier(quote)
    if (specifier === undefined) return
    this.links.add(specifier)
    const isPlain = word === 'from' && quote === next
    if (isPlain) this.from.add(specifier)
    if (isPlain && this.#isOfTypes(end)) this.hasTypes = true
    else this.imports.add(specifier)
  }

  /** `import type`, `export type`. */
  #mayBeTypes(end: number): void {
    const next = this.#behindBlanks(end)
    if (next > end && this.#stands('type', next) && this.#isBlank(next + 4)) this.#types = next + 5
  }

  #look(word: Watched): void {
    const bytes = this.#bytes
    const { start, end } = this.#words
    if (start < this.#done) return
    if (word === 'use') this.mayHaveDirective ||= this.#isQuote(start - 1)
    else if (word === 'from' || word === 'require' || word === 'import' || word === 'export') {
      if (!this.#stands(word, start)) return
      if (word === 'import' || word === 'export') this.#mayBeTypes(end)
      if (word !== 'export') this.#enter(word, end)
    } else if (bytes[start - 1] === dot && bytes[end] === open) this.declares ||= this.#stands(word, start)
  }

  all(): Vocabulary {
    const words = this.#words
    const bytes = this.#bytes
    const vocabulary = emptyVocabulary(bytes.length)
    while (words.next()) {
      const { hash, start } = words
      enterWord(vocabulary, hash)
      if (isWatched[slotOf(hash)] === 1) {
        const word = byHash.get(hash)
        if (word !== undefined) this.#look(word)
      }
      if (bytes[start] === p && bytes[start + 1] === g) this.declares ||= declaring.test(bytes.toString('latin1', start, words.end))
    }
    return vocabulary
  }
}

export const glanceAt = (bytes: Buffer): Glance => {
  const eye = new Eye(bytes)
  const vocabulary = eye.all()
  const { declares, mayHaveDirective, from } = eye
  const links = [...eye.links]
  return { vocabulary, links, imports: eye.hasTypes ? [...eye.imports] : links, from, declares, mayHaveDirective }
}
