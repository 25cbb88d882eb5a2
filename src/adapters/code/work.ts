/** What is done with one file, in a worker or in this thread. */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { whyNotRead } from './files.ts'
import { lowerSource } from './lower/index.ts'
import { type Scan, scanText } from './scan.ts'

export type Question = {
  readonly root: string
  readonly paths: readonly string[]
  readonly words?: readonly string[]
}

/** `json` is a tree: it crosses threads and is kept as text, and becomes a tree where somebody follows the file. */
export type FileAnswer = { readonly path: string; readonly digest: string } & ({ readonly json: string } | { readonly scan: Scan } | { readonly why: string })

export const digestOf = (text: string): string => hash('sha1', text, 'base64')

export const readText = (root: string, path: string): string | undefined => {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

const answerFor = (path: string, text: string, words: readonly string[] | undefined): FileAnswer => {
  const digest = digestOf(text)
  const why = whyNotRead(text)
  if (why !== undefined) return { path, digest, why }
  return words ? { path, digest, scan: scanText(path, text, words) } : { path, digest, json: JSON.stringify(lowerSource(path, text)) }
}

export const answer = ({ root, paths, words }: Question): readonly FileAnswer[] =>
  paths.map((path) => {
    const text = readText(root, path)
    return text === undefined ? { path, digest: '', why: 'not read: it cannot be opened' } : answerFor(path, text, words)
  })
