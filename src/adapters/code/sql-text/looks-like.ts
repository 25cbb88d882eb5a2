/** Whether a plain string in code is SQL. Strict: prose begins with `select` and `update` too. */
import { bare } from './bare.ts'
import type { KnownTable } from './nouns.ts'
import { type Tables, tablesOf } from './tables.ts'

const name = String.raw`((?:"[^"]+"|\w+)(?:\s*\.\s*(?:"[^"]+"|\w+))?)`

/** A statement's verb with the word before its table. */
const verbs: readonly RegExp[] = [
  String.raw`^(?:explain\s.*?)?\(*select\s.*?\bfrom\s+(?:only\s+|lateral\s*\(.*?from\s+)?\(*(?:select\s.*?\bfrom\s+)?${name}`,
  String.raw`^insert\s+into\s+${name}\s*(?:as\s+\w+\s*)?(?:\(|values\b|select\b|default\s+values\b|with\b|table\b|overriding\b)`,
  String.raw`^update\s+(?:only\s+)?${name}\s*(?:(?:as\s+)?\w+\s+)?set\s+["\w(].*?=`,
  String.raw`^delete\s+from\s+(?:only\s+)?${name}\s*(?:$|;|(?:as\s+)?\w+|where\b|using\b|returning\b)`,
  String.raw`^merge\s+into\s+(?:only\s+)?${name}\s.*?\busing\b`,
  String.raw`^truncate\s+(?:table\s+)?(?:only\s+)?${name}\s*(?:,|;|$|restart\b|continue\b|cascade\b|restrict\b)`,
  String.raw`^copy\s+${name}\s*(?:\(.*?\)\s*)?(?:from|to)\b`,
  String.raw`^alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?${name}\s+(?:add|drop|alter|rename|set|enable|disable|validate|owner)\b`,
  String.raw`^create\s+(?:unique\s+)?index\s.*?\bon\s+(?:only\s+)?${name}\s*(?:using\s+\w+\s*)?\(`,
  String.raw`^refresh\s+materialized\s+view\s+(?:concurrently\s+)?${name}`,
].map((pattern) => new RegExp(pattern, 'is'))

const withVerb = /^with\s+(?:recursive\s+)?(?:"[^"]+"|\w+)\s*(?:\([^)]*\)\s*)?as\s+(?:(?:not\s+)?materialized\s*)?\(/i

const lastPart = (qualified: string): string => {
  const part = /(?:"([^"]+)"|(\w+))$/.exec(qualified)
  return part?.[1] ?? part?.[2]?.toLowerCase() ?? ''
}

const anyName = new RegExp(String.raw`\b(?:from|join|into|update)\s+${name}`, 'gi')

/** Whether one of the names after FROM, JOIN, INTO and UPDATE is a table's. */
const namesTable = (text: string, tables: Tables): boolean => [...text.matchAll(anyName)].some(([, found]) => tables.hasName(lastPart(found ?? '')))

/** A sentence begins with a capital and goes on without; SQL's words are written in one way. */
const isSentence = (start: string): boolean => /^[A-Z][a-z]/.test(start)

/** A statement's verb, the word that leads to its table, and the name of a table of the code: in places that SQL has for them. */
export const looksLikeSql = (text: string, known: readonly KnownTable[]): boolean => {
  const start = bare(text)
  if (!/^\(*(?:select|with|insert|update|delete|merge|truncate|copy|alter|create|refresh|explain)\s/i.test(start) || isSentence(start)) return false
  const tables = tablesOf(known)
  if (withVerb.test(start)) return namesTable(start, tables)
  const found = verbs.flatMap((verb) => verb.exec(start)?.[1] ?? [])
  return found.some((table) => tables.hasName(lastPart(table))) || (found.length > 0 && namesTable(start, tables))
}
