/** Which files are followed whatever the others say. */
import { isTest } from './is-test.ts'
import type { Note } from './notes.ts'

/** Packages through which a program reaches a database; who imports none of them, over any number of steps, is given what he uses. */
export const databases =
  /^(?:drizzle-orm|pg|postgres|@neondatabase\/serverless|@vercel\/postgres|drizzle-zod|drizzle-valibot|drizzle-typebox|drizzle-arktype|@electric-sql\/pglite)(?:\/|$)/

/** It imports what reaches a database. */
export const isDirect = (path: string, { why, imports }: Note): boolean => why === undefined && !isTest(path) && imports.some((from) => databases.test(from))
