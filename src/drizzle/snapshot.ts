/** The head of a snapshot: which it is and which came before it. Versions 5 to 7 belong to journal folders, 8 and 9 to one folder per migration. */
import type { SnapshotHead } from '../model/history.ts'
import { conflictMarkerLine, JsonFault, memberOf, parsedValue, placeOf, scanJson } from './json-text.ts'

/** `prevId` of a folder's first snapshot. */
export const originId = '00000000-0000-0000-0000-000000000000'

/** Snapshot versions whose content this tool can read. */
export const readableVersions: readonly string[] = ['5', '6', '7', '8', '9']

const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined)

const parents = (prevId: unknown, prevIds: unknown): readonly string[] =>
  Array.isArray(prevIds) ? prevIds.filter((id): id is string => typeof id === 'string') : typeof prevId === 'string' ? [prevId] : []

const faultOf = (bytes: Uint8Array, fault: JsonFault): NonNullable<SnapshotHead['fault']> => {
  const line = conflictMarkerLine(new TextDecoder().decode(bytes))
  const place = line === undefined ? placeOf(bytes, fault.offset) : { line, column: 1 }
  return { message: fault.message, ...place, conflictMarkers: line !== undefined }
}

/** Reads the head from a snapshot file's bytes (or its text). The whole file is checked to be JSON; nothing of it is kept. */
export const readSnapshotHead = (path: string, content: Uint8Array | string): SnapshotHead => {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  try {
    const root = scanJson(bytes, 1)
    const field = (key: string): unknown => {
      const node = memberOf(root, key)
      return node && parsedValue(bytes, node)
    }
    const [id, version, dialect] = [stringOf(field('id')), stringOf(field('version')), stringOf(field('dialect'))]
    return {
      path,
      prevIds: parents(field('prevId'), field('prevIds')),
      ...(id === undefined ? {} : { id }),
      ...(version === undefined ? {} : { version }),
      ...(dialect === undefined ? {} : { dialect }),
    }
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault
    return { path, prevIds: [], fault: faultOf(bytes, fault) }
  }
}

/** An identity in the form of a random one, from a hash in hex: the same for the same text, so that nothing here is drawn at random. */
export const identityFrom = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
