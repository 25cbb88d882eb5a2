/** Ledgers of the databases that can be asked, and of those that somebody wrote into a file. */

import { ledgerExport, ledgerFromText } from '../../drizzle/ledger-text.ts'
import { type LedgerOutlook, outlookOf } from '../../features/collision/ledgers.ts'
import type { Resolution } from '../../features/collision/resolution.ts'
import { ToolError } from '../../model/error.ts'
import type { Unknown } from '../../model/finding.ts'
import type { History, Ledger } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { environmentsOf } from '../check/drift.ts'

export type Asked = { readonly environments: readonly { readonly name: string; readonly outlook: LedgerOutlook }[]; readonly unknown: readonly Unknown[] }

const askOne = async (world: World, name: string, after: History, found: Resolution): Promise<Asked> => {
  try {
    const ledger = await world.ledger({ type: 'environment', name }, after)
    return { environments: [{ name, outlook: outlookOf(after, ledger, found) }], unknown: [] }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return { environments: [], unknown: [{ what: `the ledger of ${name}`, why: error.message, ...(error.help === undefined ? {} : { help: error.help }) }] }
  }
}

const fromFile = async (world: World, file: string, { ledger }: History): Promise<Ledger> => {
  if (!(await world.files.exists(file))) throw new ToolError('no-such-file', `There is no file ${file}.`, { help: ledgerExport(ledger, file) })
  return ledgerFromText(ledger, new TextDecoder().decode(await world.files.read(file)), file)
}

/** Each environment of the configuration, and the file. Throws `ledger-unreadable`, `no-such-file`. */
export const askLedgers = async (world: World, after: History, found: Resolution, file: string | undefined): Promise<Asked> => {
  const answers: Asked[] = []
  for (const name of environmentsOf(world)) answers.push(await askOne(world, name, after, found))
  if (file !== undefined) answers.push({ environments: [{ name: file, outlook: outlookOf(after, await fromFile(world, file, after), found) }], unknown: [] })
  return { environments: answers.flatMap(({ environments }) => environments), unknown: answers.flatMap(({ unknown }) => unknown) }
}
