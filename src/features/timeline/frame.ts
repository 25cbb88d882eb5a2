/** One axis for all bands: a version has the same place from top to bottom. */
import type { PictureVersion } from './picture.ts'

export const width = 1200
export const margin = 24
/** Where the axis begins, behind the bands' names, and where it ends, before their notes. */
export const left = 172
export const right = width - 152

/** A version that stands alone is no wall. */
const widest = 72

export type Frame = {
  readonly slot: number
  readonly end: number
  /** Where a version begins. */
  x(at: number): number
  /** Its middle. */
  middle(at: number): number
}

export const frameOf = (versions: readonly PictureVersion[]): Frame => {
  const slot = Math.min(widest, (right - left) / Math.max(1, versions.length))
  const x = (at: number): number => left + at * slot
  return { slot, end: x(versions.length), x, middle: (at) => x(at) + slot / 2 }
}

/** A band's elements, and how high it is. */
export type Band = { readonly height: number; readonly parts: readonly string[] }
