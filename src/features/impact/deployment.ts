/** How a migration and the releases of the code get out together. */
import type { DeploymentStep, Effect, Order } from './change/effect.ts'

export type Deployment = { readonly order: Order | 'split'; readonly why: string; readonly steps: readonly DeploymentStep[] }

const orders = ['any order', 'database first', 'code first', 'expand and contract'] as const satisfies readonly Order[]

/** Steps of several effects: what two of them say is said once. */
const merged = (effects: readonly Effect[]): readonly DeploymentStep[] => [
  ...new Map(effects.flatMap(({ steps }) => steps).map((step) => [`${step.kind} ${step.what}`, step])).values(),
]

const reasons = (effects: readonly Effect[]): string => [...new Set(effects.map(({ why }) => why))].join(' ')

/** A migration of which one part must run before the new code and another one after it cannot be deployed in one piece. */
const split = (effects: readonly Effect[]): Deployment => ({
  order: 'split',
  why: 'One part of it must run before the new code, another one after it: in one piece it breaks code whatever the order.',
  steps: (['database first', 'code first'] as const).flatMap((order) => merged(effects.filter((effect) => effect.order === order))),
})

/** The order for all effects of a migration. */
export const deploymentOf = (effects: readonly Effect[]): Deployment => {
  const found = new Set(effects.map(({ order }) => order))
  if (found.has('database first') && found.has('code first') && !found.has('expand and contract')) return split(effects)
  const order = orders.findLast((each) => found.has(each)) ?? 'any order'
  const decisive = effects.filter((effect) => effect.order === order)
  return {
    order,
    why: reasons(decisive) || 'It changes nothing that code can see.',
    steps: merged(order === 'expand and contract' ? effects : decisive),
  }
}
