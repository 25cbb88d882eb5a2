/** What the text of a source file tells without its tree: all that is asked of each file of a repository, so that few are read and fewer parsed. */
import { hash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { directiveIn } from './directive.ts'
import { largestSource, whyNotRead } from './files.ts'
import { glanceAt } from './glance.ts'
import { isOfBrowser } from './mentions/browser.ts'
import { emptyVocabulary, type Vocabulary } from './vocabulary.ts'

export type Note = {
  /** Of the content. */
  readonly digest: string
  /** Why the text is no person's work, where it is none. */
  readonly why?: string
  /** `use client`, at its top. */
  readonly directive?: string
  readonly browser: boolean
  /** Whether it may declare tables. */
  readonly declares: boolean
  /** Specifiers of what it imports at run time, each once. */
  readonly imports: readonly string[]
  /** Specifiers of all that it imports, also for types alone. */
  readonly links: readonly string[]
  readonly vocabulary: Vocabulary
}

export const digestOf = (bytes: Uint8Array): string => hash('sha1', bytes, 'base64')

export const readBytes = (root: string, path: string): Buffer | undefined => {
  try {
    return readFileSync(join(root, path))
  } catch {
    return undefined
  }
}

/** Texts are looked at one after the other, and none is held: they share one place, with room for one byte that is too many. */
const place = Buffer.allocUnsafeSlow(largestSource + 1)

const readAll = (file: number): Buffer => {
  let length = 0
  for (;;) {
    const more = readSync(file, place, length, place.length - length, null)
    if (more === 0) return place.subarray(0, length)
    length += more
  }
}

/** What is in the place, until the next call. */
const readToLook = (root: string, path: string): Buffer | undefined => {
  let file: number | undefined
  try {
    file = openSync(`${root}/${path}`, 'r')
    return readAll(file)
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Few texts may have one; the others are never made strings. */
const directiveOf = (bytes: Buffer): string | undefined => directiveIn(bytes.toString('utf8'))

const noteOf = (path: string, bytes: Buffer, digest: string): Note => {
  const { from, mayHaveDirective, ...seen } = glanceAt(bytes)
  const why = whyNotRead(bytes)
  const directive = mayHaveDirective ? directiveOf(bytes) : undefined
  return {
    digest,
    ...(why !== undefined && { why }),
    ...(directive !== undefined && { directive }),
    browser: isOfBrowser(path, directive, from),
    ...seen,
  }
}

/** `before`: what was noted of it earlier, which serves as long as the content is the same. */
export const noted = (root: string, path: string, before?: Note): Note => {
  const bytes = readToLook(root, path)
  if (bytes === undefined) return unread
  const digest = digestOf(bytes)
  return before?.digest === digest ? before : noteOf(path, bytes, digest)
}

/** Of a file that is listed and cannot be opened. */
export const unread: Note = {
  digest: '',
  why: 'not read: it cannot be opened',
  browser: false,
  declares: false,
  imports: [],
  links: [],
  vocabulary: emptyVocabulary(0),
}
