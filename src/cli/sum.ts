/** A fast hash, in 16 digits: it tells texts apart, and what a crash left half written; it is no protection against anybody. The bytes begin where a word of four may begin. */
export const sumOf = (bytes: Uint8Array): string => {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2)
  let low = bytes.length
  let high = 1
  const mix = (word: number): void => {
    low = Math.imul(low ^ word, 0x9e3779b1)
    high = Math.imul(high ^ word ^ (low >>> 15), 0x85ebca77)
  }
  // A run has no time to make this loop fast: what an iterator does for each word would be most of it.
  for (let at = 0; at < words.length; at++) mix(words[at] ?? 0)
  for (const byte of bytes.subarray(words.length * 4)) mix(byte)
  return [low, high].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

export const sumDigits = 16

/** In memory of its own, for a sum reads words. */
export const encoded = (text: string): Uint8Array => new TextEncoder().encode(text)

export const sumOfText = (text: string): string => sumOf(encoded(text))
