/** Routines that statements name: `f(integer, text)`, or `f` alone. */
import type { TypeReference } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { qualified } from '../model/name.ts'
import { child, flag, list, strings } from '../sql/tree.ts'
import type { Reading } from './reading.ts'
import { refuse } from './refusal.ts'
import { routineParts } from './routine-keys.ts'
import { displayType, printType } from './types.ts'

const words: Readonly<Record<string, string>> = { OBJECT_PROCEDURE: 'procedure', OBJECT_AGGREGATE: 'aggregate', OBJECT_ROUTINE: 'routine' }

/** Argument lists are compared without blanks; modifiers of types are no part of a signature. */
const plain = (args: string): string => args.replaceAll(' ', '')

/** The key of the routine that an ObjectWithArgs names; refuses with 42883 what is missing and with 42725 what is not unique. */
export const routineNamed = (reading: Reading, object: Tree | undefined, objectType: string): string => {
  const node = child(object, 'ObjectWithArgs') ?? object
  const parts = strings(list(node, 'objname'))
  const local = parts.at(-1) ?? ''
  const schemas = parts.length > 1 ? [parts.at(-2) ?? ''] : reading.searchPath
  const word = words[objectType] ?? 'function'
  const candidates = schemas.flatMap((schema) => [...reading.catalog.routines.keys()].filter((key) => key.startsWith(`${qualified(schema, local)}(`)))
  if (flag(node, 'args_unspecified')) {
    if (candidates.length > 1) refuse('42725', `${word} name "${parts.join('.')}" is not unique`)
    return candidates[0] ?? refuse('42883', `could not find a ${word} named "${parts.join('.')}"`)
  }
  const types = list(node, 'objargs').map((type) => reading.typeReference(child(type, 'TypeName') ?? type))
  const bare = (type: TypeReference): string => printType({ ...type, typmods: [] })
  const wanted = plain(`(${types.map(bare).join(',')})`)
  const found = candidates.find((key) => plain(routineParts(key).args) === wanted)
  return found ?? refuse('42883', `${word} ${parts.join('.')}(${types.map(displayType).join(', ')}) does not exist`)
}
