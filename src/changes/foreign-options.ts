/** OPTIONS (…) of foreign objects, which their foreign data wrapper reads: in CREATE a list, in ALTER what is added, set and dropped. */
import type { Options } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { quoteIdentifier } from '../model/name.ts'
import { quoteLiteral } from '../sql/print.ts'
import { child, text } from '../sql/tree.ts'
import { refuse } from './refusal.ts'
import { optionText } from './types.ts'

/** The options after OPTIONS (ADD …, SET …, DROP …); a bare one is added. Refuses as `transformGenericOptions` does. */
export const alteredForeignOptions = (before: Options, elements: readonly Tree[]): Options => {
  const options: Record<string, string> = { ...before }
  for (const element of elements) {
    const option = child(element, 'DefElem')
    const name = text(option, 'defname') ?? ''
    const action = text(option, 'defaction')
    const isNew = action !== 'DEFELEM_SET' && action !== 'DEFELEM_DROP'
    if (isNew && options[name] !== undefined) refuse('42710', `option "${name}" provided more than once`)
    if (!isNew && options[name] === undefined) refuse('42704', `option "${name}" not found`)
    if (action === 'DEFELEM_DROP') delete options[name]
    else options[name] = optionText(option?.arg)
  }
  return options
}

/** The options that CREATE lists. */
export const readForeignOptions = (elements: readonly Tree[]): Options => alteredForeignOptions({}, elements)

const pair = (name: string, options: Options): string => `${quoteIdentifier(name)} ${quoteLiteral(options[name] ?? '')}`

/** ` OPTIONS (…)` as CREATE writes it, or nothing. */
export const printForeignOptions = (options: Options): string => {
  const names = Object.keys(options).sort()
  return names.length === 0 ? '' : ` OPTIONS (${names.map((name) => pair(name, options)).join(', ')})`
}

/** `OPTIONS (ADD …, SET …, DROP …)` that leads from one to the other; nothing where they are the same. */
export const foreignOptionsCommand = (before: Options, to: Options): string | undefined => {
  const parts = [...new Set([...Object.keys(before), ...Object.keys(to)])].sort().flatMap((name) => {
    if (before[name] === to[name]) return []
    if (to[name] === undefined) return [`DROP ${quoteIdentifier(name)}`]
    return [`${before[name] === undefined ? 'ADD' : 'SET'} ${pair(name, to)}`]
  })
  return parts.length === 0 ? undefined : `OPTIONS (${parts.join(', ')})`
}
