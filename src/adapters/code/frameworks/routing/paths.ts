/** Paths of routes: as their authors write them, joined as routers join them. */

/** `/api` and `/users/:id` are `/api/users/:id`; a lone `/` below a prefix adds nothing. */
export const joined = (prefix: string, path: string): string => {
  const base = prefix.startsWith('/') ? prefix.replace(/\/+$/, '') : prefix === '' ? '' : `/${prefix.replace(/\/+$/, '')}`
  const rest = path.replace(/^\/+/, '')
  return rest === '' ? base || '/' : `${base}/${rest}`
}

/** For routers that answer `/users/` and `/users` alike. */
export const withoutSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') || '/' : path)

const segments = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '')

const fits = (pattern: string, segment: string): boolean => pattern === '*' || pattern.startsWith(':') || pattern === segment

/** Whether every request of a route with this path passes what is registered for the pattern. `*` at the pattern's end stands for any rest, also for none. */
export const matches = (pattern: string, path: string): boolean => {
  const wanted = segments(pattern)
  const given = segments(path)
  const open = wanted.at(-1) === '*'
  const fixed = open ? wanted.slice(0, -1) : wanted
  if (open ? given.length < fixed.length : given.length !== fixed.length) return false
  return fixed.every((segment, i) => fits(segment, given[i] ?? ''))
}

/** `:id` as `id`, for each parameter of a path. */
export const parametersOf = (path: string): readonly string[] => [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
