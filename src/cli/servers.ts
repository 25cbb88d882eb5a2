/** Verbs that are mains of their own: they serve a client until it goes, and answer no report. */
import type { Operation } from '../operations/define.ts'

export const servers = {
  lsp: {
    name: 'lsp',
    summary: 'Serves editors: judges migrations while they are being written.',
    description:
      'A language server over standard input and output. A migration is judged from the editor’s unsaved text, on top of those before it: diagnostics as you type, a hover that says what a statement does, locks and writes anew, and code actions for the safe way, a waiver, or the rule’s page. docs/editors.md shows how editors start it.',
    arguments: [],
    flags: { stdio: { type: 'boolean', description: 'Standard input and output, which is always so; editors pass it.' } },
    examples: [{ command: 'pgstrata lsp --stdio', shows: 'the server, waiting for an editor' }],
  },
} as const satisfies Record<string, Omit<Operation, 'run'>>

export const isServer = (name: string): name is keyof typeof servers => Object.hasOwn(servers, name)
