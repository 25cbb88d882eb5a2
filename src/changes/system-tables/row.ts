/** A row of a system table, as far as memory has its values. */

/** A value that memory does not have. */
export const unknown: unique symbol = Symbol('unknown')
/** A value that memory does not have, but that is not NULL. */
export const present: unique symbol = Symbol('present')

export type Known = string | number | boolean | null
export type Value = Known | typeof unknown | typeof present

/** `maybe`: the row may be there. A column that a row does not have is unknown. */
export type Row = { readonly [column: string]: Value; readonly maybe?: true }
