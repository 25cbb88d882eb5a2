/** What can be written as JSON; also the form of a syntax tree as PostgreSQL's parser gives it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A node of PostgreSQL's own syntax tree (libpg-query's protobuf JSON), without source locations. */
export type Tree = { readonly [key: string]: Json }
