/** A comparison as findings: each item with what it means, since when the folder has had it, and whether somebody accepted it. */
import type { Acceptance } from '../../features/drift/accepted.ts'
import type { Comparison } from '../../features/drift/compare.ts'
import { type DriftItem, itemsOf } from '../../features/drift/items.ts'
import { dottedName } from '../../features/drift/names.ts'
import { likelyRenames } from '../../features/drift/renames.ts'
import { type Risk, riskOf } from '../../features/drift/risk.ts'
import { sinceOf } from '../../features/drift/since.ts'
import { messageOf } from '../../features/drift/words.ts'
import type { Finding } from '../../model/finding.ts'
import type { Migration } from '../../model/history.ts'
import { below } from '../../model/path.ts'
import type { World } from '../../model/world.ts'
import { reportedFinding } from '../../rules/report.ts'
import { displaySource } from '../source-ref.ts'
import type { ReadSide } from './sides.ts'

export type Judged = {
  readonly item: DriftItem
  readonly risk: Risk
  /** The hash of both definitions. */
  readonly fingerprint: string
  /** `changed column public.users.note` */
  readonly drift: string
  /** The migration that made it as the folder has it, or that took it away there. */
  readonly since?: { readonly tag: string; readonly what: 'made' | 'gone'; readonly migration: Migration; readonly folder: string }
  readonly accepted?: Acceptance
  readonly finding: Finding
}

type Sides = readonly [ReadSide, ReadSide]

/** How the file of accepted drift calls a source, wherever it is asked from. A URL is a secret. */
const keyOf = ({ source }: ReadSide): string =>
  source.type === 'folder' ? `folder${source.upTo === undefined ? '' : `@${source.upTo}`}` : source.type === 'url' ? 'url' : displaySource(source)

export const betweenOf = ([a, b]: Sides): string => `${keyOf(a)} → ${keyOf(b)}`

const historyOf = ([a, b]: Sides): ReadSide['history'] => a.history ?? b.history

const sinceIn = async (sides: Sides, item: DriftItem): Promise<Judged['since']> => {
  const of = historyOf(sides)
  if (!of) return undefined
  const found = sinceOf(await of.catalogs(), item.difference)
  const migration = found && of.history.migrations[found.migration]
  return found && migration ? { tag: migration.tag, what: found.what, migration, folder: of.history.folder } : undefined
}

const rules = { missing: 'drift-missing', extra: 'drift-extra', changed: 'drift-changed' } as const

const sinceText = ({ since }: Pick<Judged, 'since'>): string =>
  since === undefined ? '' : since.what === 'made' ? ` In the folder since ${since.tag}.` : ` The folder dropped it in ${since.tag}.`

type Unworded = Omit<Judged, 'finding'>

const findingOf = (judged: Unworded, [a, b]: Sides, rename: string | undefined): Finding => {
  const { item, risk, since, accepted } = judged
  const message = `${messageOf(item, a.name, b.name)} ${risk.why}${sinceText(judged)}`
  const place = since && since.what === 'made' ? { file: below(since.folder, since.migration.path), migration: since.tag } : {}
  const hint = rename === undefined ? {} : { help: `If it was renamed: --rename '${rename}' writes ALTER … RENAME, and no value is lost.` }
  const severity = risk.level === 'low' ? 'warning' : 'error'
  const finding = reportedFinding(rules[item.kind], message, place, judged.drift, { severity, ...hint })
  return accepted ? { ...finding, waived: { reason: accepted.reason, until: accepted.until } } : finding
}

/** The day on which an acceptance ends, in the zone of whoever runs it. */
const isOver = ({ until }: Acceptance, now: number): boolean => Date.parse(`${until}T23:59:59.999Z`) < now

/** Judges all items, the gravest first. */
export const judge = async (world: World, sides: Sides, { differences }: Comparison, accepted: readonly Acceptance[]): Promise<readonly Judged[]> => {
  const renames = likelyRenames(differences)
  const between = betweenOf(sides)
  const judged: Judged[] = []
  for (const item of itemsOf(differences)) {
    const { kind, identity, from, to } = item.difference
    const drift = `${item.kind} ${kind} ${dottedName({ kind, identity })}`
    const fingerprint = world.hash(
      JSON.stringify([
        item.kind,
        kind,
        identity,
        from ?? null,
        to ?? null,
        item.parts.map((part) => [part.kind, part.identity, part.from ?? null, part.to ?? null]),
      ]),
    )
    const acceptance = accepted.find(
      (each) => each.between === between && each.drift === drift && each.fingerprint === fingerprint && !isOver(each, world.now()),
    )
    const since = await sinceIn(sides, item)
    const one: Unworded = {
      item,
      risk: riskOf(item, sides[0].live, sides[1].live),
      fingerprint,
      drift,
      ...(since ? { since } : {}),
      ...(acceptance ? { accepted: acceptance } : {}),
    }
    judged.push({ ...one, finding: findingOf(one, sides, renames.get(identity)) })
  }
  const rank = { high: 0, medium: 1, low: 2 } as const
  return judged.sort((x, y) => rank[x.risk.level] - rank[y.risk.level])
}

/** Findings about the acceptances themselves: expired ones, and those of a drift that is not there any more. */
export const judgeAccepted = (path: string, sides: Sides, judged: readonly Judged[], accepted: readonly Acceptance[]): readonly Finding[] =>
  accepted
    .filter(({ between }) => between === betweenOf(sides))
    .flatMap((each): readonly Finding[] => {
      const there = judged.find(({ drift, fingerprint }) => drift === each.drift && fingerprint === each.fingerprint)
      if (there?.accepted) return []
      if (there)
        return [reportedFinding('drift-acceptance-expired', `${each.drift} was accepted until ${each.until}: ${each.reason}`, { file: path }, each.drift)]
      const changed = judged.some(({ drift }) => drift === each.drift)
      const message = changed ? `${each.drift} was accepted, and it differs otherwise now.` : `${each.drift} was accepted, and it is not there any more.`
      return [reportedFinding('drift-acceptance-unused', message, { file: path }, `${each.between} ${each.drift}`)]
    })
