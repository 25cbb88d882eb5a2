/** Functions in `serverless.yml` and in SAM and CloudFormation templates. */
import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'
import { isObject } from '../../../../model/json.ts'
import type { ProjectFiles } from '../define.ts'
import { type Configured, directoryOf, handlerAt, normal } from './handlers.ts'

type Node = { readonly [key: string]: unknown }

const nodeOf = (value: unknown): Node => (isObject(value) ? value : {})
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Loaded where there is such a file: few repositories have one. */
const yaml = (): typeof Yaml => createRequire(import.meta.url)('yaml') as typeof Yaml

/** CloudFormation's tags (`!Ref`) are not resolved: what they tag is taken as it stands. */
const read = (text: string): Node => {
  try {
    return nodeOf(yaml().parseDocument(text, { logLevel: 'silent', strict: false }).toJS())
  } catch {
    // A template with holes in it (`{{ }}`) is no YAML before it is filled in.
    return {}
  }
}

const verbOf = (value: unknown): string => (textOf(value) ?? 'ANY').toUpperCase().replace('*', 'ANY')
const route = (method: unknown, path: unknown): string => `${verbOf(method)} /${(textOf(path) ?? '').replace(/^\//, '')}`

/** `http: GET /users`, `http: { method, path }`, `schedule: rate(1 day)`, `sqs: arn…`: one event of Serverless. */
const serverlessTrigger = (event: unknown): readonly string[] => {
  if (typeof event === 'string') return [event]
  return Object.entries(nodeOf(event)).map(([kind, detail]) => {
    if (kind === 'http' || kind === 'httpApi') {
      const [method, path] = textOf(detail)?.trim().split(/\s+/) ?? [nodeOf(detail).method, nodeOf(detail).path]
      return route(method, path)
    }
    if (kind !== 'schedule') return kind
    const rate = isObject(detail) ? detail.rate : detail
    return `schedule ${Array.isArray(rate) ? rate.join(', ') : (textOf(rate) ?? '')}`.trim()
  })
}

export const serverlessFunctions = (path: string, text: string, project: ProjectFiles): readonly Configured[] => {
  const { functions } = read(text)
  // `functions` may be a list of such objects, each from a file of its own.
  const all = Array.isArray(functions) ? functions.flatMap((part) => Object.entries(nodeOf(part))) : Object.entries(nodeOf(functions))
  return all.flatMap(([name, value]): readonly Configured[] => {
    const { handler, events } = nodeOf(value)
    const found = handlerAt(textOf(handler) ?? '', directoryOf(path), project)
    return found === undefined ? [] : [{ ...found, name, triggers: Array.isArray(events) ? events.flatMap(serverlessTrigger) : [] }]
  })
}

const samTrigger = (event: unknown): string => {
  const { Type, Properties } = nodeOf(event)
  const properties = nodeOf(Properties)
  if (Type === 'Api' || Type === 'HttpApi') return route(properties.Method, properties.Path)
  if (Type === 'Schedule' || Type === 'ScheduleV2') return `schedule ${textOf(properties.Schedule ?? properties.ScheduleExpression) ?? ''}`.trim()
  return (textOf(Type) ?? '').toLowerCase()
}

const functionTypes: readonly unknown[] = ['AWS::Serverless::Function', 'AWS::Lambda::Function']

export const samFunctions = (path: string, text: string, project: ProjectFiles): readonly Configured[] => {
  const template = read(text)
  const shared = nodeOf(nodeOf(template.Globals).Function)
  return Object.entries(nodeOf(template.Resources)).flatMap(([name, value]): readonly Configured[] => {
    const { Type, Properties, Metadata } = nodeOf(value)
    if (!functionTypes.includes(Type)) return []
    const properties = { ...shared, ...nodeOf(Properties) }
    const handler = textOf(properties.Handler) ?? ''
    const directory = normal(`${directoryOf(path)}/${textOf(properties.CodeUri) ?? ''}`)
    // esbuild's entry point is the source; the handler then names it by its last part only.
    const points = nodeOf(nodeOf(Metadata).BuildProperties).EntryPoints
    const point = Array.isArray(points) ? textOf(points[0])?.replace(/\.\w+$/, '') : undefined
    const exported = handler.split('.').at(-1) ?? 'handler'
    const found = (point && handlerAt(`${point}.${exported}`, directory, project)) ?? handlerAt(handler, directory, project)
    return found ? [{ ...found, name, triggers: Object.values(nodeOf(properties.Events)).map(samTrigger) }] : []
  })
}
