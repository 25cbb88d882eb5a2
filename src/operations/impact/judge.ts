/** Migrations and changes, judged by what they do to the code. */
import type { Step } from '../../changes/replay.ts'
import { displayType } from '../../changes/types.ts'
import { type Assessment, assessmentOf } from '../../features/impact/assess.ts'
import { effectsOf, type MigrationEffects } from '../../features/impact/change/effects.ts'
import { hypothesisOf } from '../../features/impact/hypothesis.ts'
import { hypothetical } from '../../features/impact/phrase.ts'
import type { CodeIndex } from '../../features/impact/search.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { CodeFacts } from '../../model/code.ts'
import { nearest } from '../../model/config-schema.ts'
import { ToolError } from '../../model/error.ts'
import type { Unknown } from '../../model/finding.ts'
import type { Migration } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { fileOf } from '../../rules/place.ts'
import { landedIn } from '../landed.ts'
import type { Asked } from './asked.ts'
import type { Footing } from './ground.ts'
import type { Folder, Outcome } from './outcome.ts'

/** One change, or all that a migration does. */
export type Judged = {
  /** Its tag, or the words of the change. */
  readonly title: string
  readonly migration?: string
  /** The migration's file. */
  readonly file?: string
  readonly assessment: Assessment
  readonly notes: readonly string[]
  readonly unknown: readonly Unknown[]
}

/** What a migration starts from, what it does, and what it leaves. */
type Passage = { readonly steps: readonly Step[]; readonly before: Catalog; readonly after: Catalog }

const passageOf = ({ start, replayed }: Folder, { index: at }: Migration): Passage => {
  const before = at === 0 ? start : (replayed.catalogs[at - 1] ?? start)
  return { steps: replayed.steps.filter(({ migration }) => migration === at), before, after: replayed.catalogs[at] ?? before }
}

/** What a migration does to any code. */
export const effectsIn = (facts: CodeFacts, folder: Folder, migration: Migration): MigrationEffects => {
  const { steps, before, after } = passageOf(folder, migration)
  return effectsOf(facts, steps, before, after)
}

/** What it does to this code. */
export const assessMigration = (index: CodeIndex, folder: Folder, migration: Migration): Assessment =>
  assessmentOf(index, effectsIn(index.facts, folder, migration), passageOf(folder, migration).before)

const judgeMigration = (footing: Footing, folder: Folder, migration: Migration): Judged => {
  const { history, scripts } = folder
  const { index: at, tag } = migration
  const file = fileOf(history, migration)
  const { steps } = passageOf(folder, migration)
  const assessment = assessMigration(footing.index, folder, migration)
  const help = 'Read it yourself; pgstrata check says more.'
  return {
    title: tag,
    migration: tag,
    file,
    assessment,
    notes: [],
    unknown: [
      ...assessment.opaque.map(({ statement, reason }) => ({
        what: `what the statement at ${file}:${statement.start.line} means to the code`,
        why: reason,
        help,
      })),
      ...steps.flatMap(({ refused, statement }) =>
        refused
          ? [{ what: `what the statement at ${file}:${statement.start.line} means to the code`, why: `PostgreSQL refuses it: ${refused.message}`, help }]
          : [],
      ),
      ...(scripts[at]?.faults ?? []).map(({ at: place, message }) => ({
        what: `what ${file}:${place.line} means to the code`,
        why: `PostgreSQL’s parser refuses it: ${message}`,
        help,
      })),
      ...(migration.sql === undefined ? [{ what: `what ${tag} means to the code`, why: `${file} is missing` }] : []),
    ],
  }
}

const migrationTagged = ({ history }: Outcome, tag: string): Migration => {
  const found = history.migrations.find((migration) => migration.tag === tag || fileOf(history, migration) === tag)
  if (found) return found
  const tags = history.migrations.map((migration) => migration.tag)
  const near = nearest(tag, tags)
  throw new ToolError('no-such-migration', `${history.folder} has no migration ${tag}.`, {
    help: near === undefined ? `The last one is ${tags.at(-1) ?? 'absent'}.` : `Did you mean ${near}?`,
  })
}

/** Migrations that are asked for: by their tags, and those that are new since a ref. */
const chosen = async (world: World, outcome: Outcome, { migrations, since }: Asked): Promise<readonly Migration[]> => {
  const tagged = migrations.map((tag) => migrationTagged(outcome, tag))
  if (since === undefined) return tagged
  const landed = (await landedIn(world, outcome.history.folder, { since, all: false }))?.landed ?? new Set<string>()
  return [...new Set([...tagged, ...outcome.history.migrations.filter(({ tag }) => !landed.has(tag))])]
}

/** Types that only an extension can have, or that are written wrong. */
const unknownTypes = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap(({ changes }) =>
    changes.flatMap((change) => {
      const type = change.kind === 'set-column-type' ? change.to : change.kind === 'add-column' ? change.attribute.type : undefined
      return type && type.schema === undefined ? [displayType(type)] : []
    }),
  )

const judgePhrase = (footing: Footing, phrase: string): Judged => {
  const { catalog, index } = footing
  const { steps, end, refused } = hypothesisOf(hypothetical({ facts: index.facts, catalog }, phrase), phrase, catalog)
  return {
    title: phrase,
    assessment: assessmentOf(index, effectsOf(index.facts, steps, catalog, end), catalog),
    notes: [
      ...(refused
        ? [
            `PostgreSQL refuses the plain statement (${refused.message}${refused.detail === undefined ? '' : `; ${refused.detail}`}): it is judged as if that were dealt with`,
          ]
        : []),
      ...unknownTypes(steps).map((type) => `neither PostgreSQL nor the migrations have a type ${type}: it is taken for one of an extension`),
    ],
    unknown: [],
  }
}

/** Throws `no-such-migration`, `invalid-change`, and what looking for refs throws. */
export const judgeAll = async (world: World, footing: Footing, asked: Asked): Promise<readonly Judged[]> => {
  const { outcome } = footing
  const phrases = asked.changes.map((phrase) => judgePhrase(footing, phrase))
  if (!outcome) return phrases
  return [...(await chosen(world, outcome, asked)).map((migration) => judgeMigration(footing, outcome.folder(), migration)), ...phrases]
}
