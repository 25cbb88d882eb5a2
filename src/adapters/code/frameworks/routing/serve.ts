/** A composed route as an entry: its middleware in their order, then its handler, each with what the request carries by then. */
import type { Confidence, NewEntry, Site, Value } from '../../value.ts'
import type { Chain } from './chain.ts'
import type { Composed } from './table.ts'
import { isFollowed, LibraryMiddleware, nameOf } from './values.ts'

type Run = NewEntry['runs'][number]

export type Serving<Context> = {
  readonly framework: string
  readonly chain: Chain<Context>
  /** What a middleware or a handler is called with. */
  readonly args: (context: Context, step: Value) => readonly Value[]
}

const callbackRuns = (step: LibraryMiddleware): readonly Run[] =>
  step.callbacks.map((handler) => ({ handler, args: [], what: `callback of ${step.what}`, confidence: 'likely' satisfies Confidence }))

/** Runs of the steps before the handler, and the chain that they leave. */
const middlewareRuns = <C>(steps: readonly Value[], serving: Serving<C>): { readonly runs: readonly Run[]; readonly chain: Chain<C> } => {
  const runs: Run[] = []
  let chain = serving.chain
  for (const step of steps) {
    if (step instanceof LibraryMiddleware) runs.push(...callbackRuns(step))
    else if (isFollowed(step)) {
      chain = chain.after(step)
      runs.push({ handler: step, args: serving.args(chain.context, step), what: `middleware ${nameOf(step)}` })
    }
  }
  return { runs, chain }
}

const handlerRuns = <C>(handler: Value | undefined, chain: Chain<C>, serving: Serving<C>): readonly Run[] => {
  if (handler instanceof LibraryMiddleware) return callbackRuns(handler)
  if (handler === undefined || !isFollowed(handler)) return []
  return [{ handler, args: serving.args(chain.last, handler), what: `handler ${nameOf(handler)}` }]
}

export const serve = <C>(route: Composed<Value>, serving: Serving<C>): void => {
  const { site } = route
  const name = `${route.method} ${route.path}`
  const handler = route.steps.at(-1)
  const { runs, chain } = middlewareRuns([...route.before, ...route.steps.slice(0, -1)], serving)
  const last = handlerRuns(handler, chain, serving)
  if (last.length === 0) site.machine.gap(`the handler of ${name} is not known`, site)
  site.machine.entry({ name, kind: 'route', framework: serving.framework, place: site.place, runs: [...runs, ...last] })
}

/** What answers where no route does, and on errors: called by the framework, for no path of its own. */
export const serveErrors = (name: string, framework: string, handler: Value, args: readonly Value[], site: Site): void => {
  if (!isFollowed(handler)) return
  site.machine.entry({
    name,
    kind: 'callback',
    framework,
    place: site.place,
    runs: [{ handler, args, what: `error handler ${nameOf(handler)}`, confidence: 'likely' }],
  })
}
