/** What has another name on the other side and is otherwise the same: renamed by itself where nothing can be lost, hinted at where rows are at stake. */
import { equal } from '../../changes/equal.ts'
import { apply, applyAll } from '../../changes/index.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { ToolError } from '../../model/error.ts'
import { display, localName, partsOf, qualified, type RelationName } from '../../model/name.ts'
import type { PrintedDifference } from '../../model/printed.ts'

/** Pairs of what only one side has, one of each, that are the same but for their names. */
const pairs = <T>(gone: readonly (readonly [string, T])[], made: readonly (readonly [string, T])[]): readonly (readonly [string, string])[] =>
  gone.flatMap(([from, value]) => {
    const alike = made.filter(([, other]) => equal(value, other))
    const rivals = gone.filter(([, other]) => equal(value, other))
    const [to] = alike[0] ?? []
    return alike.length === 1 && rivals.length === 1 && to !== undefined ? [[from, to] as const] : []
  })

const onlyIn = <K extends string, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): readonly (readonly [K, V])[] => [...a].filter(([key]) => !b.has(key))

/** Constraints and indexes that only have another name. No row is at stake, and building one anew takes long: they are renamed. */
export const plainRenames = (b: Catalog, goal: Catalog): readonly Change[] => {
  const constraints = [...b.tables].flatMap(([on, table]): readonly Change[] => {
    const wanted = goal.tables.get(on)
    if (!wanted) return []
    return pairs(onlyIn(table.constraints, wanted.constraints), onlyIn(wanted.constraints, table.constraints)).map(
      ([from, to]): Change => ({ kind: 'rename-constraint', on, from, to }),
    )
  })
  const indexes = pairs(onlyIn(b.indexes, goal.indexes), onlyIn(goal.indexes, b.indexes)).map(
    ([from, to]): Change => ({ kind: 'rename-index', name: from as RelationName, to: localName(to as RelationName) }),
  )
  return [...constraints, ...indexes]
}

const asked = /^\s*(?<from>\S+)\s+to\s+(?<to>\S+)\s*$/i

const parts = (text: string): readonly string[] => (text.includes('"') ? partsOf(text) : text.split('.'))

/** `users.mail to email`, `orders to purchases`: a rename that the user knows of. Throws `usage` where the catalog has no such table or column. */
export const askedRename = (text: string, b: Catalog): Change => {
  const { from = '', to = '' } = asked.exec(text)?.groups ?? {}
  const names = parts(from)
  const wanted = parts(to).at(-1)
  const table = (schema: string, name: string): RelationName | undefined => {
    const found = qualified(schema, name)
    return b.tables.has(found) ? found : undefined
  }
  const [one = '', two = '', three = ''] = names
  const whole = names.length === 1 ? table('public', one) : names.length === 2 ? table(one, two) : undefined
  if (whole !== undefined && wanted) return { kind: 'rename-table', name: whole, to: wanted }
  const on = names.length === 2 ? table('public', one) : names.length === 3 ? table(one, two) : undefined
  const column = names.at(-1) ?? ''
  if (on !== undefined && wanted && b.tables.get(on)?.columns.some(({ name }) => name === column))
    return { kind: 'rename-column', on, from: column, to: wanted }
  throw new ToolError('usage', `--rename ${JSON.stringify(text)} names no table or column of the second source.`, {
    help: `Write the name there and the new one: --rename 'users.mail to email'${three === '' ? '' : ', quoted where a name has a dot'}.`,
  })
}

/** The catalog after renames, those that were asked for first. */
export const renamed = (b: Catalog, goal: Catalog, texts: readonly string[]): { readonly changes: readonly Change[]; readonly catalog: Catalog } => {
  const wished: Change[] = []
  let catalog = b
  for (const text of texts) {
    const change = askedRename(text, catalog)
    wished.push(change)
    catalog = apply(change, catalog)
  }
  const plain = plainRenames(catalog, goal)
  return { changes: [...wished, ...plain], catalog: applyAll(plain, catalog) }
}

const withoutPlace = ({ position: _position, ...value }: { readonly [key: string]: unknown }): unknown => value

/** Columns of one table, alike but for their names, of which each side has one: most likely the same, renamed. By the extra one's identity. */
export const likelyRenames = (differences: readonly PrintedDifference[]): ReadonlyMap<string, string> => {
  const columns = differences.filter(({ kind }) => kind === 'column')
  const tableOf = ({ identity }: PrintedDifference): string => partsOf(identity).slice(0, 2).join('\0')
  const extra = columns.filter(({ from }) => from === undefined)
  return new Map(
    extra.flatMap((there) => {
      const alike = columns.filter(
        ({ from, to, ...rest }) => to === undefined && tableOf({ ...rest }) === tableOf(there) && equal(withoutPlace(from ?? {}), withoutPlace(there.to ?? {})),
      )
      return alike.length === 1 && alike[0] ? [[there.identity, `${display(there.identity)} to ${partsOf(alike[0].identity).at(-1)}`] as const] : []
    }),
  )
}
