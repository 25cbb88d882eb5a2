/** What the compiler says of an application when parts of its schema are gone: an error that is there only then names a place that depends on the part. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, sep } from 'node:path'
import type { Removal, TypeEvidence, TypeFound } from '../../../model/type-evidence.ts'
import type { Progress } from '../../../model/world.ts'
import { listFiles } from '../files.ts'
import { importGraph } from '../import-graph.ts'
import { noted } from '../notes.ts'
import { createResolver } from '../resolve/index.ts'
import { startCompiler } from './compiler.ts'
import { type Examination, examine } from './examine.ts'
import { type Installed, installedFor } from './installed.ts'
import { type Plan, planner } from './plan.ts'
import { configsAmong } from './projects.ts'

export type TypesLimits = {
  readonly signal: AbortSignal
  progress(event: Progress): void
  /** Milliseconds for all that is asked. */
  readonly patience?: number
  /** The compilers to ask, the best first, instead of those that are installed. */
  readonly compilers?: readonly Installed[]
}

const defaultPatience = 600_000

type Limited = Examination & { readonly patience: number }

const named = ({ version }: Installed): string => `TypeScript ${version}`

const nothing = (notes: readonly string[]): TypeEvidence => ({ found: [], notes })

const codeIn = async (root: string): Promise<Pick<Examination, 'configs' | 'graph' | 'files'>> => {
  const { sources, others } = await listFiles(root)
  const paths = [...sources, ...others]
  // Imports of types count as others do.
  const linked = (path: string): { readonly imports: readonly string[]; readonly links: readonly string[] } => {
    const { links } = noted(root, path)
    return { imports: links, links }
  }
  const graph = importGraph(sources, linked, createResolver(root, paths))
  // What git lists may be gone.
  return { configs: configsAmong(paths).filter((config) => existsSync(`${root}/${config}`)), graph, files: new Set(sources) }
}

/** With one compiler; undefined where another one fits the project better, and there is one. */
const withCompiler = async (
  installed: Installed,
  isLast: boolean,
  examination: Limited,
  patience: AbortSignal,
): Promise<readonly TypeEvidence[] | undefined> => {
  await using compiler = startCompiler(installed, examination.root, AbortSignal.any([examination.signal, patience]))
  const findings = examination.plans.map(({ notes }) => ({ found: new Map<string, TypeFound>(), notes: new Set(notes) }))
  const told = (): readonly TypeEvidence[] =>
    findings.map(({ found, notes }) => ({ compiler: { engine: installed.engine, version: installed.version }, found: [...found.values()], notes: [...notes] }))
  try {
    const verdict = await examine(compiler, examination, findings, isLast)
    if (verdict === 'another compiler fits better') return undefined
    return verdict === 'done' ? told() : findings.map(({ notes }) => nothing([...notes]))
  } catch (error) {
    if (examination.signal.aborted) throw error
    const isLate = patience.aborted
    if (!isLate && !isLast) return undefined
    const why = isLate
      ? `${named(installed)} was not done in ${examination.patience / 1000} s, and was stopped: ask about fewer targets at once`
      : error instanceof Error
        ? error.message
        : String(error)
    for (const { notes } of findings) notes.add(`types not available: ${why}`)
    return findings.some(({ found }) => found.size > 0) ? told() : findings.map(({ notes }) => nothing([...notes]))
  }
}

const noCompiler =
  'types not available: no TypeScript is installed that could be asked; install typescript (5 or 6), or, faster, TypeScript 7 as npm install -D typescript-7@npm:typescript@7.0.2'

/**
 * Evidence for each target, given as the parts of the schema that it is. Nothing of the code is run. What could not be asked is said in the notes, and stops nothing. Rejects where the signal
 * fires.
 */
export const typeEvidence = async (given: string, targets: readonly (readonly Removal[])[], limits: TypesLimits): Promise<readonly TypeEvidence[]> => {
  const root = realpathSync(given).split(sep).join('/')
  const plans: readonly Plan[] = targets.map(planner(root))
  if (plans.every(({ shown }) => shown.length === 0)) return plans.map(({ notes }) => nothing(notes))
  const code = await codeIn(root)
  const compilers = limits.compilers ?? installedFor([root, ...code.configs.map((config) => dirname(`${root}/${config}`))])
  const examination: Limited = { root, plans, ...code, patience: defaultPatience, ...limits }
  const patience = AbortSignal.timeout(examination.patience)
  for (const [at, compiler] of compilers.entries()) {
    const told = await withCompiler(compiler, at === compilers.length - 1, examination, patience)
    if (told) return told
  }
  return plans.map(({ notes }) => nothing([...notes, noCompiler]))
}
