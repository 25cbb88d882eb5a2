/** The npm package `pg`, loaded when it is first needed. */
import { createRequire } from 'node:module'

export type Driver = typeof import('pg')

/**
 * Runs `load` while the global `Response` is away: to find out whether it runs in Cloudflare's workers, `pg` makes one where there is no `navigator` (Node 20),
 * and that loads the whole of Node's fetch, which takes longer than `pg` itself.
 */
const withoutFetch = <T>(load: () => T): T => {
  const response = Object.getOwnPropertyDescriptor(globalThis, 'Response')
  if (!response?.configurable || 'navigator' in globalThis) return load()
  Object.defineProperty(globalThis, 'Response', { configurable: true, value: undefined })
  try {
    return load()
  } finally {
    Object.defineProperty(globalThis, 'Response', response)
  }
}

let loaded: Driver | undefined

/** The driver. Loading is one synchronous stretch, so that nobody else misses the global meanwhile. */
export const driver = (): Driver => (loaded ??= withoutFetch(() => createRequire(import.meta.url)('pg') as Driver))
