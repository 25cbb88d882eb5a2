/** What functions of Next.js and React make of those that they are given. */
import { any, native, type Value } from '../../value.ts'

/** `() => import('./x')` as the component that the file exports. */
const component = native('dynamic', ({ args: [load = any], ...site }) => {
  const { machine } = site
  const loaded = machine.awaited(machine.invoke(load, [], site), site)
  const module = machine.get(loaded, 'default', site)
  return module.kind === 'any' ? loaded : module
})

const itself = native('cached function', ({ args: [fn = any] }) => fn)

/** `after(fn)` runs when the response is sent; a promise is one that runs already. */
const after = native('after', ({ args: [then = any], ...site }) => site.machine.invoke(then, [], site))

const use = native('use', ({ args: [promise = any], ...site }) => site.machine.awaited(promise, site))

const known: Readonly<Record<string, Value>> = {
  'next/cache unstable_cache': itself,
  'next/server after': after,
  'next/server unstable_after': after,
  'next/dynamic default': component,
  'react cache': itself,
  'react memo': itself,
  'react forwardRef': itself,
  'react useCallback': itself,
  'react use': use,
  'react lazy': component,
}

export const imported = (from: string, name: string): Value | undefined => known[`${from} ${name}`]
