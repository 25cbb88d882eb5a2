/** Lodash: lists that are wrapped, or handed over, keep what is known of their elements. */
import { defineFramework } from '../frameworks/define.ts'
import { any, native, type Value } from '../value.ts'

/** `_.map(list, f)` is `list.map(f)`. */
const ofLists = new Set(['map', 'flatMap', 'filter', 'find', 'forEach', 'some', 'every', 'reduce'])

const wrap = native('lodash chain', ({ args: [list] }) => list)

const exported = (name: string): Value | undefined => {
  if (name === 'chain') return wrap
  if (!ofLists.has(name)) return undefined
  return native(`lodash ${name}`, ({ args: [list = any, ...rest], ...site }) => site.machine.invoke(site.machine.get(list, name, site), rest, site))
}

export const lodash = defineFramework({
  id: 'lodash',
  title: 'Lodash',
  packages: ['lodash', 'lodash-es'],
  imported: (_from, path) => {
    const names = path[0] === 'default' || path[0] === '*' ? path.slice(1) : path
    return names.length === 1 ? exported(names[0] ?? '') : undefined
  },
  examples: [],
})
