/** What the text of a source file tells without its tree: all that is asked of each file of a repository, so that few are read and fewer parsed. */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { directiveIn } from './directive.ts'
import { whyNotRead } from './files.ts'
import { isOfBrowser } from './mentions/browser.ts'
import { type Vocabulary, vocabularyOf } from './vocabulary.ts'

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

/** Also in comments and strings: a file too many costs time, one too few would cost the answer. */
const specifiers = /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*(?:\/\*[\s\S]*?\*\/\s*)?['"]([^'"\n]+)['"]/g

/** What is gone at run time says nothing of what a file does. */
const typesOnly = /\b(?:import|export)\s+type\s[^;'"]*?\bfrom\s*['"][^'"\n]+['"]/g

const declaration = /\bpg(?:Table|Enum|View|MaterializedView|Schema)|\.(?:table|enum|view|materializedView)\(/

export const digestOf = (bytes: Uint8Array): string => hash('sha1', bytes, 'base64')

export const readBytes = (root: string, path: string): Buffer | undefined => {
  try {
    return readFileSync(join(root, path))
  } catch {
    return undefined
  }
}

const copies = new Map<string, string>()

/** A text of its own: what is cut out of a string holds the whole of it, and notes would hold all files of a repository. */
const copyOf = (text: string): string => {
  const known = copies.get(text)
  if (known !== undefined) return known
  const copy = Buffer.from(text).toString('utf8')
  copies.set(copy, copy)
  return copy
}

/** Specifiers in a text, each once. */
export const specifiersIn = (text: string): readonly string[] => [...new Set([...text.matchAll(specifiers)].map(([, specifier = '']) => copyOf(specifier)))]

export const noteOf = (path: string, text: string, digest: string): Note => {
  const why = whyNotRead(text)
  const directive = directiveIn(text)
  const links = specifiersIn(text)
  const running = text.replaceAll(typesOnly, '')
  return {
    digest,
    ...(why !== undefined && { why }),
    ...(directive !== undefined && { directive }),
    browser: isOfBrowser(path, text),
    declares: declaration.test(text),
    imports: running === text ? links : specifiersIn(running),
    links,
    vocabulary: vocabularyOf(text),
  }
}

/** `before`: what was noted of it earlier, which serves as long as the content is the same. */
export const noted = (root: string, path: string, before?: Note): Note => {
  const bytes = readBytes(root, path)
  if (bytes === undefined) return unread
  const digest = digestOf(bytes)
  return before?.digest === digest ? before : noteOf(path, bytes.toString('utf8'), digest)
}

/** Of a file that is listed and cannot be opened. */
export const unread: Note = {
  digest: '',
  why: 'not read: it cannot be opened',
  browser: false,
  declares: false,
  imports: [],
  links: [],
  vocabulary: vocabularyOf(''),
}
