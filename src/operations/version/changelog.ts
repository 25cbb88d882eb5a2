/** `version --changelog` and `version --tags`. */
import { type ChangelogEntry, type ChangelogPart, changelogOf } from '../../features/version/changelog.ts'
import { displayVersion } from '../../features/version/numbers.ts'
import type { Unknown } from '../../model/finding.ts'
import type { Json } from '../../model/json.ts'
import type { Block, Span } from '../../model/report.ts'
import type { World } from '../../model/world.ts'
import type { Versioned } from './classified.ts'
import { landedCount, type Mismatch, type Proposal, proposals, releasesOf } from './releases.ts'

/** What is added to a folder's report. */
export type Addition = { readonly data: { readonly [key: string]: Json }; readonly blocks: readonly Block[]; readonly unknown: readonly Unknown[] }

const entryText = ({ text, breaking, migration }: ChangelogEntry, last: boolean): readonly Span[] => [
  '- ',
  ...(breaking ? [{ text: 'Breaking:', tone: 'strong' } as const, ' '] : []),
  text,
  { text: ` (${migration})`, tone: 'muted' },
  ...(last ? [] : ['\n']),
]

const partBlocks = ({ version, tag, date, sections, breaking }: ChangelogPart): readonly Block[] => [
  { type: 'heading', level: 1, text: version ? `${displayVersion(version)} - ${date}` : 'Unreleased' },
  ...(tag === undefined ? [] : [{ type: 'text', text: `Tag ${tag}.` } as const]),
  ...(sections.length === 0 ? [{ type: 'text', text: breaking ? 'Breaking, by what its author says.' : 'Nothing that code can see.' } as const] : []),
  ...sections.flatMap(({ section, entries }): readonly Block[] => [
    { type: 'heading', level: 2, text: section },
    { type: 'text', text: entries.flatMap((entry, at) => entryText(entry, at === entries.length - 1)) },
  ]),
]

const partData = ({ version, tag, date, migrations, breaking, sections }: ChangelogPart): Json => ({
  version: version ? displayVersion(version) : null,
  tag: tag ?? null,
  date,
  migrations,
  breaking,
  ...Object.fromEntries(
    sections.map(({ section, entries }) => [
      section.toLowerCase(),
      entries.map(({ text, breaking: breaks, migration }) => ({ text, breaking: breaks, migration })),
    ]),
  ),
})

const mismatchBlocks = (mismatches: readonly Mismatch[]): readonly Block[] =>
  mismatches.length === 0
    ? []
    : [
        {
          type: 'tree',
          root: {
            text: [{ text: `tags that say another version than the folder (${mismatches.length})`, tone: 'warn' }],
            children: mismatches.map(({ tag, why }) => ({ text: `${tag}: ${why}`, children: [] })),
          },
        },
      ]

const mismatchData = (mismatches: readonly Mismatch[]): Json => mismatches.map(({ tag, says, version, why }) => ({ tag, says, version: version ?? null, why }))

export const changelog = async (world: World, versioned: Versioned): Promise<Addition> => {
  const { releases, mismatches, unknown } = await releasesOf(world, versioned)
  const { history, classes, versions } = versioned
  const parts = changelogOf(history.migrations, classes, versions, releases, await landedCount(world, versioned))
  return {
    data: { changelog: parts.map(partData), mismatches: mismatchData(mismatches) },
    blocks: [...parts.flatMap(partBlocks), ...mismatchBlocks(mismatches)],
    unknown,
  }
}

const command = ({ tag, commit }: Proposal): string => `git tag ${tag} ${commit}`

export const tags = async (world: World, versioned: Versioned): Promise<Addition> => {
  const { releases, mismatches, unknown } = await releasesOf(world, versioned)
  const proposed = await proposals(world, versioned, releases)
  return {
    data: {
      tags: [
        ...releases.map(({ tag, at }) => ({ tag, migration: versioned.history.migrations[at]?.tag ?? null, commit: null, exists: true })),
        ...proposed.map(({ tag, migration, commit }) => ({ tag, migration, commit, exists: false })),
      ],
      commands: proposed.map(command),
      mismatches: mismatchData(mismatches),
    },
    blocks: [
      proposed.length === 0
        ? { type: 'text', text: 'Every version that has landed has a tag.' }
        : {
            type: 'code',
            language: 'sh',
            text: proposed.map(command).join('\n'),
            caption: 'Tags for the versions that have landed and have none. Nothing was run.',
          },
      ...mismatchBlocks(mismatches),
    ],
    unknown,
  }
}
