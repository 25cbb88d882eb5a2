/** Which words a text may have, in a few hundred bytes: what a text surely has not need not be looked for in it, and it need not be read. */

/** Bits, the more the longer the text is; a word sets two of them (a Bloom filter). Upper and lower case are one. */
export type Vocabulary = Uint8Array

const fewestBits = 256
const mostBits = 65_536
/** So that about a quarter of the bits are set, and one in twenty words is taken for one that the text has. */
const charactersPerBit = 4

const isWordCode = Uint8Array.from({ length: 128 }, (_, code) => (/[\w$]/.test(String.fromCharCode(code)) ? 1 : 0))

const mixed = (hash: number): number => {
  const half = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  return half ^ (half >>> 15)
}

const bitsFor = (length: number): number => {
  let bits = fewestBits
  while (bits * charactersPerBit < length && bits < mostBits) bits *= 2
  return bits
}

/** Calls `found` with a number for each run of letters, digits, `_` and `$`. Every character of a repository comes by here. */
const eachWord = (text: string, found: (hash: number) => void): void => {
  let hash = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 128 && isWordCode[code] === 1) hash = (Math.imul(hash, 31) + (code | 32)) | 0
    else if (hash !== 0) {
      found(mixed(hash))
      hash = 0
    }
  }
  if (hash !== 0) found(mixed(hash))
}

export const vocabularyOf = (text: string): Vocabulary => {
  const bits = bitsFor(text.length)
  const set = new Uint8Array(bits / 8)
  const mask = bits - 1
  eachWord(text, (hash) => {
    const first = hash & mask
    const second = (hash >>> 16) & mask
    set[first >> 3] = (set[first >> 3] ?? 0) | (1 << (first & 7))
    set[second >> 3] = (set[second >> 3] ?? 0) | (1 << (second & 7))
  })
  return set
}

const has = (vocabulary: Vocabulary, hash: number): boolean => {
  const mask = vocabulary.length * 8 - 1
  return [hash & mask, (hash >>> 16) & mask].every((bit) => ((vocabulary[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0)
}

/** Tells whether a text may have a phrase: all words of it, each as a whole one. False is certain. */
export const mayHave = (phrase: string): ((vocabulary: Vocabulary) => boolean) => {
  const hashes: number[] = []
  eachWord(phrase, (hash) => hashes.push(hash))
  return (vocabulary) => hashes.every((hash) => has(vocabulary, hash))
}

/** The same of several phrases: whether it may have one of them. */
export const mayHaveAny = (phrases: Iterable<string>): ((vocabulary: Vocabulary) => boolean) => {
  const all = [...new Set(phrases)].map(mayHave)
  return (vocabulary) => all.some((may) => may(vocabulary))
}
