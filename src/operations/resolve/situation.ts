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
  /** What both come from, where git knows it. */
  readonly base: At | undefined
  /** How the landed side was found, in words. */
  readonly why: string
}

const commit = (id: string, name: string): { readonly at: { readonly type: 'commit'; readonly commit: string }; readonly name: string } => ({
  at: { type: 'commit', commit: id },
  name,
})

const at = (id: string | undefined): At | undefined => (id === undefined ? undefined : { type: 'commit', commit: id })

const short = (id: string): string => id.slice(0, 8)

type Ref = { readonly name: string; readonly commit: string }

/** The branch on which work lands: as named, as configured, or the upstream's; where there is none, what is given instead. Throws `no-such-ref`, `no-landed-branch`. */
const landedRef = async (world: World, named: string | undefined, instead?: Ref): Promise<Ref> => {
  const wanted = named ?? world.config.landed
  const current = await world.git.branch()
  const local = ['main', 'master'].filter((name) => name !== current)
  const names = wanted === undefined ? [...upstreams, ...local] : [wanted]
  const ids = await Promise.all(names.map((name) => world.git.resolve(name)))
  const found = ids.findIndex((id) => id !== undefined)
  if (found >= 0) return { name: names[found] ?? '', commit: ids[found] ?? '' }
  if (wanted !== undefined) throw new ToolError('no-such-ref', `git knows no ref ${wanted}.`, { help: 'Fetch it first: git fetch origin.' })
  if (instead) return instead
  throw new ToolError(
    'no-landed-branch',
    'Nothing says which branch work lands on: there is no origin/HEAD, origin/main, origin/master, main or master beside this one.',
    {
      help: 'Name it: --landed origin/develop, or `landed` in pgstrata.config.ts.',
    },
  )
}

const isBranch = (current: string | undefined, ref: string): boolean => current !== undefined && (ref === current || ref.endsWith(`/${current}`))

/** Where history is cut off, a no of git says nothing. Throws `shallow-clone`. */
const refuseShallow = async (world: World, landed: string): Promise<void> => {
  if (!(await world.git.isShallow())) return
  throw new ToolError('shallow-clone', `The clone is shallow, and neither side is seen to be part of ${landed}: which of them has landed is not known.`, {
    help: 'git fetch --unshallow (in CI: fetch-depth: 0).',
  })
}

/** In the middle of a merge, rebase or cherry-pick: HEAD and what comes in. */
const betweenCommits = async (
  world: World,
  kind: Underway['kind'],
  { head, theirs, ref }: { readonly head: string; readonly theirs: string; readonly ref: Ref },
): Promise<Situation> => {
  const [current, theirsLanded, headLanded, from] = await Promise.all([
    world.git.branch(),
    world.git.isAncestor(theirs, ref.commit),
    world.git.isAncestor(head, ref.commit),
    kind === 'merge' ? world.git.mergeBase(head, theirs) : world.git.resolve(`${theirs}^`),
  ])
  if (!theirsLanded && !headLanded) await refuseShallow(world, ref.name)
  const base = at(from)
  const incoming = kind === 'merge' ? 'what is merged' : 'the commit that is picked'
  if (theirsLanded && !headLanded && !isBranch(current, ref.name))
    return {
      kind,
      landed: commit(theirs, theirs === ref.commit ? ref.name : `${ref.name} at ${short(theirs)}`),
      mine: commit(head, current ?? 'HEAD'),
      base,
      why: `${incoming} is part of ${ref.name}`,
    }
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
const withBranch = async (world: World, head: string, ref: Ref): Promise<Situation> => {
  const merged = await world.git.isAncestor(ref.commit, head)
  const base = await world.git.mergeBase(ref.commit, head)
  if (!merged && base === undefined) await refuseShallow(world, ref.name)
  return {
    kind: merged ? 'merged' : 'ahead',
    landed: commit(ref.commit, ref.name),
    mine: { at: { type: 'files' }, name: 'the working tree' },
    base: at(base),
    why: `${ref.name} is the branch that work lands on`,
  }
}

/** The sides of a merge that was committed broken: its parents. Undefined where HEAD is no merge. */
export const situateParents = async (world: World, named: string | undefined): Promise<Situation | undefined> => {
  const [first, second] = [await world.git.resolve('HEAD^1'), await world.git.resolve('HEAD^2')]
  if (first === undefined || second === undefined) return undefined
  return betweenCommits(world, 'merge', { head: first, theirs: second, ref: await landedRef(world, named, { name: 'HEAD^1', commit: first }) })
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
  if (underway?.kind === 'revert')
    throw new ToolError('revert-underway', 'A revert is underway: it takes migrations away, and databases that have run them keep what they did.', {
      help: 'Finish or abort it (git revert --abort). To go back from a migration: pgstrata rollback TAG.',
    })
  if (underway?.theirs !== undefined)
    return betweenCommits(world, underway.kind, { head, theirs: underway.theirs, ref: await landedRef(world, named, { name: 'HEAD', commit: head }) })
  if (underway)
    return {
      kind: 'other',
      landed: commit(head, 'HEAD'),
      mine: { at: { type: 'stage', stage: 3 }, name: 'what comes in' },
      base: { type: 'stage', stage: 1 },
      why: 'the index holds conflicts, and HEAD is what they are with',
    }
  return withBranch(world, head, await landedRef(world, named))
}

/** The same where somebody has put both sides together already, but not committed it: what there is to say is about the working tree. */
export const putTogether = ({ kind, landed, base, why }: Situation): Situation => ({
  kind: kind === 'ahead' ? kind : 'merged',
  landed,
  mine: { at: { type: 'files' }, name: 'the working tree' },
  base,
  why,
})
