/** One document judged: what stands in it, and what was found. */
import { resolve } from 'node:path'
import type { BatchStep } from '../changes/batch.ts'
import type { BesideKind } from '../features/fix/beside.ts'
import type { Lint } from '../features/lint.ts'
import { ToolError } from '../model/error.ts'
import type { Finding } from '../model/finding.ts'
import type { Script } from '../model/statement.ts'
import type { World } from '../model/world.ts'
import type { BesideFile, Reader } from '../operations/lint/document.ts'
import { lintSubject } from '../operations/lint/judge.ts'
import { optionsOf } from '../operations/lint/options.ts'
import type { Subject } from '../operations/lint/subject.ts'
import { breakpoint } from '../sql/chunks.ts'
import { loadSql } from '../sql/parser.ts'
import type { Home } from './projects.ts'

/** A file as far as it was understood. */
export type Judged = {
  readonly script: Script
  /** The file's own, in its order. */
  readonly steps: readonly BatchStep[]
  readonly batches: Lint['batches']
  readonly findings: readonly Finding[]
  readonly waivers: Lint['waivers']
  /** The policy's findings, with the statements that they are about. */
  readonly found: Lint['found']
  /** The texts of the migrations, the file's own last. */
  readonly texts: readonly string[]
  readonly tag: string
  /** The files beside a project's folder, with absolute paths. */
  readonly beside?: { readonly [K in BesideKind]: BesideFile & { readonly file: string } }
  /** What Drizzle's migrator cuts at stands between this file's statements. */
  readonly breakpoints: boolean
}

/** What kept a file from being judged. */
export type Trouble = { readonly code: string; readonly message: string; readonly severity: 'error' | 'note' }

export type Analysis = { readonly judged?: Judged; readonly trouble?: Trouble }

/** Characters. A dump or a seed takes longer to read than an editor can wait, and is no change of a schema. */
export const longest = 1_000_000

export const tooLong: Trouble = {
  code: 'file-too-long',
  message: `The file is longer than ${longest.toLocaleString('en')} characters: it is not judged while it is being written. pgstrata lint FILE judges it.`,
  severity: 'note',
}

/** An error of the tool as a line of the file that it concerns. */
export const troubleOf = (error: ToolError): Trouble => ({
  code: error.code,
  message: error.help === undefined ? error.message : `${error.message} ${error.help}`,
  severity: 'error',
})

const subjectOf = (reader: Reader, { migration }: Home, name: string, text: string): Subject =>
  migration ? reader.migration(migration.base, migration.path, text) : reader.alone(name, text)

/** The findings of the last migration, which is the file's own. What has landed is old. */
const ownFindings = (findings: readonly Finding[], { history }: Subject, { migration }: Home): readonly Finding[] => {
  const tag = history.migrations.at(-1)?.tag
  const landed = tag !== undefined && migration?.base.landed?.has(tag) === true
  return findings.filter((finding) => finding.migration === tag).map((finding) => (landed ? { ...finding, old: true } : finding))
}

const besideOf = ({ cwd, migration }: Home): Pick<Judged, 'beside'> => {
  if (!migration) return {}
  const { before, next } = migration.base.beside
  return { beside: { before: { ...before, file: resolve(cwd, before.path) }, next: { ...next, file: resolve(cwd, next.path) } } }
}

const judge = async (reader: Reader, home: Home, world: World, name: string, text: string): Promise<Judged> => {
  await loadSql()
  const options = await optionsOf(world)
  const subject = subjectOf(reader, home, name, text)
  const { result, findings } = await lintSubject(world, subject, options, false)
  const own = subject.history.migrations.length - 1
  return {
    script: subject.scripts[own] ?? { statements: [], faults: [], chunks: [] },
    steps: result.batches.flatMap(({ steps }) => steps.filter(({ step }) => step.migration === own)),
    batches: result.batches,
    findings: ownFindings(findings, subject, home),
    found: result.found,
    texts: subject.history.migrations.map(({ sql: of }) => of ?? ''),
    tag: subject.history.migrations[own]?.tag ?? '',
    ...besideOf(home),
    waivers: result.waivers.filter(({ step }) => step.migration === own),
    breakpoints: text.includes(breakpoint) || home.migration?.base.project.breakpoints === true,
  }
}

/** Judges a text. What stopped the tool is an answer too; only a bug is thrown. */
export const analyse = async (reader: Reader, findHome: () => Promise<Home>, name: string, text: string): Promise<Analysis> => {
  if (text.length > longest) return { trouble: tooLong }
  try {
    const home = await findHome()
    return { judged: await judge(reader, home, home.world, name, text) }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    // A project of another database: nothing here is for PostgreSQL.
    return error.code === 'other-dialect' ? {} : { trouble: troubleOf(error) }
  }
}
