/** Findings as an editor shows them. */
import { type Diagnostic, type DiagnosticRelatedInformation, DiagnosticSeverity, type Range } from 'vscode-languageserver/node'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Finding } from '../model/finding.ts'
import type { Statement } from '../model/statement.ts'
import { detailText, lockText, precheckText, stepText, terminated } from '../renderers/plain.ts'
import type { Analysis, Judged, Trouble } from './analysis.ts'

export type Shown = {
  /** The public address below which the rules' pages stand; undefined when there is none. */
  readonly docs: string | undefined
  /** The client shows related information. */
  readonly related: boolean
}

const severities = { error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, note: DiagnosticSeverity.Information } as const

/** A statement's place. Offsets count UTF-16 units, as the protocol does. */
export const rangeOf = (document: TextDocument, { start, end }: Statement): Range => ({
  start: document.positionAt(start.offset),
  end: document.positionAt(end.offset),
})

/** From a place to the end of its line. */
const restOfLine = (document: TextDocument, line: number, column: number): Range => ({
  start: { line: line - 1, character: column - 1 },
  end: document.positionAt(document.offsetAt({ line, character: 0 }) - (line < document.lineCount ? 1 : 0)),
})

/** The statement that a finding is about; none where it is about a comment above it, or about what cannot be parsed. */
export const statementOf = ({ script }: Judged, { statement, line }: Finding): Statement | undefined => {
  const found = statement === undefined ? undefined : script.statements[statement]
  return found && (line === undefined || line === found.start.line) ? found : undefined
}

const placeOf = (document: TextDocument, judged: Judged, finding: Finding): Range => {
  const statement = statementOf(judged, finding)
  return statement ? rangeOf(document, statement) : restOfLine(document, finding.line ?? 1, finding.column ?? 1)
}

/** The lock, the query to ask first and the statements to run instead, each as a line of its own. */
const relatedTo = ({ lock, precheck, remedy }: Finding, uri: string, range: Range): DiagnosticRelatedInformation[] =>
  [
    ...(lock ? [lockText(lock)] : []),
    ...(precheck === undefined ? [] : [`${precheckText} ${terminated(precheck)}`]),
    ...(remedy?.steps ?? []).map((step) => [stepText(step), ...step.sql.map(terminated)].join(' ')),
  ].map((message) => ({ location: { uri, range }, message }))

const diagnosticOf = (document: TextDocument, judged: Judged, finding: Finding, { docs, related }: Shown): Diagnostic => {
  const range = placeOf(document, judged, finding)
  const more = related ? relatedTo(finding, document.uri, range) : []
  return {
    range,
    severity: finding.old ? DiagnosticSeverity.Hint : severities[finding.severity],
    source: 'pgstrata',
    code: finding.rule,
    ...(docs === undefined ? {} : { codeDescription: { href: `${docs}/rules/${finding.rule}` } }),
    message: [finding.message, ...(finding.help ? [finding.help] : []), ...(related ? [] : detailText(finding))].join('\n'),
    ...(more.length > 0 ? { relatedInformation: more } : {}),
  }
}

const troubleAt = (document: TextDocument, { code, message, severity }: Trouble): Diagnostic => ({
  range: restOfLine(document, 1, 1),
  severity: severities[severity],
  source: 'pgstrata',
  code,
  message,
})

/** A finding that is shown, with its diagnostic. Waived ones are not: a hover tells of them. */
export type ShownFinding = { readonly finding: Finding; readonly diagnostic: Diagnostic }

export const shownFindings = (document: TextDocument, judged: Judged, shown: Shown): readonly ShownFinding[] =>
  judged.findings.filter(({ waived }) => !waived).map((finding) => ({ finding, diagnostic: diagnosticOf(document, judged, finding, shown) }))

/** All diagnostics of a document. */
export const diagnosticsOf = (document: TextDocument, { judged, trouble }: Analysis, shown: Shown): Diagnostic[] => [
  ...(trouble ? [troubleAt(document, trouble)] : []),
  ...(judged ? shownFindings(document, judged, shown).map(({ diagnostic }) => diagnostic) : []),
]
