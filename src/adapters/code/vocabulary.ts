/** Which words a text may have, in a few hundred bytes: what a text surely has not need not be looked for in it, and it need not be read. */

/** Bits, the more the longer the text is; a word sets two of them (a Bloom filter). Upper and lower case are one. */
export type Vocabulary = Uint8Array

const fewestBits = 256
const mostBits = 65_536
/** So that about a quarter of the bits are set, and one in twenty words is taken for one that the text has. */
const bytesPerBit = 4

/** Letters, digits, `_` and `$`, upper and lower case as one; 0 for what is in no word. */
const folded = Uint8Array.from({ length: 256 }, (_, code) => (code < 128 && /[\w$]/.test(String.fromCharCode(code)) ? code | 32 : 0))

/** A walk over a text, from word to word. Every byte of a repository comes by here. */
export class Words {
  readonly #bytes: Uint8Array
  /** Where the word begins, and where it has ended. */
  start = 0
  end = 0
  /** Of the word's letters. */
  hash = 0
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Whether there is one more. */
  next(): boolean {
    const bytes = this.#bytes
    const { length } = bytes
    let at = this.end
    let hash = 0
    while (at < length && folded[bytes[at] ?? 0] === 0) at++
    this.start = at
    for (; at < length; at++) {
      const letter = folded[bytes[at] ?? 0] ?? 0
      if (letter === 0) break
      hash = (Math.imul(hash, 31) + letter) | 0
    }
    this.end = at
    this.hash = hash
    return at > this.start
  }
}

export const hashesIn = (text: string): readonly number[] => {
  const words = new Words(Buffer.from(text))
  const hashes: number[] = []
  while (words.next()) hashes.push(words.hash)
  return hashes
}

const mixed = (hash: number): number => {
  const half = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  return half ^ (half >>> 15)
}

const bitsFor = (length: number): number => {
  let bits = fewestBits
  while (bits * bytesPerBit < length && bits < mostBits) bits *= 2
  return bits
}

/** For a text of so many bytes. */
export const emptyVocabulary = (length: number): Vocabulary => new Uint8Array(bitsFor(length) / 8)

export const enterWord = (vocabulary: Vocabulary, hash: number): void => {
  const spread = mixed(hash)
  const mask = vocabulary.length * 8 - 1
  const first = spread & mask
  const second = (spread >>> 16) & mask
  vocabulary[first >> 3] = (vocabulary[first >> 3] ?? 0) | (1 << (first & 7))
  vocabulary[second >> 3] = (vocabulary[second >> 3] ?? 0) | (1 << (second & 7))
}

const isSet = (vocabulary: Vocabulary, bit: number): boolean => ((vocabulary[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0

const has = (vocabulary: Vocabulary, spread: number): boolean => {
  const mask = vocabulary.length * 8 - 1
  return isSet(vocabulary, spread & mask) && isSet(vocabulary, (spread >>> 16) & mask)
}

/** Tells whether a text may have a phrase: all words of it, each as a whole one. False is certain. */
export const mayHave = (phrase: string): ((vocabulary: Vocabulary) => boolean) => {
  const words = hashesIn(phrase).map(mixed)
  return (vocabulary) => words.every((word) => has(vocabulary, word))
}

/** The same of several phrases: whether it may have one of them. */
export const mayHaveAny = (phrases: Iterable<string>): ((vocabulary: Vocabulary) => boolean) => {
  const all = [...new Set(phrases)].map(mayHave)
  return (vocabulary) => all.some((may) => may(vocabulary))
}
