/** Findings of the comments that say a class: those that are none, and those that change nothing. Loaded only where there is one. */
import type { Finding } from '../../model/finding.ts'
import type { Migration } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { fileOf } from '../../rules/place.ts'
import { reportedFinding } from '../../rules/report.ts'
import { upstreamOf } from '../landed.ts'
import type { Versioned } from './classified.ts'

const found = ({ history, classes }: Versioned): readonly Finding[] =>
  history.migrations.flatMap((migration: Migration, at) => {
    const { bad = [], overrides = [] } = classes[at] ?? {}
    const place = (line: number): Pick<Finding, 'file' | 'line' | 'column' | 'migration'> => ({
      file: fileOf(history, migration),
      line,
      column: 1,
      migration: migration.tag,
    })
    return [
      ...bad.map(({ line, text, why }) => reportedFinding('override-invalid', `“${text}” says nothing of a version: ${why}.`, place(line), text)),
      ...overrides
        .filter(({ idle }) => idle)
        .map(({ line, says, of }) =>
          reportedFinding('override-unused', `The comment says ${says}, and the ${of} is that without it.`, place(line), `${of} ${says} ${line}`),
        ),
    ]
  })

/** What has landed can no longer be mended: an applied file keeps its hash. It is told and decides nothing. Throws what `upstreamOf` throws. */
export const overrideFindings = async (world: World, versioned: Versioned): Promise<readonly Finding[]> => {
  const upstream = (await upstreamOf(world, world.judging.since))?.find(({ project }) => project.folder === versioned.history.folder)
  return found(versioned).map((finding) => (upstream?.landed.has(finding.migration ?? '') ? { ...finding, old: true } : finding))
}
