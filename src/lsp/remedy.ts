/** A finding's remedy as edits: as `lint --fix` would write it where it knows how, otherwise in the place of the statement. */
import { pathToFileURL } from 'node:url'
import type { CreateFile, TextDocumentEdit, TextEdit } from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { BatchStep } from '../changes/batch.ts'
import { touches } from '../changes/index.ts'
import { replay } from '../changes/replay.ts'
import { type BesideKind, besideText, withSection } from '../features/fix/beside.ts'
import { type Fix, planFixes, remedySql } from '../features/fix.ts'
import type { Change } from '../model/change.ts'
import type { Finding, Remedy } from '../model/finding.ts'
import type { ObjectKey } from '../model/name.ts'
import type { Statement } from '../model/statement.ts'
import { stepLines } from '../renderers/plain.ts'
import { rulesById } from '../rules/all.ts'
import { breakpoint } from '../sql/chunks.ts'
import { readStatements } from '../sql/script.ts'
import type { Judged } from './analysis.ts'
import { rangeOf, statementOf } from './diagnostics.ts'
import { type Edits, indentOf, newlineOf } from './edits.ts'

/** What the remedy wants at another time, as comments, so that nothing is forgotten. */
const reminders = ({ steps }: Remedy): readonly string[] =>
  steps
    .filter(({ when }) => when === 'next deployment' || when === 'outside')
    .flatMap(stepLines)
    .flatMap((text) => text.split('\n'))
    .map((line) => `-- ${line}`)

const makes = /^(?:add|create)-/

/** The objects that changes make, beside those that PostgreSQL makes by itself. */
const madeBy = (changes: readonly Change[]): ReadonlySet<ObjectKey> =>
  new Set(changes.filter(({ kind, implied }) => makes.test(kind) && !implied).flatMap((change) => touches(change)))

/**
 * True where the statements run in the statement's place, make all that it makes (a remedy may also be something to do besides), and let run what comes
 * behind it in the file.
 */
const standsIn = (at: BatchStep, sql: readonly string[], later: readonly BatchStep[]): boolean => {
  const statements = readStatements(sql.join(';\n'))
  const { steps } = replay([{ statements: [...statements, ...later.map(({ step }) => step.statement)] }], at.step.before)
  const [own, behind] = [steps.slice(0, statements.length), steps.slice(statements.length)]
  if (own.some(({ refused }) => refused) || behind.some(({ refused }, position) => refused && !later[position]?.step.refused)) return false
  const made = madeBy(own.flatMap(({ changes }) => changes))
  return [...madeBy(at.step.changes)].every((object) => made.has(object))
}

/** True where the finding is about this statement alone, and the statement says one thing: then another in its place loses nothing. */
const saysOneThing = (at: BatchStep, { rule }: Finding): boolean => {
  const of = rulesById.get(rule)
  if (of && 'scope' in of && of.scope === 'batch') return false
  return at.step.statement.node !== 'DoStmt' && at.moves.filter(({ change }) => !change.implied).length === 1
}

const unterminated = (sql: string): string => sql.replace(/\s*;?\s*$/, '')

/** The statement's new text; its own semicolon stays. Undefined where the remedy has nothing for its place, or it would lose what the statement also says. */
const replacement = ({ steps, breakpoints }: Judged, statement: Statement, finding: Finding, remedy: Remedy): string | undefined => {
  const [before, instead] = [remedySql(remedy, 'before'), remedySql(remedy, 'instead')]
  if (before.length + instead.length === 0) return undefined
  const position = steps.findIndex(({ step }) => step.statement === statement)
  const at = steps[position]
  if (!at || (instead.length > 0 && !remedy.mechanical && !saysOneThing(at, finding))) return undefined
  const sql = [...before, ...(instead.length > 0 ? instead : [statement.text])].map(unterminated)
  return standsIn(at, sql, steps.slice(position + 1)) ? sql.join(breakpoints ? `;\n${breakpoint}\n` : ';\n') : undefined
}

/** Lines above a place: as they are where it begins its line, otherwise on lines of their own. */
const above = (document: TextDocument, offset: number, lines: readonly string[]): string => {
  if (lines.length === 0) return ''
  const indent = indentOf(document, offset)
  return indent === undefined ? `\n${lines.join('\n')}\n` : lines.map((line) => `${line}\n${indent}`).join('')
}

/** The plan of `lint --fix` for one finding; `unfit` where it knows that the remedy will not do here; undefined where it has none, or it would write another migration. */
const planFor = ({ found, batches, texts }: Judged, finding: Finding): Fix | 'unfit' | undefined => {
  const fixable = found.find((each) => each.finding === finding)
  const batch = batches.find(({ steps }) => fixable !== undefined && steps.includes(fixable.at))
  if (!fixable || !batch) return undefined
  const plan = planFixes([fixable], batch, texts, () => undefined)
  if (plan.left.length > 0 && finding.severity !== 'note') return 'unfit'
  return plan.fixed.length === 1 && plan.edits.every(({ migration }) => migration === texts.length - 1) ? plan : undefined
}

type Others = Edits['others']

const besideEdit = ({ beside, tag }: Judged, kind: BesideKind, sql: readonly string[]): Others => {
  if (!beside || sql.length === 0) return []
  const { file, path, text, sections } = beside[kind]
  const uri = pathToFileURL(file).href
  const known = TextDocument.create(uri, 'sql', 0, text ?? '')
  const range = { start: { line: 0, character: 0 }, end: known.positionAt(text?.length ?? 0) }
  const newText = besideText(withSection(sections, tag, sql, kind), kind, path) ?? ''
  const create: CreateFile = { kind: 'create', uri, options: { ignoreIfExists: true } }
  const write: TextDocumentEdit = { textDocument: { uri, version: null }, edits: [{ range, newText }] }
  return text === undefined ? [create, write] : [write]
}

const planned = (document: TextDocument, judged: Judged, { edits, before, next }: Fix, remedy: Remedy, besides: boolean): Edits => {
  const end = newlineOf(document)
  const sql = (of: Fix['before']): readonly string[] => of.flatMap((each) => each.sql)
  const others = besides ? [...besideEdit(judged, 'before', sql(before)), ...besideEdit(judged, 'next', sql(next))] : []
  const told = others.length > 0 ? [] : reminders(remedy)
  const own = edits.map(
    ({ start, end: to, text }): TextEdit => ({
      range: { start: document.positionAt(start), end: document.positionAt(to) },
      newText: `${above(document, start, told)}${text}`.replaceAll(/\r?\n/g, end),
    }),
  )
  return { own, others }
}

/**
 * The edits that a remedy asks for. `besides`: the client makes files, so that what belongs to another time goes to the files beside the folder, where
 * `lint --fix` would write it; otherwise it stands as a comment. Undefined where nothing can be written.
 */
export const remedyEdits = (document: TextDocument, judged: Judged, finding: Finding, remedy: Remedy, besides: boolean): Edits | undefined => {
  const plan = planFor(judged, finding)
  if (plan === 'unfit') return undefined
  const fixed = plan && planned(document, judged, plan, remedy, besides)
  if (fixed && fixed.own.length + fixed.others.length > 0) return fixed
  const statement = statementOf(judged, finding)
  const text = statement && replacement(judged, statement, finding, remedy)
  if (!statement || text === undefined) return undefined
  const newText = `${above(document, statement.start.offset, reminders(remedy))}${text}`.replaceAll(/\r?\n/g, newlineOf(document))
  return { own: [{ range: rangeOf(document, statement), newText }], others: [] }
}
