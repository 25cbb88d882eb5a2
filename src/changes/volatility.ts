/** Whether an expression's value may differ from row to row. */
import type { Expression } from '../model/catalog.ts'
import { child, list, strings, walk } from '../sql/tree.ts'

/** Functions of pg_catalog whose provolatile is `v` and that occur in defaults (pg_proc on 18.4); pgcrypto's and uuid-ossp's generators with them. */
const volatileFunctions = new Set(
  `random random_normal gen_random_uuid uuidv4 uuidv7 clock_timestamp timeofday nextval currval lastval setval setseed uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 gen_random_bytes
  gen_salt pg_sleep`.split(/\s+/),
)

/** True when an expression calls a function that is volatile, or one of the user's whose volatility is not known. */
export const isVolatile = (expression: Expression): boolean => {
  let volatile = false
  walk(expression, (node) => {
    const called = child(node, 'FuncCall')
    if (!called) return !volatile
    const names = strings(list(called, 'funcname'))
    const own = names.length > 1 && names[0] !== 'pg_catalog'
    if (own || volatileFunctions.has(names.at(-1) ?? '')) volatile = true
    return !volatile
  })
  return volatile
}
