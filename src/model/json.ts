/** What can be written as JSON; also the form of a syntax tree as PostgreSQL's parser gives it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A node of PostgreSQL's own syntax tree (libpg-query's protobuf JSON), without source locations. */
export type Tree = { readonly [key: string]: Json }

/** Of what was read from a file or a server: an object, no list and not null. */
export const isObject = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a text says as JSON; undefined where it is none. */
export const parsedJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
