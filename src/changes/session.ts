/** Settings of the session: SET, RESET and set_config. */
import type { Tree } from '../model/json.ts'
import { child, flag, list, text } from '../sql/tree.ts'
import { literalText } from './expressions.ts'
import type { Reading } from './reading.ts'
import { notUnderstood } from './refusal.ts'

/** A setting's value as text: `'x'`, `5`, `on`. */
const valueText = (node: Tree): string => {
  const constant = child(node, 'A_Const')
  const literal = literalText(node)
  if (literal !== undefined) return literal
  const integer = child(constant, 'ival')
  if (integer) return String(integer.ival ?? 0)
  const float = child(constant, 'fval')
  if (float) return text(float, 'fval') ?? '0'
  const inner = child(child(node, 'TypeCast'), 'arg')
  return inner ? valueText(inner) : notUnderstood('a setting with a value that is not a constant')
}

/** The schemas of a search path. The schema named like the user and the temporary one are no place for a migration's objects. */
const pathOf = (schemas: readonly string[]): readonly string[] => schemas.filter((schema) => schema !== '$user' && schema !== 'pg_temp')

/** `a, "B", c` as PostgreSQL splits it (SplitIdentifierString): unquoted parts fold to lower case. */
export const splitIdentifiers = (value: string): readonly string[] =>
  [...value.matchAll(/"((?:[^"]|"")+)"|([^",\s]+)/g)].map((match) => (match[1] === undefined ? (match[2] ?? '').toLowerCase() : match[1].replaceAll('""', '"')))

/** SET and RESET. */
export const readSet = (reading: Reading, node: Tree): void => {
  const setting = (text(node, 'name') ?? 'all').toLowerCase()
  const values = list(node, 'args').map(valueText)
  const value = text(node, 'kind') === 'VAR_SET_VALUE' ? (setting === 'search_path' ? pathOf(values) : values) : undefined
  reading.emit({ kind: 'set-session', setting, value, local: flag(node, 'is_local') })
}

/** `set_config('setting', 'value', is_local)`, each a setting of its own. */
export const readSettings = (reading: Reading, calls: readonly Tree[]): void => {
  for (const call of calls) {
    const [name, value, local] = list(call, 'args')
    const setting = (literalText(name) ?? notUnderstood('set_config of a computed setting')).toLowerCase()
    const given = value ? literalText(value) : undefined
    if (given === undefined && setting === 'search_path') notUnderstood('set_config of a computed search path')
    const values = setting === 'search_path' ? pathOf(splitIdentifiers(given ?? '')) : given === undefined ? [] : [given]
    reading.emit({ kind: 'set-session', setting, value: values, local: flag(child(child(local, 'A_Const'), 'boolval'), 'boolval') })
  }
}
