/** What a changelog says of a migration: one line for each thing that its readers may care for. */
import { describe } from '../../changes/index.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change, ChangeKind } from '../../model/change.ts'
import type { RelationName } from '../../model/name.ts'
import type { JudgedChange, JudgedStatement } from './judge.ts'
import { breaks, type ChangelogSection, type Entry } from './numbers.ts'

/** Kinds whose section is not that of their first word. */
const sections: { readonly [K in ChangeKind]?: ChangelogSection } = {
  'set-row-security': 'Security',
  'create-policy': 'Security',
  'alter-policy': 'Security',
  'drop-policy': 'Security',
  'rename-policy': 'Security',
  'set-privileges': 'Security',
  'set-default-privileges': 'Security',
  'set-owner': 'Security',
  'create-role': 'Security',
  'alter-role': 'Security',
  'drop-role': 'Security',
  'rename-role': 'Security',
  'validate-constraint': 'Fixed',
  'validate-domain-constraint': 'Fixed',
}

const firstWords: Readonly<Record<string, ChangelogSection>> = { create: 'Added', add: 'Added', attach: 'Added', drop: 'Removed', detach: 'Removed' }

const sectionOf = (change: Change): ChangelogSection => {
  if (change.kind === 'set-comment' && /\bdeprecated\b/i.test(change.to ?? '')) return 'Deprecated'
  return sections[change.kind] ?? firstWords[change.kind.split('-')[0] ?? ''] ?? 'Changed'
}

/** Of a new table its parts are not told; nor is what PostgreSQL does by itself, or what is gone again. */
const isTold = ({ change, bump }: JudgedChange, start: Catalog): boolean => {
  if (bump === 'none' || (change.implied && !breaks(bump)) || change.kind === 'respell') return false
  const on = 'on' in change ? (change.on as RelationName) : change.kind === 'create-index' ? change.index.relation : undefined
  return on === undefined || start.tables.has(on) || start.views.has(on)
}

/** `breaking`: whether the migration's breaking changes are marked. */
export const entriesOf = (
  statements: readonly JudgedStatement[],
  start: Catalog,
  isBreaking: (statement: JudgedStatement, change: JudgedChange) => boolean,
): readonly Entry[] => {
  const entries = statements.flatMap((statement): readonly Entry[] =>
    statement.step.refused
      ? [{ section: 'Changed', text: `not followed: ${statement.why}`, breaking: true }]
      : statement.changes
          .filter((change) => isTold(change, start))
          .map((judged) => ({ section: sectionOf(judged.change), text: describe(judged.change), breaking: isBreaking(statement, judged) })),
  )
  return entries.filter((entry, at) => entries.findIndex(({ section, text }) => section === entry.section && text === entry.text) === at)
}
