/** What a statement does, whom it keeps waiting, and what it reads or writes anew. */
import type { BatchStep, Move } from '../changes/batch.ts'
import { describe } from '../changes/index.ts'
import type { LockMode } from '../model/lock.ts'
import { display, type RelationName } from '../model/name.ts'
import { plural } from '../model/numbers.ts'
import { blockedBy } from '../rules/judge.ts'
import type { Judged } from './analysis.ts'

type Lines = readonly string[]

/** A statement may do hundreds of things (DROP SCHEMA … CASCADE). */
const mostChanges = 12

const escaped = (text: string): string => text.replaceAll(/[\\`*_{}[\]<>#|~]/g, '\\$&').replaceAll(/\s*\n\s*/g, ' ')
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)

const sentence = (text: string): string => {
  const said = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(said) ? said : `${said}.`
}

const changeText = ({ change, conditional }: Move): string => {
  const by = change.implied ? ' (PostgreSQL does it by itself)' : conditional ? ' (under a condition)' : ''
  return `- ${escaped(sentence(describe(change)))}${by}`
}

const changeLines = (moves: readonly Move[]): Lines => {
  const shown = moves.slice(0, mostChanges).map(changeText)
  return moves.length > shown.length ? [...shown, `- and ${moves.length - shown.length} more`] : shown
}

/** What waits for a lock, where anything does that an application would notice. */
const waitText = (mode: LockMode): string => {
  const waits = blockedBy(mode)
  return waits === 'schema changes' ? 'only other schema changes wait' : `${waits} wait`
}

/** Locks are held to the transaction's end. */
const heldText = (at: BatchStep, { batches }: Judged): string => {
  const batch = batches.find(({ steps }) => steps.includes(at))
  const last = batch?.steps.findLast(({ transaction }) => transaction === at.transaction)
  const more = at.inBlock && last ? last.position - at.position : 0
  return more === 0 ? '' : `held until its transaction ends, ${plural(more, 'statement')} later`
}

const lockLines = (at: BatchStep): Lines => at.footprint.locks.map(({ relation, mode }) => `- ${code(mode)} on ${code(display(relation))}: ${waitText(mode)}`)

const lockTitle = (at: BatchStep, judged: Judged): string => {
  const held = heldText(at, judged)
  return held === '' ? 'Locks' : `Locks, ${held}`
}

const listed = (relations: readonly RelationName[]): string => relations.map((relation) => code(display(relation))).join(', ')

const waivedLines = (at: BatchStep, { waivers }: Judged): Lines =>
  waivers
    .filter(({ step, state }) => step === at.step && state === 'used')
    .map(({ waiver }) => `Waived until ${waiver.until}: ${waiver.rules.map(code).join(', ')} (${escaped(waiver.reason)}).`)

const section = (title: string, lines: Lines): Lines => (lines.length === 0 ? [] : [`**${title}**`, lines.join('\n')])

/** Markdown for the statement at an offset; undefined where there is none. */
export const hoverText = (judged: Judged, statement: number): string | undefined => {
  const at = judged.steps.find(({ step }) => step.statement.index === statement)
  if (!at) return undefined
  const { step, moves, footprint } = at
  const refused = step.refused ? [`PostgreSQL refuses it here: ${escaped(step.refused.message)} (${step.refused.sqlstate}).`] : []
  const does = moves.length === 0 && refused.length === 0 ? ['It changes nothing.'] : section('Does', changeLines(moves))
  return [
    ...refused,
    ...(refused.length > 0 && moves.length === 0 ? [] : does),
    ...section(lockTitle(at, judged), lockLines(at)),
    ...(footprint.rewrites.length > 0 ? [`**Writes anew** ${listed(footprint.rewrites)}: it takes as long as there are rows.`] : []),
    ...(footprint.scans.length > 0 ? [`**Reads all rows of** ${listed(footprint.scans)}.`] : []),
    ...waivedLines(at, judged),
  ].join('\n\n')
}
