/** Hooks that fetch: SWR and TanStack Query. What they hold is said by a type argument, or answered by the function that fetches. */
import { defineFramework } from '../frameworks/define.ts'
import { ownValue } from '../own-value.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'

/** Options that a library makes for a query of its own: `trpc.post.list.queryOptions()`. */
export class QueryOptions extends Model {
  readonly what = 'query options'
  readonly answer: Value
  constructor(answer: Value) {
    super()
    this.answer = answer
  }
}

export const holding = (data: Value, { machine }: Site): Value => machine.object({ data }, any)

/** The answer to several requests, one page after the other. */
export const paged = (answer: Value, site: Site): Value => holding(site.machine.object({ pages: site.machine.array(answer) }, any), site)

const fetched = (fetcher: Value, site: Site): Value =>
  fetcher.kind === 'function' ? site.machine.awaited(site.machine.invoke(fetcher, [any], site), site) : any

/** `useSWR<T>(key, fetcher)`. */
const swrAnswer = ({ types: [type = any], args: [, fetcher = any], ...site }: CallSite): Value => (type.kind === 'any' ? fetched(fetcher, site) : type)

/** `mutate<T>(key, (last) => next)`. */
const mutate = native('mutate', ({ types: [type = any], args, ...site }) => {
  for (const one of args) site.machine.handOver(one, site, [type])
  return any
})

const swrHook = native('useSWR', (call) => holding(swrAnswer(call), call))
const swrPages = native('useSWRInfinite', (call) => holding(call.machine.array(swrAnswer(call)), call))
const swrConfig = native('useSWRConfig', ({ machine }) => machine.object({ mutate }, any))

export const swr = defineFramework({
  id: 'swr',
  title: 'SWR',
  packages: ['swr', 'swr/*'],
  starts: [],
  imported(from, [name]) {
    if (name === 'default') return from === 'swr/infinite' ? swrPages : swrHook
    return name === 'useSWRConfig' ? swrConfig : undefined
  },
  examples: [],
})

/** `useQuery<T>({ queryFn, select })`. */
const queryAnswer = ({ types: [type = any], args: [options = any], ...site }: CallSite): Value => {
  const { machine } = site
  const fetcher = options instanceof QueryOptions ? any : machine.get(options, 'queryFn', site)
  const answer = options instanceof QueryOptions ? options.answer : type.kind === 'any' ? fetched(fetcher, site) : type
  const select = options instanceof QueryOptions ? any : machine.get(options, 'select', site)
  return select.kind === 'function' ? machine.invoke(select, [answer], site) : answer
}

/** `useMutation({ mutationFn, onSuccess: (answer) => … })`. */
const mutation = native('useMutation', ({ args: [options = any], types: [type = any], ...site }) => {
  const { machine } = site
  const answer = type.kind === 'any' ? fetched(machine.get(options, 'mutationFn', site), site) : type
  for (const name of ['onSuccess', 'onSettled']) machine.handOver(machine.get(options, name, site), site, [answer])
  return machine.object({ data: answer }, any)
})

const one = native('useQuery', (call) => holding(queryAnswer(call), call))
const pages = native('useInfiniteQuery', (call) => paged(queryAnswer(call), call))

const queryHooks: Readonly<Record<string, Value>> = {
  useQuery: one,
  useSuspenseQuery: one,
  useInfiniteQuery: pages,
  useSuspenseInfiniteQuery: pages,
  useMutation: mutation,
  queryOptions: native('queryOptions', (call) => new QueryOptions(queryAnswer(call))),
}

export const tanstackQuery = defineFramework({
  id: 'tanstack-query',
  title: 'TanStack Query',
  packages: ['@tanstack/react-query', '@tanstack/vue-query', '@tanstack/svelte-query', '@tanstack/solid-query'],
  starts: [],
  imported: (_from, [name = '', ...rest]) => (rest.length === 0 ? ownValue(queryHooks, name) : undefined),
  examples: [],
})
