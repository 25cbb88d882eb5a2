/**
 * AWS Lambda: exported handlers, joined with what calls them: Serverless, SAM, SST, CDK. An entry is named
 * `lambda <file without extension>.<export> (<name>, <trigger>, …)`, as far as these are configured. A handler that only wraps a router's app is no entry: its routes are.
 */
import { Passed } from '../machine/passed.ts'
import { any, type CallSite, type Machine, Model, native, type Site, type Value } from '../value.ts'
import { callAll, callbacksIn } from './auth/callbacks.ts'
import { defineFramework, type ProjectFiles, type Root } from './define.ts'
import { functionsInCode } from './lambda/code.ts'
import { examples } from './lambda/examples.ts'
import type { Configured } from './lambda/handlers.ts'
import { samFunctions, serverlessFunctions } from './lambda/yaml.ts'
import { isCallable, whereOf } from './where.ts'

const configurable = /\bhandler\b|NodejsFunction|\.route\(|\.subscribe\(|\broutes\b/
const source = /\.[mc]?[jt]sx?$/

/** Code that says which functions are deployed: only where a package says that it uses such a tool. */
const inCode = (project: ProjectFiles): readonly Configured[] => {
  const using = new Set(project.dependents(tools))
  return project.paths
    .filter((path) => source.test(path) && !path.endsWith('.d.ts') && (isConfiguration(path) || using.has(path)))
    .flatMap((path) => {
      const text = project.read(path) ?? ''
      return configurable.test(text) ? functionsInCode(path, text, project) : []
    })
}

const tools = ['sst', '@serverless-stack/resources', 'aws-cdk-lib', '@serverless/typescript'] as const
const isConfiguration = (path: string): boolean => /(^|\/)(sst\.config|serverless)\.[jt]s$/.test(path)

const inYaml = (project: ProjectFiles): readonly Configured[] =>
  project.paths.flatMap((path) => {
    const read = (): string => project.read(path) ?? ''
    if (/(^|\/)serverless[\w.-]*\.ya?ml$/.test(path)) return serverlessFunctions(path, read(), project)
    return /(^|\/)(template|sam)[\w.-]*\.ya?ml$/.test(path) ? samFunctions(path, read(), project) : []
  })

/** `export const handler`, `export { run as handler }`, `exports.handler =`. */
const handlerExport =
  /(?:export\s+(?:const|let|var|async\s+function|function)\s+|export\s*\{(?:[^{}]*[\s,])?|\bexports\.)(handler|main|lambdaHandler)\b(?!\s+as\b|[\w$])/

/** Handlers that nothing configures here: deployed from elsewhere, but written with Lambda's types. */
const loose = (project: ProjectFiles, configured: readonly Configured[]): readonly Configured[] => {
  const taken = new Set(configured.map(({ file }) => file))
  return project
    .dependents(['@types/aws-lambda', 'aws-lambda', '@middy/core'])
    .filter((path) => source.test(path) && !taken.has(path))
    .flatMap((file): readonly Configured[] => {
      const text = project.read(file) ?? ''
      const [, name] = /from ['"](?:aws-lambda|@middy\/core)['"]/.test(text) ? (handlerExport.exec(text) ?? []) : []
      return name === undefined ? [] : [{ file, export: name, triggers: [] }]
    })
}

const keyOf = ({ file, export: name, name: called, triggers }: Configured): string => JSON.stringify([file, name, called, triggers])

/** The same function may be configured in several stages' files. */
const distinct = (all: readonly Configured[]): readonly Configured[] => [...new Map(all.map((one) => [keyOf(one), one])).values()]

const entryName = ({ file, export: name, name: called, triggers }: Configured): string => {
  const details = [...(called === undefined ? [] : [called]), ...triggers]
  return `lambda ${file.replace(source, '')}.${name}${details.length > 0 ? ` (${details.join(', ')})` : ''}`
}

/** What a library makes of functions that it is given calls them: `AuthHandler({ providers })`. */
class LibraryHandler extends Model {
  readonly what = 'lambda handler of a library'
  readonly #given: Passed
  constructor(given: Passed) {
    super()
    this.#given = given
  }
  override call(site: CallSite): Value {
    callAll(callbacksIn(this.#given, site), site)
    return any
  }
}

/** Of a router alone a library makes a handler that has no functions of its own. */
const followable = (value: Value, site: Site): Value => (value instanceof Passed && callbacksIn(value, site).length > 0 ? new LibraryHandler(value) : value)

/** Bundlers that find no export of the name take the default one. */
const exported = (module: Value, name: string, machine: Machine, site: Site): Value => {
  const [named, otherwise] = [name, 'default'].map((one) => followable(machine.get(module, one, site), site))
  return named && isHandler(named) ? named : (otherwise ?? any)
}

const isHandler = (value: Value): boolean => isOne(value) || (value.kind === 'union' && value.of.some(isOne))

const isOne = (value: Value): boolean => value.kind === 'function' || value instanceof Middy || value instanceof LibraryHandler

/** An app that a router's adapter wrapped (`handle(app)`) is no function of the project: the router's routes are the entries then. */
const root = (configured: Configured): Root => ({
  path: configured.file,
  enter: (module, machine, site) => {
    const handler = exported(module, configured.export, machine, site)
    if (!isHandler(handler)) return
    const runs = [{ handler, args: [any, any, any], what: configured.export }]
    machine.entry({ name: entryName(configured), kind: 'lambda', framework: 'lambda', place: whereOf(handler, site.place), runs })
  },
})

/** `middy(handler).use({ before, after }).handler(handler)`. */
class Middy extends Model {
  readonly what = 'middy handler'
  readonly #around: Value[] = []
  #handler: Value | undefined
  constructor(handler: Value | undefined) {
    super()
    this.#handler = handler
  }
  override get(name: string): Value | undefined {
    if (name === 'handler') return native('middy handler', ({ args }) => this.#with(args[0]))
    if (name === 'use') return native('middy use', (site) => this.#use(site))
    if (name === 'before' || name === 'after' || name === 'onError') return native(`middy ${name}`, ({ args }) => this.#and(args))
    return undefined
  }
  override call(site: CallSite): Value | undefined {
    const { machine, args } = site
    for (const hook of this.#around) machine.invoke(hook, [any], site)
    return this.#handler && machine.invoke(this.#handler, args, site)
  }
  #with(handler: Value | undefined): Value {
    this.#handler = handler
    return this
  }
  #and(hooks: readonly Value[]): Value {
    this.#around.push(...hooks.filter(isCallable))
    return this
  }
  #use(site: CallSite): Value {
    const all = site.args.flatMap((value) => (value.kind === 'array' ? (value.items ?? [site.machine.element(value, site)]) : [value]))
    const parts = all.flatMap((one) => ['before', 'after', 'onError'].map((name) => site.machine.get(one, name, site)))
    return this.#and(parts)
  }
}

const middy = native('middy', ({ args }) => new Middy(args[0]))

/** Wrappers that call the function that they are given, first or last of their arguments, and answer one like it. */
const wrapper = native('lambda wrapper', ({ args }) => args.find(isCallable))

/** `bus.subscriber([Created], handler)` of `sst/aws/bus` and its like. */
class SstClient extends Model {
  readonly what = 'sst client'
  override get(name: string): Value | undefined {
    return name === 'subscriber' || name === 'subscribe' || name === 'handler' ? native(`sst ${name}`, ({ args }) => args.findLast(isCallable)) : undefined
  }
}

const wrappers: ReadonlySet<string> = new Set([
  'wrapHandler',
  'datadog',
  'captureLambdaHandler',
  'ApiHandler',
  'EventHandler',
  'injectLambdaContext',
  'withLogging',
])

const imported = (from: string, [name = '']: readonly string[]): Value | undefined => {
  if (from === '@middy/core') return name === 'default' || name === 'middy' ? middy : undefined
  if (from.startsWith('sst/aws/')) return new SstClient()
  return wrappers.has(name) ? wrapper : undefined
}

export const lambda = defineFramework({
  id: 'lambda',
  title: 'AWS Lambda',
  packages: ['@middy/core', 'sst/*', 'sst', '@sentry/aws-serverless', '@sentry/serverless', 'datadog-lambda-js', '@sls-next/*'],
  imported,
  roots: (project) => {
    const configured = [...inYaml(project), ...inCode(project)]
    return distinct([...configured, ...loose(project, configured)]).map(root)
  },
  examples,
})
