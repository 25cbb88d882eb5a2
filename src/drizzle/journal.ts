/** `meta/_journal.json` as text, both ways. Formats: versions 5 (dialect `pg`), 6 and 7 (`postgresql`); the version is a label only, the migrator reads `when` and `tag`. */
import { ToolError } from '../model/error.ts'
import type { FolderFault, JournalEntry } from '../model/history.ts'
import { parsedJson } from '../model/json.ts'
import { conflictMarkerLine, JsonFault, type JsonNode, linesOf, memberOf, parsedValue, placeOf, scanJson } from './json-text.ts'

export const journalPath = 'meta/_journal.json'

/** What a journal says. Entries that are not readable are left out and named in `faults`. */
export type Journal = {
  readonly version?: string
  readonly dialect?: string
  readonly entries: readonly JournalEntry[]
  readonly faults: readonly FolderFault[]
}

const dialects: { readonly [dialect: string]: string } = {
  mysql: 'MySQL',
  sqlite: 'SQLite',
  turso: 'Turso (SQLite)',
  singlestore: 'SingleStore',
  gel: 'Gel',
  mssql: 'SQL Server',
  cockroach: 'CockroachDB',
  cockroachdb: 'CockroachDB',
}
const postgres = new Set(['pg', 'postgres', 'postgresql'])

/** Throws `other-dialect` where a Drizzle file is for another database than PostgreSQL. `where` names the file for the message. */
export const assertPostgres = (dialect: string | undefined, where: string): void => {
  if (dialect === undefined || postgres.has(dialect)) return
  throw new ToolError('other-dialect', `${where} is for ${dialects[dialect] ?? dialect} (dialect "${dialect}"), and pgstrata reads PostgreSQL only.`, {
    help: 'Point --folder or --project at a Drizzle project whose dialect is "postgresql".',
  })
}

const encoder = new TextEncoder()

const repeatedKey = (node: JsonNode): JsonNode['members'][number] | undefined => {
  const repeated = node.members.filter((member, index) => node.members.findIndex((other) => other.key === member.key) < index)
  return repeated.find((member) => member.key === 'tag') ?? repeated[0]
}

const invalid = (bytes: Uint8Array, path: string, message: string, offset: number): FolderFault => ({
  type: 'journal-invalid',
  path,
  message,
  ...placeOf(bytes, offset),
  conflictMarkers: false,
})

/** One entry, or why it is none. */
const readEntry = (bytes: Uint8Array, path: string, node: JsonNode, position: number, lineOf: (offset: number) => number): JournalEntry | FolderFault => {
  const field = (key: string): unknown => {
    const member = memberOf(node, key)
    return member && parsedValue(bytes, member)
  }
  const {
    idx = position,
    version = '',
    when,
    tag,
    breakpoints,
  } = { idx: field('idx'), version: field('version'), when: field('when'), tag: field('tag'), breakpoints: field('breakpoints') }
  if (typeof tag !== 'string' || tag === '') return invalid(bytes, path, `entry ${position} has no "tag"`, node.start)
  if (typeof when !== 'number' || !Number.isFinite(when)) return invalid(bytes, path, `"when" of ${tag} is not a number`, node.start)
  if (typeof idx !== 'number') return invalid(bytes, path, `"idx" of ${tag} is not a number`, node.start)
  return { idx, version: String(version), when, tag, breakpoints: breakpoints !== false, line: lineOf(node.start) }
}

const isFault = (value: JournalEntry | FolderFault): value is FolderFault => 'type' in value

const readObject = (bytes: Uint8Array, path: string, root: JsonNode): Journal => {
  const text = (key: string): string | undefined => {
    const member = memberOf(root, key)
    return member && String(parsedValue(bytes, member))
  }
  const version = text('version')
  const dialect = text('dialect')
  const list = memberOf(root, 'entries')
  if (!list || bytes[list.start] !== '['.charCodeAt(0)) return { entries: [], faults: [invalid(bytes, path, 'there is no list of "entries"', root.start)] }
  const lineOf = linesOf(bytes)
  const read = list.members.map(({ value }, position) => readEntry(bytes, path, value, position, lineOf))
  const repeated = [root, ...list.members.map(({ value }) => value)].flatMap((node): FolderFault[] => {
    const member = repeatedKey(node)
    return member ? [{ type: 'journal-duplicate-key', path, key: member.key, line: placeOf(bytes, member.keyStart).line }] : []
  })
  return {
    ...(version === undefined ? {} : { version }),
    ...(dialect === undefined ? {} : { dialect }),
    entries: read.filter((entry): entry is JournalEntry => !isFault(entry)),
    faults: [...read.filter(isFault), ...repeated],
  }
}

type Member = { readonly [key: string]: unknown }

const hasKeys = (value: unknown, keys: string): value is Member => typeof value === 'object' && value !== null && Object.keys(value).join() === keys

const isEntry = (value: unknown): value is Omit<JournalEntry, 'line'> =>
  hasKeys(value, 'idx,version,when,tag,breakpoints') &&
  typeof value.idx === 'number' &&
  typeof value.version === 'string' &&
  typeof value.when === 'number' &&
  typeof value.tag === 'string' &&
  value.tag !== '' &&
  typeof value.breakpoints === 'boolean'

/** A journal that stands just as drizzle-kit writes it, which most do: nothing in it stands twice, and each entry has seven lines. Undefined for any other. */
const readAsWritten = (text: string): Journal | undefined => {
  const value = parsedJson(text)
  if (!hasKeys(value, 'version,dialect,entries')) return undefined
  const { version, dialect, entries } = value
  if (typeof version !== 'string' || typeof dialect !== 'string' || !Array.isArray(entries) || !entries.every(isEntry)) return undefined
  if (JSON.stringify(value, null, 2) !== text.trimEnd()) return undefined
  return { version, dialect, entries: entries.map((entry, at) => ({ ...entry, line: 5 + 7 * at })), faults: [] }
}

/** Reads a journal's text. A text that is not JSON answers no entries and a fault with its place. */
export const readJournal = (text: string, path: string = journalPath): Journal => {
  const plain = readAsWritten(text)
  if (plain) return plain
  const bytes = encoder.encode(text)
  try {
    const root = scanJson(bytes, 3)
    if (bytes[root.start] !== '{'.charCodeAt(0)) return { entries: [], faults: [invalid(bytes, path, 'the journal is not an object', root.start)] }
    return readObject(bytes, path, root)
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault
    const line = conflictMarkerLine(text)
    const place = line === undefined ? placeOf(bytes, fault.offset) : { line, column: 1 }
    return { entries: [], faults: [{ type: 'journal-invalid', path, message: fault.message, ...place, conflictMarkers: line !== undefined }] }
  }
}

/** A journal's text with one more entry, byte for byte as drizzle-kit writes it (two blanks of indent, no final newline). The text must be valid JSON. */
export const appendEntry = (text: string, entry: Omit<JournalEntry, 'line'>): string => {
  const journal = JSON.parse(text) as { readonly entries: readonly unknown[] }
  const { idx, version, when, tag, breakpoints } = entry
  return JSON.stringify({ ...journal, entries: [...journal.entries, { idx, version, when, tag, breakpoints }] }, null, 2)
}
