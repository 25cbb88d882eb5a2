/** tRPC in the browser: by the type of the router a client's answers are what its procedures give. */
import { defineFramework } from '../frameworks/define.ts'
import { callerOf } from '../frameworks/trpc/router.ts'
import { ownValue } from '../own-value.ts'
import { any, Model, native, type Site, type Value } from '../value.ts'
import { holding, paged, QueryOptions } from './queries.ts'

/** It comes over the wire: who asks does not call the procedure. */
const answerOf = (caller: Value, site: Site): Value => {
  const { machine } = site
  return machine.awaited(machine.invoke(caller, [any], { ...site, node: machine.nowhere }), site)
}

/** What stands at the end of the path to a procedure. */
const ends: Readonly<Record<string, (answer: Value, site: Site) => Value>> = {
  useQuery: holding,
  useSuspenseQuery: (answer, site) => site.machine.array(holding(answer, site)),
  useInfiniteQuery: paged,
  query: (answer) => answer,
  mutate: (answer) => answer,
  fetch: (answer) => answer,
  ensureData: (answer) => answer,
  getData: (answer) => answer,
  queryOptions: (answer) => new QueryOptions(answer),
}

/** Called with functions that are given the answer: `useMutation({ onSuccess })`, `setData(input, (last) => next)`. */
const handing = new Set(['useMutation', 'mutationOptions', 'setData', 'useSubscription'])

const handed = (answer: Value, args: readonly Value[], site: Site): Value => {
  for (const one of args) site.machine.handOver(one, site, [answer])
  return holding(answer, site)
}

/** `api.post.list`; hooks give the whole client again: `api.useUtils()`. */
class Client extends Model {
  readonly what = 'trpc client'
  readonly #of: Value
  readonly #below = new Map<string, Value>()
  constructor(of: Value) {
    super()
    this.#of = of
  }
  override get(name: string, site: Site): Value {
    const below = this.#below.get(name) ?? this.#made(name, site)
    this.#below.set(name, below)
    return below
  }
  #made(name: string, site: Site): Value {
    const end = ownValue(ends, name)
    if (end) return native(name, (call) => end(answerOf(this.#of, call), call))
    if (handing.has(name)) return native(name, ({ args, ...call }) => handed(answerOf(this.#of, call), args, call))
    if (name === 'useUtils' || name === 'useContext' || name === 'client') return native(name, () => this)
    return new Client(site.machine.get(this.#of, name, site))
  }
}

/** `inferRouterOutputs<AppRouter>['post']['list']`. */
class Outputs extends Model {
  readonly what = 'trpc outputs'
  readonly #of: Value
  constructor(of: Value) {
    super()
    this.#of = of
  }
  override get(name: string, site: Site): Value {
    const below = site.machine.get(this.#of, name, site)
    const answer = answerOf(below, site)
    return answer.kind === 'any' ? new Outputs(below) : answer
  }
}

const client = native('trpc client', ({ types: [router = any] }) => (router.kind === 'any' ? any : new Client(callerOf(router))))

/** `createTRPCContext<AppRouter>()` of @trpc/tanstack-react-query. */
const context = native('trpc context', ({ types: [router = any], machine }) => {
  const whole = router.kind === 'any' ? any : new Client(callerOf(router))
  return machine.object({ useTRPC: native('useTRPC', () => whole), useTRPCClient: native('useTRPCClient', () => whole) }, any)
})

const exported: Readonly<Record<string, Value>> = {
  createTRPCReact: client,
  createTRPCNext: client,
  createTRPCClient: client,
  createTRPCProxyClient: client,
  createTRPCContext: context,
}

export const trpcClient = defineFramework({
  id: 'trpc-client',
  title: 'tRPC in the browser',
  packages: ['@trpc/client', '@trpc/next', '@trpc/react-query', '@trpc/tanstack-react-query', '@trpc/server'],
  starts: [],
  imported: (from, [name = '', ...rest]) => (rest.length === 0 && from !== '@trpc/server' ? ownValue(exported, name) : undefined),
  typed: (_from, name, [router = any]) => (name === 'inferRouterOutputs' && router.kind !== 'any' ? new Outputs(callerOf(router)) : undefined),
  examples: [],
})
