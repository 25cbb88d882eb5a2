/** Changes of documents, as the protocol has them. */
import type { CreateFile, TextDocumentEdit, TextEdit } from 'vscode-languageserver/node'
import type { TextDocument } from 'vscode-languageserver-textdocument'

/** Edits of the document itself, and of files beside it. */
export type Edits = { readonly own: readonly TextEdit[]; readonly others: readonly (CreateFile | TextDocumentEdit)[] }

/** How the lines of a document end. */
export const newlineOf = (document: TextDocument): string => (document.getText().includes('\r\n') ? '\r\n' : '\n')

/** The blanks in front of a place, or undefined where something else stands before it on its line. */
export const indentOf = (document: TextDocument, offset: number): string | undefined => {
  const end = document.positionAt(offset)
  const before = document.getText({ start: { line: end.line, character: 0 }, end })
  return /^\s*$/.test(before) ? before : undefined
}
