/** LIKE and ILIKE. */
import { unknown, type Value } from '../system-tables.ts'

const likePattern = (pattern: string, insensitive: boolean): RegExp => {
  const source = [...pattern.matchAll(/\\(.)|([%_])|([\s\S])/g)]
    .map(([, escaped, wild, plain]) =>
      wild === '%' ? '[\\s\\S]*' : wild === '_' ? '[\\s\\S]' : (escaped ?? plain ?? '').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
    )
    .join('')
  return new RegExp(`^${source}$`, insensitive ? 'iu' : 'u')
}

/** Whether a value is like a pattern. `ours`: the value is our own text, not PostgreSQL's; then the answer is sure only for a pattern that asks for one word. */
export const like = (value: Value, pattern: Value, { insensitive, ours }: { readonly insensitive: boolean; readonly ours: boolean }): Value => {
  if (value === null || pattern === null) return null
  if (typeof value === 'symbol' || typeof pattern === 'symbol') return unknown
  if (ours && !/^%\w+%$/.test(String(pattern))) return unknown
  return likePattern(String(pattern), insensitive).test(String(value))
}
