/** Drizzle's own snapshots beside what the SQL makes. */
import { judgeSnapshots } from '../../features/snapshots.ts'
import { plural } from '../../model/numbers.ts'
import type { Part } from './part.ts'
import type { Subject } from './subject.ts'

export const snapshotsPart = async (subject: Subject): Promise<Part> => {
  const { world, project, history, every } = subject
  const engine = await subject.engine()
  const replayed = await subject.settled()
  const judged = await judgeSnapshots({
    history,
    project,
    catalogs: replayed.catalogs,
    extensions: [...replayed.catalog.extensions.keys()],
    assumed: subject.start.assumed,
    pulled: subject.start.baseline !== undefined,
    prefixes: every ? 'all' : 'last',
    loadSnapshot: (path) => world.snapshot(history, path),
    ...('unavailable' in engine || engine.missing.length > 0 ? {} : { engine }),
    progress: (done, total) => world.progress({ step: `comparing snapshots of ${history.folder}`, done, total }),
  })
  const { compared, differences, undecided, findings, unknown } = judged
  const agree = every ? `${plural(compared.length, 'snapshot')} say` : 'the last snapshot says'
  const differ = `${plural(differences.length, 'object')} ${differences.length === 1 ? 'differs' : 'differ'}`
  return {
    name: 'snapshots',
    analysed: { snapshots: compared.length },
    findings,
    unknown,
    shown:
      compared.length === 0
        ? 'there is no snapshot to compare'
        : differences.length === 0
          ? `${agree} what the SQL makes`
          : `${differ} between the last snapshot and the SQL`,
    data: {
      compared: compared.length,
      differences: differences.map(({ object, in: side, sql, snapshot, since }) => ({
        object,
        in: side,
        sql: sql ?? null,
        snapshot: snapshot ?? null,
        since: since ?? null,
      })),
      undecided: undecided.length,
    },
  }
}
