/** Texts of files, whatever a checkout does to them. */
import type { FileEdit } from './world.ts'

/** A file with this text. */
export const textEdit = (path: string, text: string): FileEdit => ({ path, bytes: new TextEncoder().encode(text) })

/** A file’s text with its byte order mark, which belongs to what a migration’s hash is of. */
export const fileText = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

/** A text with the line ends that git keeps: a checkout may have CRLF where the commit has LF. */
export const withLf = (text: string): string => text.replaceAll('\r\n', '\n')

/** Whether two files say the same, up to their line ends. */
export const sameLines = (a: string | undefined, b: string | undefined): boolean => a === b || (a !== undefined && b !== undefined && withLf(a) === withLf(b))

/** Something else in the place of a part of a text. */
export type Replacement = { readonly start: number; readonly end: number; readonly text: string }

/** The text with parts replaced that do not overlap; all else is kept byte for byte. */
export const replaced = (source: string, parts: readonly Replacement[]): string =>
  parts.toSorted((a, b) => b.start - a.start || b.end - a.end).reduce((whole, { start, end, text }) => whole.slice(0, start) + text + whole.slice(end), source)
