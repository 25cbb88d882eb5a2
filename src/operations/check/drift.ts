/** The folder against every configured environment. */
import { ToolError } from '../../model/error.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import type { Json } from '../../model/json.ts'
import { plural } from '../../model/numbers.ts'
import type { SourceRef } from '../../model/source.ts'
import type { World } from '../../model/world.ts'
import { compareFleet, usualConcurrency } from '../drift/fleet.ts'
import { fleetChanges, judgeFleet, objectsOf } from '../drift/fleet-report.ts'
import { changesOf } from '../drift/report.ts'
import { compareSources, judgeCompared, readAcceptedFile } from '../drift/run.ts'
import type { Part } from './part.ts'
import type { Subject } from './subject.ts'

/** The environments that the configuration names. */
export const environmentsOf = ({ config }: World): readonly string[] => Object.keys(config.environments ?? {})

const plain = { include: [], exclude: [], facets: undefined } as const

type Answer = {
  readonly environment: string
  readonly objects: number
  readonly findings: readonly Finding[]
  readonly unknown: readonly Unknown[]
  readonly changes: readonly Json[]
}

/** What is wrong with the folder is another part's to say; here it only means that nothing could be compared. */
const unread = (environment: string, error: unknown): Answer => {
  if (!(error instanceof ToolError)) throw error
  const unknown = { what: `drift of ${environment}`, why: error.message, ...(error.help === undefined ? {} : { help: error.help }) }
  return { environment, objects: 0, findings: [], unknown: [unknown], changes: [] }
}

/** All databases of an environment that has tenants. */
const askTenants = async (world: World, folder: SourceRef, environment: string): Promise<Answer> => {
  const fleet = await compareFleet(world, folder, environment, { ...plain, shard: undefined, concurrency: usualConcurrency })
  const judged = await judgeFleet(world, fleet, await readAcceptedFile(world), undefined)
  const { findings, unknown } = judged
  return { environment, objects: objectsOf(judged), findings, unknown, changes: fleetChanges(judged) }
}

const ask = async (world: World, folder: SourceRef, environment: string): Promise<Answer> => {
  world.progress({ step: `comparing with ${environment}`, done: 0, total: undefined })
  try {
    if (world.config.environments?.[environment]?.tenants) return await askTenants(world, folder, environment)
    const compared = await compareSources(world, [folder, { type: 'environment', name: environment }], plain)
    const { judged, findings } = await judgeCompared(world, compared, await readAcceptedFile(world))
    const { objects, unknown } = compared.comparison
    return { environment, objects, findings, unknown, changes: changesOf(judged) }
  } catch (error) {
    return unread(environment, error)
  }
}

const shownOf = (answers: readonly Answer[]): string =>
  answers
    .map(({ environment, findings, unknown, objects }) => {
      const open = findings.filter(({ waived }) => !waived).length
      if (open > 0) return `${environment}: ${plural(open, 'difference')}`
      if (unknown.length > 0) return `${environment}: unknown`
      return `${environment} is as the folder says, ${plural(objects, 'object')}`
    })
    .join('; ')

export const driftPart = async ({ world, history }: Subject): Promise<Part> => {
  const folder: SourceRef = { type: 'folder', path: history.folder }
  const answers: Answer[] = []
  for (const environment of environmentsOf(world)) answers.push(await ask(world, folder, environment))
  return {
    name: 'drift',
    analysed: { environments: answers.length, objects: answers.reduce((sum, { objects }) => sum + objects, 0) },
    findings: answers.flatMap(({ findings }) => findings),
    unknown: answers.flatMap(({ unknown }) => unknown),
    shown: shownOf(answers),
    data: {
      environments: Object.fromEntries(answers.map(({ environment, changes, unknown }) => [environment, { changes: [...changes], unknown: unknown.length }])),
    },
  }
}
