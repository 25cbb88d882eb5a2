import { isAbsolute, relative, resolve, sep } from 'node:path'

/** A path with forward slashes, as git and Drizzle's configurations write it. */
export const slashes = (path: string): string => path.split(sep).join('/')

/** A path as it is shown: relative to `cwd`, with forward slashes; absolute only on another drive. */
export const placeFrom = (cwd: string, path: string): string => {
  const way = relative(cwd, resolve(cwd, path))
  return way === '' ? '.' : slashes(isAbsolute(way) ? path : way)
}
