/** Small steps into a snapshot's JSON; what is missing or of another type is absent, because old drizzle-kit left out what newer ones write. */
import { ToolError } from '../model/error.ts'
import type { Json, Tree } from '../model/json.ts'
import { isTree } from '../sql/tree.ts'

/** A snapshot's object; throws `snapshot-invalid`. */
export const treeOf = (snapshot: string | Tree): Tree => {
  if (typeof snapshot !== 'string') return snapshot
  try {
    const value: Json = JSON.parse(snapshot)
    if (isTree(value)) return value
  } catch (error) {
    throw new ToolError('snapshot-invalid', `The snapshot is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      help: 'Run `pgstrata doctor`: it says where.',
      cause: error,
    })
  }
  throw new ToolError('snapshot-invalid', 'The snapshot is not a JSON object.', { help: 'Bring the file back from git.' })
}

/** The object under a key; a missing one is empty. */
export const part = (tree: Tree, key: string): Tree => {
  const value = tree[key]
  return isTree(value) ? value : {}
}

export const has = (tree: Tree, key: string): boolean => isTree(tree[key])

/** The objects that an object or a list holds, in their order. */
export const members = (tree: Tree, key: string): readonly Tree[] => {
  const value = tree[key]
  return Array.isArray(value) ? value.filter(isTree) : isTree(value) ? Object.values(value).filter(isTree) : []
}

/** A text, or a number as text; an empty text stays one. */
export const word = (tree: Tree, key: string): string | undefined => {
  const value = tree[key]
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
}

export const yes = (tree: Tree, key: string): boolean => tree[key] === true

/** The texts of a list, or (version 5) the values of an object. */
export const words = (tree: Tree, key: string): readonly string[] => {
  const value = tree[key]
  const items: readonly Json[] = Array.isArray(value) ? value : isTree(value) ? Object.values(value) : []
  return items.filter((item) => typeof item === 'string')
}

/** An optional field for a spread: absent where the value is. */
export const field = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V })

/** `autovacuumEnabled` → `autovacuum_enabled`. */
export const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** A view's options as SQL; drizzle-kit writes all values bare. */
export const viewOptions = (options: Tree): string =>
  Object.entries(options)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${snakeCase(key)} = ${String(value)}`)
    .join(', ')

const greatest = 9223372036854775807n

/** A sequence's number. JSON's doubles round the greatest bigint up to one that PostgreSQL refuses. */
export const sequenceNumber = (text: string | undefined): string | undefined => {
  if (text === undefined || !/^-?\d+$/.test(text)) return text
  const value = BigInt(text)
  return value > greatest ? String(greatest) : value < -greatest - 1n ? String(-greatest - 1n) : text
}
