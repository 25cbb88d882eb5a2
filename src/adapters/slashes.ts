import { sep } from 'node:path'

/** A path with forward slashes, as git and Drizzle's configurations write it. */
export const slashes = (path: string): string => path.split(sep).join('/')
