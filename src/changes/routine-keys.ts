/** Keys of routines: `"schema"."name"` and the argument types, which are part of the name. */
import { localName, type QualifiedName, qualified, schemaOf } from '../model/name.ts'

/** Where `"schema"."name"` of a routine's key ends. */
const partsEnd = (key: string): number => /^"(?:[^"]|"")*"\."(?:[^"]|"")*"/.exec(key)?.[0].length ?? 0

/** A type's new name among a routine's argument types. */
export const typeInKey =
  (from: QualifiedName, to: QualifiedName) =>
  (key: string): string => {
    const at = key.indexOf('(', partsEnd(key))
    return at === -1 || !key.includes(from, at) ? key : key.slice(0, at) + key.slice(at).replaceAll(from, to)
  }

/** A routine's key with another name or schema. */
export const routineKeyWith = (key: string, schema: string, name: string): string => `${qualified(schema, name)}${key.slice(partsEnd(key))}`

/** Schema, name and argument list of a routine's key. */
export const routineParts = (key: string): { readonly name: QualifiedName; readonly schema: string; readonly local: string; readonly args: string } => {
  const name = key.slice(0, partsEnd(key)) as QualifiedName
  return { name, schema: schemaOf(name), local: localName(name), args: key.slice(name.length) }
}
