/** Which side has landed and which is mine: by ancestry, never by git's ours and theirs, which a rebase swaps. */
import { ToolError } from '../../model/error.ts'
import type { Underway, World } from '../../model/world.ts'
import { upstreams } from '../landed.ts'

/** Where a side's folder stands. */
export type At =
  | { readonly type: 'commit'; readonly commit: string }
  | { readonly type: 'stage'; readonly stage: 1 | 2 | 3 }
  /** The working tree, as it is on disk. */
  | { readonly type: 'files' }

export type SideRef = { readonly at: At; readonly name: string }

export type Situation = {
  /** `ahead`: the landed branch is not merged yet, so that nothing can be written. */
  readonly kind: Underway['kind'] | 'merged' | 'ahead'
  readonly landed: SideRef & { readonly at: { readonly type: 'commit'; readonly commit: string } }
  readonly mine: SideRef
  /** The common commit, where there is one. */
  readonly base: string | undefined
  /** How the landed side was found, in words. */
  readonly why: string
}

const commit = (id: string, name: string): { readonly at: { readonly type: 'commit'; readonly commit: string }; readonly name: string } => ({
  at: { type: 'commit', commit: id },
  name,
})

const short = (id: string): string => id.slice(0, 8)

/** The branch on which work lands: as named, as configured, or the upstream's. Throws `no-such-ref`, `no-landed-branch`. */
const landedRef = async (world: World, named: string | undefined): Promise<{ readonly name: string; readonly commit: string }> => {
  const wanted = named ?? world.config.landed
  const current = await world.git.branch()
  const local = ['main', 'master'].filter((name) => name !== current)
  for (const name of wanted === undefined ? [...upstreams, ...local] : [wanted]) {
    const id = await world.git.resolve(name)
    if (id !== undefined) return { name, commit: id }
  }
  if (wanted !== undefined) throw new ToolError('no-such-ref', `git knows no ref ${wanted}.`, { help: 'Fetch it first: git fetch origin.' })
  if (current !== undefined && (await world.git.underway())?.theirs !== undefined) return { name: current, commit: (await world.git.resolve('HEAD')) ?? '' }
  throw new ToolError('no-landed-branch', 'Nothing says which branch work lands on: there is no origin/HEAD, origin/main, origin/master, main or master beside this one.', {
    help: 'Name it: --landed origin/develop, or `landed` in pgstrata.config.ts.',
  })
}

const isBranch = (current: string | undefined, ref: string): boolean => current !== undefined && (ref === current || ref.endsWith(`/${current}`))

/** In the middle of a merge, rebase or cherry-pick: HEAD and what comes in. */
const betweenCommits = async (
  world: World,
  kind: Underway['kind'],
  { head, theirs, ref }: { readonly head: string; readonly theirs: string; readonly ref: { readonly name: string; readonly commit: string } },
): Promise<Situation> => {
  const [current, theirsLanded, headLanded] = [
    await world.git.branch(),
    await world.git.isAncestor(theirs, ref.commit),
    await world.git.isAncestor(head, ref.commit),
  ]
  const base = kind === 'merge' ? await world.git.mergeBase(head, theirs) : await world.git.resolve(`${theirs}^`)
  const incoming = kind === 'merge' ? 'what is merged' : 'the commit that is picked'
  if (theirsLanded && !headLanded && !isBranch(current, ref.name))
    return { kind, landed: commit(theirs, short(theirs)), mine: commit(head, current ?? 'HEAD'), base, why: `${incoming} (${short(theirs)}) is part of ${ref.name}` }
  const landed = commit(head, current ?? (kind === 'rebase' ? 'what it is rebased on' : 'HEAD'))
  const why = headLanded
    ? `HEAD is part of ${ref.name}`
    : isBranch(current, ref.name)
      ? `HEAD is the branch ${current}`
      : kind === 'merge'
        ? `neither side is part of ${ref.name}; what HEAD has stays`
        : `HEAD is what the ${kind} builds on`
  return { kind, landed, mine: commit(theirs, short(theirs)), base, why }
}

/** Nothing is underway: the working tree beside the landed branch. */
const withBranch = async (world: World, head: string, ref: { readonly name: string; readonly commit: string }): Promise<Situation> => {
  const merged = await world.git.isAncestor(ref.commit, head)
  return {
    kind: merged ? 'merged' : 'ahead',
    landed: commit(ref.commit, ref.name),
    mine: { at: { type: 'files' }, name: 'the working tree' },
    base: await world.git.mergeBase(ref.commit, head),
    why: `${ref.name} is the branch that work lands on`,
  }
}

/**
 * Finds the sides. Throws `no-repository`, `no-such-ref`, `no-landed-branch`, and `revert-underway`.
 */
export const situate = async (world: World, named: string | undefined): Promise<Situation> => {
  if ((await world.git.root()) === undefined)
    throw new ToolError('no-repository', 'There is no git repository here: which migrations have landed is not known.', {
      help: 'Run it inside the repository.',
    })
  const head = await world.git.resolve('HEAD')
  if (head === undefined) throw new ToolError('no-commit', 'The repository has no commit yet.', { help: 'Commit first: a collision is between two histories.' })
  const underway = await world.git.underway()
  const ref = await landedRef(world, named)
  if (underway?.kind === 'revert')
    throw new ToolError('revert-underway', 'A revert is underway: it takes migrations away, and databases that have run them keep what they did.', {
      help: 'Finish or abort it (git revert --abort). To go back from a migration: pgstrata rollback TAG.',
    })
  if (underway?.theirs !== undefined) return betweenCommits(world, underway.kind, { head, theirs: underway.theirs, ref })
  if (underway)
    return {
      kind: 'other',
      landed: commit(head, 'HEAD'),
      mine: { at: { type: 'stage', stage: 3 }, name: 'what comes in' },
      base: head,
      why: 'the index holds conflicts, and HEAD is what they are with',
    }
  return withBranch(world, head, ref)
}
