/** What an editor offers at a finding: the remedy, a waiver, the rule's page. */
import { type CodeAction, CodeActionKind, type Range, type TextEdit } from 'vscode-languageserver/node'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { policyRulesById } from '../rules/policy.ts'
import type { Judged } from './analysis.ts'
import { type ShownFinding, statementOf } from './diagnostics.ts'
import { type Edits, indentOf, newlineOf } from './edits.ts'
import { remedyEdits } from './remedy.ts'

export const explainCommand = 'pgstrata.explain'

/** How long a waiver that the editor writes holds. */
const waiverDays = 90
const day = 86_400_000

/** What the client can do with an edit. */
export type Abilities = {
  /** It takes edits of a document's version. */
  readonly versioned: boolean
  /** It takes edits that make files. */
  readonly creates: boolean
}

type Offer = { readonly document: TextDocument; readonly judged: Judged; readonly now: number } & Abilities

const editOf = ({ document, versioned }: Offer, { own, others }: Edits): NonNullable<CodeAction['edit']> =>
  versioned
    ? { documentChanges: [...others, ...(own.length === 0 ? [] : [{ textDocument: { uri: document.uri, version: document.version }, edits: [...own] }])] }
    : { changes: { [document.uri]: [...own] } }

const quickFix = (offer: Offer, title: string, { diagnostic }: ShownFinding, edits: Edits): CodeAction => ({
  title,
  kind: CodeActionKind.QuickFix,
  diagnostics: [diagnostic],
  edit: editOf(offer, edits),
})

const remedyAction = (offer: Offer, shown: ShownFinding): readonly CodeAction[] => {
  const { finding } = shown
  const edits =
    finding.remedy && !finding.old ? remedyEdits(offer.document, offer.judged, finding, finding.remedy, offer.creates && offer.versioned) : undefined
  if (!finding.remedy || !edits) return []
  return [{ ...quickFix(offer, `${finding.remedy.title} (${finding.rule})`, shown, edits), ...(finding.remedy.mechanical ? { isPreferred: true } : {}) }]
}

const waiverEdit = (document: TextDocument, offset: number, comment: string): TextEdit => {
  const end = newlineOf(document)
  const indent = indentOf(document, offset)
  const at = document.positionAt(offset)
  return { range: { start: at, end: at }, newText: indent === undefined ? `${end}${comment}${end}` : `${comment}${end}${indent}` }
}

const waiverAction = (offer: Offer, shown: ShownFinding): readonly CodeAction[] => {
  const { rule, old } = shown.finding
  const statement = statementOf(offer.judged, shown.finding)
  if (!statement || old || !Object.hasOwn(policyRulesById, rule)) return []
  const until = new Date(offer.now + waiverDays * day).toISOString().slice(0, 10)
  const own = [waiverEdit(offer.document, statement.start.offset, `-- pgstrata: allow ${rule} until ${until} because …`)]
  return [quickFix(offer, `Allow ${rule} here until ${until}, and say why`, shown, { own, others: [] })]
}

const explainAction = ({ finding: { rule }, diagnostic }: ShownFinding): CodeAction => {
  const title = `Explain ${rule}`
  return { title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], command: { title, command: explainCommand, arguments: [rule] } }
}

const overlap = (a: Range, b: Range): boolean => {
  const begins = (x: Range, y: Range): boolean => x.start.line < y.end.line || (x.start.line === y.end.line && x.start.character <= y.end.character)
  return begins(a, b) && begins(b, a)
}

/** What is offered at a range: remedies first, then waivers, then pages; each once. */
export const actionsAt = (offer: Offer, shown: readonly ShownFinding[], range: Range): CodeAction[] => {
  const here = shown.filter(({ diagnostic }) => overlap(diagnostic.range, range))
  const all = [...here.flatMap((each) => remedyAction(offer, each)), ...here.flatMap((each) => waiverAction(offer, each)), ...here.map(explainAction)]
  return [...new Map(all.map((action) => [JSON.stringify([action.title, action.edit]), action])).values()]
}
