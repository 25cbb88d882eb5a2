/** One compiler, asked about all projects and all targets. */
import { readFileSync } from 'node:fs'
import type { TypeFound } from '../../../model/type-evidence.ts'
import type { Progress } from '../../../model/world.ts'
import type { ImportGraph } from '../import-graph.ts'
import { byFile } from './by-file.ts'
import type { Checked, Compiler, CompilerError, Texts } from './compiler.ts'
import { fresh } from './fresh.ts'
import { placesIn } from './place.ts'
import type { Plan, Shown } from './plan.ts'
import { projectsOf, type TypeProject } from './projects.ts'

export type Examination = {
  /** Real, with forward slashes. */
  readonly root: string
  readonly plans: readonly Plan[]
  readonly configs: readonly string[]
  readonly graph: ImportGraph
  readonly files: ReadonlySet<string>
  readonly signal: AbortSignal
  progress(event: Progress): void
}

/** What becomes known of a target. */
export type Findings = { readonly found: Map<string, TypeFound>; readonly notes: Set<string> }

export type Verdict = 'done' | 'nothing could be asked' | 'another compiler fits better'

const unresolved = new Set([2307, 2792, 7016])

const schemasOf = ({ shown }: Plan): readonly string[] => [...new Set(shown.flatMap(({ texts }) => [...texts.keys()]))]

const listed = (files: readonly string[]): string => (files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', '))

/** Texts by their absolute paths. */
const absolute = (root: string, { texts }: Shown): Texts => Object.fromEntries([...texts].map(([file, text]) => [`${root}/${file}`, text]))

const keep = ({ root }: Examination, { found }: Findings, { how }: Shown, texts: Texts, errors: readonly CompilerError[]): void => {
  const inside = errors.filter(({ file }) => file.startsWith(`${root}/`) && !file.includes('/node_modules/'))
  for (const [path, own] of byFile(inside)) {
    const file = path.slice(root.length + 1)
    const placeOf = placesIn(file, texts[path] ?? readFileSync(path, 'utf8'))
    for (const { start, code, message } of own) {
      const place = placeOf(start)
      const key = `${file}:${place.line}`
      if (!found.has(key)) found.set(key, { ...place, code, message, how })
    }
  }
}

/** Why a project can say nothing of these schemas. */
const blindness = ({ root }: Examination, { config }: TypeProject, schemas: readonly string[], { held, errors }: Checked): string | undefined => {
  if (held.length === 0) return `${config} does not load ${listed(schemas)}: it imports what was built of it`
  const paths = new Set(held)
  const lacking = errors.find(({ file, code, message }) => paths.has(file) && unresolved.has(code) && message.includes('drizzle-orm'))
  return lacking && `${lacking.file.slice(root.length + 1)}: ${lacking.message} Install the packages of the project first.`
}

/** What the compiler cannot see in a project that it can be asked about. */
const lacksOf = ({ root, files }: Examination, { config, files: own }: TypeProject, { errors, removed }: Checked): readonly string[] => {
  const blind = [...new Set(errors.filter(({ code }) => unresolved.has(code)).map(({ file }) => file.slice(root.length + 1)))].filter((file) => files.has(file))
  const foreign = own.filter((file) => !/\.[cm]?[jt]sx?$/.test(file))
  return [
    ...(blind.length > 0 ? [`the compiler takes for any what ${listed(blind)} imports from packages that are not installed`] : []),
    ...(foreign.length > 0 ? [`the compiler does not read ${listed(foreign)}`] : []),
    ...removed.map((text) => `${config}: ${text}`),
  ]
}

const examineProject = async (
  compiler: Compiler,
  examination: Examination,
  findings: readonly Findings[],
  project: TypeProject,
  isLast: boolean,
): Promise<Verdict> => {
  const { root, plans, progress } = examination
  const config = `${root}/${project.config}`
  const step = `types of ${project.config}`
  const schemas = [...new Set(plans.flatMap(schemasOf))]
  progress({ step, done: 0, total: plans.length })
  const before = await compiler.check(
    config,
    {},
    schemas.map((file) => `${root}/${file}`),
  )
  if (before.removed.length > 0 && !isLast) return 'another compiler fits better'
  const blind = blindness(examination, project, schemas, before)
  const lacks = blind === undefined ? lacksOf(examination, project, before) : [`types not available: ${blind}`]
  for (const { notes } of findings) for (const lack of lacks) notes.add(lack)
  if (blind !== undefined) return 'nothing could be asked'
  for (const [at, plan] of plans.entries()) {
    for (const one of plan.shown) {
      const texts = absolute(root, one)
      const after = await compiler.check(config, texts)
      const own = findings[at]
      if (own) keep(examination, own, one, texts, fresh(plan.names, before.errors, after.errors, texts))
    }
    progress({ step, done: at + 1, total: plans.length })
  }
  await compiler.close(config)
  return 'done'
}

const namedBy = async (compiler: Compiler, { root, configs, files }: Examination): Promise<ReadonlyMap<string, readonly string[]>> => {
  const named = new Map<string, readonly string[]>()
  for (const config of configs) {
    const all = await compiler.files(`${root}/${config}`)
    named.set(
      config,
      all.flatMap((path) => (path.startsWith(`${root}/`) && files.has(path.slice(root.length + 1)) ? [path.slice(root.length + 1)] : [])),
    )
  }
  return named
}

/** Fills the findings, one for each plan. `isLast`: there is no other compiler that could fit better. */
export const examine = async (compiler: Compiler, examination: Examination, findings: readonly Findings[], isLast: boolean): Promise<Verdict> => {
  const { graph, plans } = examination
  const schemas = [...new Set(plans.flatMap(schemasOf))]
  const { projects, outside } = projectsOf(graph, graph.importersOf(schemas), await namedBy(compiler, examination))
  const apart =
    outside.length === 0
      ? []
      : [
          projects.length === 0
            ? `types not available: no tsconfig.json holds ${listed(outside)}`
            : `no tsconfig.json holds ${listed(outside)}: the compiler was not asked about them`,
        ]
  for (const { notes } of findings) for (const note of apart) notes.add(note)
  const verdicts: Verdict[] = []
  for (const project of projects) {
    const verdict = await examineProject(compiler, examination, findings, project, isLast)
    if (verdict === 'another compiler fits better') return verdict
    verdicts.push(verdict)
  }
  return verdicts.includes('done') ? 'done' : 'nothing could be asked'
}
