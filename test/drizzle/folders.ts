import { createHash } from 'node:crypto'
import { readHistory } from '../../src/drizzle/history.ts'
import type { FolderFile, History } from '../../src/model/history.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export const folderFiles = (files: { readonly [path: string]: string }): readonly FolderFile[] =>
  Object.entries(files).map(([path, text]) => ({ path, text, hash: sha256(text) }))

export const historyOf = (files: { readonly [path: string]: string }): History => readHistory('drizzle', folderFiles(files))

/** A journal as drizzle-kit writes it. */
export const journalOf = (
  entries: readonly { readonly tag: string; readonly when: number; readonly idx?: number }[],
  head = { version: '7', dialect: 'postgresql' },
): string =>
  JSON.stringify(
    { ...head, entries: entries.map(({ tag, when, idx }, index) => ({ idx: idx ?? index, version: head.version, when, tag, breakpoints: true })) },
    null,
    2,
  )
