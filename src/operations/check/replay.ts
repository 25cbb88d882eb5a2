/** The history replayed in memory, and its proof in PostgreSQL. */
import type { Replay } from '../../changes/replay.ts'
import { countBeside } from '../../changes/start.ts'
import type { Answer } from '../../features/agreement.ts'
import { judgeBaseline } from '../../features/baseline.ts'
import { judgeReplay } from '../../features/judged-replay.ts'
import { judgeAssumed } from '../../features/platforms.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import type { History } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import { printedKey } from '../../model/printed.ts'
import { reportedFinding } from '../../rules/report.ts'
import type { Part } from './part.ts'
import type { Proof } from './proof.ts'
import type { Subject } from './subject.ts'

/** The server refuses what memory has refused already, or what cannot be parsed: that finding has the better place. */
const isTold = (finding: Finding, told: readonly Finding[]): boolean =>
  finding.rule === 'engine-refuses' && told.some(({ rule, migration }) => (rule === 'refused' || rule === 'unparsed') && migration === finding.migration)

/** What memory refuses and PostgreSQL has run is a fault of memory's. Whether it matters, the comparison of the catalogs says. */
const corrected = (finding: Finding, { ran, engine }: Proof): Finding =>
  ran && finding.rule === 'refused'
    ? {
        ...finding,
        severity: 'note',
        message: `Memory expects a refusal, and ${engine} runs it: ${finding.message}`,
        help: 'There is nothing to do here. It is a fault of pgstrata, worth a report.',
      }
    : finding

const countOpaque = ({ steps }: Replay): number => steps.flatMap(({ changes }) => changes).filter(({ kind }) => kind === 'opaque').length

const namesOf = ({ migrations }: History, { migration, objects, left }: Answer): Json => ({
  migration: migrations[migration]?.tag ?? String(migration),
  objects: [...objects],
  left: left.map(printedKey),
})

/** What neither memory nor the engine's answer holds: not compared, and said so. */
const unheld = ({ migrations }: History, answers: readonly Answer[]): readonly Unknown[] =>
  answers.flatMap(({ migration, left }) =>
    left.map(
      ({ kind, identity, why }): Unknown => ({
        what: `${kind} ${identity} after ${migrations[migration]?.tag ?? migration}`,
        why,
        help: 'It is run and not compared; look at it by hand.',
      }),
    ),
  )

export const replayPart = async (subject: Subject): Promise<Part> => {
  const { history, scripts, start } = subject
  const proof = await subject.proof()
  const { replayed } = proof
  const findings = [
    ...judgeReplay(history, scripts, replayed),
    ...judgeBaseline(history, scripts, proof.baseline),
    ...judgeAssumed(history, start.platform.objects),
    ...start.extensions.map((extension) =>
      reportedFinding('extension-assumed', `The extension ${extension} is used, and no migration makes it.`, { file: history.folder }, extension),
    ),
  ]
  const answered = proof.answered.flatMap(({ objects }) => objects).length
  const analysed = { migrations: history.migrations.length, statements: replayed.steps.length, opaque: countOpaque(replayed), answered }
  return {
    name: 'replay',
    analysed: { ...analysed, compared: proof.compared },
    findings: [...findings.map((finding) => corrected(finding, proof)), ...proof.findings.filter((finding) => !isTold(finding, findings))],
    unknown: [...proof.unknown, ...unheld(history, proof.answered)],
    shown: proof.shown,
    data: {
      tables: countBeside(start.assumed, replayed.catalog).tables,
      engine: proof.engine,
      compared: proof.compared,
      stubbed: [...proof.stubbed],
      answered: proof.answered.map((each) => namesOf(history, each)),
    },
  }
}
