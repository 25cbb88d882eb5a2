/** Procedures as entries, under the key path from a router that stands in no other. */
import { any, type Machine, native, type Site, type Value } from '../../value.ts'
import { isCallable } from '../where.ts'
import { contextOf } from './context.ts'
import { notes } from './notes.ts'
import { Procedure } from './procedure.ts'
import { childrenOf, Router, unwrapped } from './router.ts'

/** Procedures below a value, by their key path. */
const procedures = function* (value: Value, path: readonly string[], site: Site): Generator<readonly [string, Procedure]> {
  if (path.length > 12) return
  for (const [key, child] of childrenOf(value, site)) {
    const here = [...path, key]
    const at = unwrapped(child, site)
    for (const each of at.kind === 'union' ? at.of : [at]) if (each instanceof Procedure) yield [here.join('.'), each]
    yield* procedures(at, here, site)
  }
}

/** Routers somewhere below this one. */
const routersBelow = (value: Value, site: Site, depth = 0): readonly Value[] => {
  if (depth > 12) return []
  const below = value instanceof Router ? value.parts.filter((part) => part instanceof Router) : []
  const children = [...below, ...[...childrenOf(value, site)].map(([, child]) => unwrapped(child, site))]
  return [...children, ...children.flatMap((child) => routersBelow(child, site, depth + 1))]
}

const enter = (router: Router, made: Set<string>): void => {
  const context = notes(router.site.machine).contexts.get(router) ?? any
  for (const [path, procedure] of procedures(router, [], router.site)) {
    const { place } = procedure.site
    const id = `${path} ${place.file}:${place.line}`
    // A router that is made by a function comes into being as often as that is called.
    if (!made.has(id)) enterProcedure(`trpc ${path}`, procedure, context)
    made.add(id)
  }
}

const enterProcedure = (name: string, procedure: Procedure, context: Value): void => {
  const { machine, place } = procedure.site
  const handler = native('procedure', (site) => procedure.run(contextOf(context, site), site))
  machine.entry({ name, kind: 'procedure', framework: 'trpc', place, runs: [{ what: 'procedure', handler, args: [] }] })
  if (!isCallable(procedure.resolver)) machine.gap(`The resolver of ${name} was not followed.`, procedure.site)
}

export const enterAll = (machine: Machine): void => {
  const all = [...notes(machine).routers]
  const nested = new Set(all.flatMap((router) => routersBelow(router, router.site)))
  const made = new Set<string>()
  for (const router of all) if (!nested.has(router)) enter(router, made)
}
