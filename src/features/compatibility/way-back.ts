/** How far an environment can go back without breaking the app that runs there, and what is lost on the way. */

/** What going back over one migration costs. `unknown`: nobody can tell without running it, or at all. */
export type Cost = {
  readonly class: 'lossless' | 'lossy' | 'unknown'
  /** Of the rows from before the migration: what does not come back. */
  readonly loses: readonly string[]
  /** What was written since into what the migration made, and goes with it. */
  readonly since: readonly string[]
  /** What may have been written since and stops it, where it is there. */
  readonly stoppedBy: readonly string[]
  /** Why nobody can tell. */
  readonly why?: string
}

/** The versions, by position, on which an app runs. */
type Runs = { readonly app: string; readonly from: number; readonly to: number }

export type WayBack = {
  /** The version that can be gone back to; the environment's own where there is no way. */
  readonly to: number
  /** The app that holds it there; undefined where the folder begins. */
  readonly held: string | undefined
  /** What is gone back over, the newest first. */
  readonly over: readonly { readonly at: number; readonly cost: Cost }[]
  /** Apps that do not run on what is there today. */
  readonly broken: readonly string[]
}

/** `position`: the environment's version. All apps count: in a rolling deployment there are several. */
export const wayBack = (position: number, apps: readonly Runs[], costs: readonly Cost[]): WayBack => {
  const broken = apps.filter(({ from, to }) => position < from || position > to).map(({ app }) => app)
  const [holding] = apps.toSorted((a, b) => b.from - a.from)
  const to = broken.length > 0 ? position : Math.min(position, holding?.from ?? 0)
  const over = Array.from({ length: position - to }, (_, step) => position - step).flatMap((at) => (costs[at] ? [{ at, cost: costs[at] }] : []))
  return { to, held: to === 0 ? undefined : holding?.app, over, broken }
}
