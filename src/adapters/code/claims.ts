/** Who has what in hand: a number for each thing, in memory that all threads share. */

const inHand = 1
const done = 2
const nothing = 3

export type Claims = Int32Array

/** None of so many things is in anybody's hand. */
export const newClaims = (count: number): Claims => new Int32Array(new SharedArrayBuffer(4 * count))

export const isFree = (claims: Claims, at: number): boolean => Atomics.load(claims, at) === 0

/** Whether it is the caller's from now on. */
export const claim = (claims: Claims, at: number): boolean => Atomics.compareExchange(claims, at, 0, inHand) === 0

/** Returns when the thread that has it in hand is done with it, or after so many milliseconds. */
export const waitFor = (claims: Claims, at: number, most: number): void => {
  Atomics.wait(claims, at, inHand, most)
}

const leave = (claims: Claims, at: number, as: number): void => {
  Atomics.store(claims, at, as)
  Atomics.notify(claims, at)
}

/** What came of it was sent; where nothing was, it is for somebody else to do. */
export const finish = (claims: Claims, at: number): void => leave(claims, at, done)

/** There is nothing to send. */
export const finishEmpty = (claims: Claims, at: number): void => leave(claims, at, nothing)

export const isEmpty = (claims: Claims, at: number): boolean => Atomics.load(claims, at) === nothing
