/** One part of many databases, for one job of a CI matrix. */
import { ToolError } from '../../model/error.ts'

/** The `index`-th of `of` parts, from 1. */
export type Shard = { readonly index: number; readonly of: number }

/** Reads `2/5`. Throws `usage`. */
export const parseShard = (text: string): Shard => {
  const [index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.slice(1).map(Number) ?? []
  if (index === undefined || of === undefined || index < 1 || index > of)
    throw new ToolError('usage', `--shard ${JSON.stringify(text)} is no part of a whole.`, { help: 'Write it as 2/5: the second of five parts.' })
  return { index, of }
}

/** Each name once, in the order of their characters: the same in every job. */
export const ordered = (names: readonly string[]): readonly string[] => [...new Set(names)].sort()

/** Every `of`-th name. All parts together have each name once. */
export const shardOf = (names: readonly string[], { index, of }: Shard): readonly string[] => names.filter((_name, at) => at % of === index - 1)
