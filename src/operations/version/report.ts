/** Classes and versions as people and machines read them. */
import { type Bump, breaks, type Classified, type ClassifiedStatement, displayVersion, flagWords, type Override } from '../../features/version/numbers.ts'
import type { Json } from '../../model/json.ts'
import { plural } from '../../model/numbers.ts'
import type { Block, Text, Tone, TreeItem } from '../../model/report.ts'
import type { Versioned } from './classified.ts'

const tones: Readonly<Record<Bump, Tone>> = { unknown: 'bad', major: 'bad', minor: 'warn', patch: 'good', none: 'muted' }

/** How many statements of a migration are shown where not all are asked for. */
const shown = 5

const flagText = ({ flags }: Pick<ClassifiedStatement, 'flags'>): string => (flags.length === 0 ? '' : ` [${flags.join(', ')}]`)

const statementItem = (statement: ClassifiedStatement): TreeItem => ({
  text: [
    { text: statement.bump, tone: tones[statement.bump] },
    ` line ${statement.line}: ${statement.what}: ${statement.why}`,
    { text: flagText(statement), tone: 'muted' },
  ],
  children: [],
})

const overrideText = ({ says, reason, line, of, idle }: Override): string =>
  `line ${line} says ${says}${of === 'migration' ? ' of the migration' : ''}${idle ? ', which it is without it' : ''}: ${reason}`

/** The statements that made the class what it is; all of them where that is asked for. */
const statementItems = ({ statements, bump }: Classified, all: boolean): readonly TreeItem[] => {
  const deciding = all ? statements : statements.filter((each) => breaks(each.bump) || each.bump === bump)
  const first = all ? deciding : deciding.slice(0, shown)
  const rest = statements.length - first.length
  return [
    ...first.map(statementItem),
    ...(rest > 0 ? [{ text: [{ text: `and ${plural(rest, 'statement')} more (--statements shows all)`, tone: 'muted' }] as Text, children: [] }] : []),
  ]
}

/** A migration with its version, its class and what decided it. */
export const migrationItem = ({ history, classes, versions }: Versioned, at: number, all: boolean): TreeItem => {
  const [migration, classified, version] = [history.migrations[at], classes[at], versions[at]]
  if (!migration || !classified || !version) return { text: '', children: [] }
  const broken = classified.breaking === breaks(classified.bump) ? '' : classified.breaking ? ', breaking' : ', not breaking'
  return {
    text: [`${migration.tag} `, { text: displayVersion(version), tone: 'strong' }, ' ', { text: classified.bump, tone: tones[classified.bump] }, broken],
    children: [...classified.overrides.map((override): TreeItem => ({ text: overrideText(override), children: [] })), ...statementItems(classified, all)],
  }
}

export const migrationsTree = (versioned: Versioned, title: string, positions: readonly number[], all: boolean): readonly Block[] =>
  positions.length === 0
    ? []
    : [{ type: 'tree', root: { text: `${title} (${positions.length})`, children: positions.map((at) => migrationItem(versioned, at, all)) } }]

/** What the flags of some migrations mean. */
export const flagBlocks = ({ classes }: Versioned, positions: readonly number[]): readonly Block[] => {
  const flags = [...new Set(positions.flatMap((at) => classes[at]?.flags ?? []))]
  return flags.length === 0 ? [] : [{ type: 'definition', items: flags.map((flag) => ({ term: flag, text: flagWords[flag] })) }]
}

const overrideData = ({ says, reason, line, of, idle }: Override): Json => ({ says, reason, line, of, changes: idle !== true })

/** A migration for machines. */
export const migrationData = ({ history, classes, versions }: Versioned, at: number, statements: boolean): Json => {
  const [migration, classified, version] = [history.migrations[at], classes[at], versions[at]]
  if (!migration || !classified || !version) return null
  return {
    tag: migration.tag,
    version: displayVersion(version),
    bump: classified.bump,
    breaking: classified.breaking,
    why: classified.why,
    flags: classified.flags,
    overrides: classified.overrides.map(overrideData),
    ...(statements
      ? {
          statements: classified.statements.map(({ index, line, bump, what, why, flags }) => ({
            statement: index < 0 ? null : index,
            line,
            bump,
            what,
            why,
            flags,
          })),
        }
      : {}),
  }
}
