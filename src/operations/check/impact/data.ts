/** The blast radius for machines. */
import type { Reach } from '../../../features/impact/reach.ts'
import type { Json } from '../../../model/json.ts'
import { type Blast, brokenBy, type Sides } from './blast.ts'

const entryData = ({ entry, access, via, confidence }: Reach): Json => ({
  entry: entry.name,
  kind: entry.kind,
  file: entry.file,
  line: entry.line,
  access,
  via,
  confidence,
})

const blastData = (blast: Blast): Json => ({
  migration: blast.migration.tag,
  file: blast.file,
  order: blast.order,
  breaks: brokenBy(blast).map(({ entry }) => entry.name),
  changes: blast.blows.map(({ running, here }) => ({
    what: running.effect.what,
    line: running.effect.statement?.start.line ?? null,
    breakage: running.effect.breakage,
    risk: running.risk,
    entries: running.breaks.map(entryData),
    uses: running.uses.map(({ file, line, what }) => ({ file, line, what })),
    here: here.map(({ file, line, what }) => ({ file, line, what })),
    notAnalysed: running.gaps.map(({ file, line, why }) => ({ file, line, why })),
  })),
})

export const blastsData = (blasts: readonly Blast[], { commit }: Sides, root: string): { readonly [key: string]: Json } => ({
  root,
  commit: commit ?? null,
  migrations: blasts.map(blastData),
})
