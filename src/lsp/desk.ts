/** The documents that an editor has open, with what was found in each: judged once for each version, and again when something changed on disk. */
import { setImmediate as turn } from 'node:timers/promises'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { createReader } from '../operations/lint/document.ts'
import { type Analysis, analyse } from './analysis.ts'
import { pathOf } from './places.ts'
import type { Projects } from './projects.ts'

type Kept = { readonly version: number; readonly epoch: number; readonly analysis: Promise<Analysis> }

const nameOf = (uri: string): string =>
  decodeURIComponent(
    uri
      .split('/')
      .at(-1)
      ?.replaceAll(/%(?![0-9a-f]{2})/gi, '%25') ?? '',
  ) || 'untitled.sql'

/** True for SQL files and untitled SQL; a revision that an editor shows beside a file (git:) is nobody's work in progress. */
export const isOurs = ({ uri, languageId }: TextDocument): boolean =>
  (uri.startsWith('file:') && /[.]sql$/i.test(uri)) || (uri.startsWith('untitled:') && /sql/i.test(languageId))

export const createDesk = (projects: Projects, roots: () => readonly string[]) => {
  const reader = createReader()
  const kept = new Map<string, Kept>()
  let epoch = 0

  const judge = async (document: TextDocument): Promise<Analysis> => {
    // Messages that came meanwhile go first: a newer text, a cancellation.
    await turn()
    const path = pathOf(document.uri)
    const home = () => (path === undefined ? projects.nowhere(roots()) : projects.find(path, roots()))
    return analyse(reader, home, nameOf(document.uri), document.getText())
  }

  return {
    analysis(document: TextDocument): Promise<Analysis> {
      const known = kept.get(document.uri)
      if (known && known.version === document.version && known.epoch === epoch) return known.analysis
      const analysis = judge(document)
      kept.set(document.uri, { version: document.version, epoch, analysis })
      return analysis
    },
    /** What was found no longer holds: something changed beside the documents. */
    renew(): void {
      epoch++
    },
    close(uri: string): void {
      kept.delete(uri)
    },
  }
}
