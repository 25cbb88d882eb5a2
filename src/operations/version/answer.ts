/** The version that migrations lead to, and what comes next: of a folder and of a database. */
import { type Bump, breaks, compareBumps, displayVersion, type Flag, parseVersion, type Version } from '../../features/version/numbers.ts'
import { ToolError } from '../../model/error.ts'
import type { Finding } from '../../model/finding.ts'
import type { Migration } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import type { Text } from '../../model/report.ts'
import type { World } from '../../model/world.ts'
import type { Numbering, Versioned } from './classified.ts'

/** The flags of `version`. */
export type Asked = {
  readonly changelog: boolean
  readonly baseline: string | undefined
  readonly tags: boolean
  readonly statements: boolean
  readonly sync: boolean
  readonly trigger: string | undefined
  readonly applied: boolean
  readonly yes: boolean
}

type Next = { readonly version: Version; readonly bump: Bump; readonly why: string; readonly breaking: boolean; readonly flags: readonly Flag[] }
type Answer = { readonly version: Version | undefined; readonly tag: string | undefined; readonly next: Next | undefined }

/** Where `applied` migrations from the first one on lead, and what the rest of the folder brings. */
export const answer = ({ history, classes, versions }: Versioned, applied: number): Answer => {
  const last = versions.at(-1)
  const rest = classes.slice(applied)
  const [decisive] = rest.toSorted((a, b) => compareBumps(b.bump, a.bump))
  const next = last &&
    decisive && {
      version: last,
      bump: decisive.bump,
      why: decisive.why,
      breaking: rest.some(({ breaking }) => breaking),
      flags: [...new Set(rest.flatMap(({ flags }) => flags))],
    }
  return { version: applied === 0 ? undefined : versions[applied - 1], tag: history.migrations[applied - 1]?.tag, next }
}

export const tagsOf = (migrations: readonly Migration[]): readonly string[] => migrations.map(({ tag }) => tag)

export const dataOf = ({ version, tag, next }: Answer, state: string, more: { readonly [key: string]: Json }): Json => ({
  version: version ? displayVersion(version) : null,
  tag: tag ?? null,
  state,
  applied: [],
  pending: [],
  skipped: [],
  edited: [],
  unknown: [],
  ...more,
  next: next ? { ...next, version: displayVersion(next.version) } : null,
})

export const nextText = ({ next }: Answer): Text =>
  next
    ? [
        { text: displayVersion(next.version), tone: 'strong' },
        ` (${next.bump}${next.breaking === breaks(next.bump) ? '' : next.breaking ? ', breaking' : ', not breaking'}: ${next.why})`,
      ]
    : 'nothing is pending'

export const versionText = ({ version, tag }: Answer): Text =>
  version ? [{ text: displayVersion(version), tone: 'strong' }, ` at ${tag ?? ''}`] : 'none: no migration is applied'

/** Comments that say a class and are none, or change nothing. */
export const findingsOf = async (world: World, versioned: Versioned): Promise<readonly Finding[]> => {
  const spoken = versioned.classes.some(({ bad, overrides }) => bad.length > 0 || overrides.some(({ idle }) => idle))
  return spoken ? (await import('./overrides.ts')).overrideFindings(world, versioned) : []
}

/** The numbering that `--baseline` asks for goes before the configuration's. Throws `usage`. */
export const numbered = (numbering: Numbering, { baseline }: Asked): Numbering => {
  if (baseline === undefined) return numbering
  const first = parseVersion(baseline)
  if (first) return { ...numbering, first }
  throw new ToolError('usage', `--baseline ${JSON.stringify(baseline)} is no version.`, { help: 'Write it as 7.3.0.' })
}
