/**
 * NestJS: controllers, resolvers, gateways, processors, consumers of messages, scheduled methods. Decorators leave marks on their classes; when all files have been
 * followed the marks become entries, and the container gives each class what its constructor asks for.
 */
import { any, type CallSite, Model, native, type Value } from '../value.ts'
import { defineFramework, type ProjectFiles } from './define.ts'
import { givenFor, instance } from './nestjs/container.ts'
import { enter } from './nestjs/entries.ts'
import { examples } from './nestjs/examples.ts'
import { applied, decorator, marksOf } from './nestjs/marks.ts'

const worthFollowing = /@(?:Module|Controller|Injectable|Resolver|Processor|WebSocketGateway|Command|CommandHandler|QueryHandler|EventsHandler)\(|NestFactory\b/

const nestFiles = (project: ProjectFiles): readonly string[] =>
  project.dependents(['@nestjs/common']).filter((path) => /(?<!\.d)\.[mc]?ts$/.test(path) && worthFollowing.test(project.read(path) ?? ''))

const everywhere: ReadonlySet<string> = new Set(['useGlobalGuards', 'useGlobalInterceptors', 'useGlobalPipes', 'useGlobalFilters'])

const versioned = (site: CallSite): void => {
  const { machine, args } = site
  const texts = (name: string): readonly string[] => (args[0] === undefined ? [] : machine.strings(machine.get(args[0], name, site)))
  const [usual] = texts('defaultVersion')
  marksOf(machine).versions = { prefix: texts('prefix')[0] ?? 'v', ...(usual !== undefined && { usual }) }
}

const prefixed = ({ machine, args }: CallSite): void => {
  marksOf(machine).prefix = machine.strings(args[0] ?? any)[0] ?? ''
}

/** What `NestFactory.create` gives, and what the application is told with it. */
class Application extends Model {
  readonly what = 'nest application'
  override get(name: string): Value {
    return native(`nest ${name}`, (site) => {
      if (name === 'setGlobalPrefix') prefixed(site)
      else if (name === 'enableVersioning') versioned(site)
      else if (everywhere.has(name)) marksOf(site.machine).everywhere.push(...site.args)
      else if (name === 'get' || name === 'resolve') return injected(site)
      return this
    })
  }
}

const injected = (site: CallSite): Value | undefined => {
  const [token] = site.args
  return token?.kind === 'class' ? instance(token, site) : any
}

class Factory extends Model {
  readonly what = 'nest factory'
  override get(): Value {
    return native('create', () => new Application())
  }
}

class ModuleRef extends Model {
  readonly what = 'nest module ref'
  override get(name: string): Value | undefined {
    return name === 'get' || name === 'resolve' || name === 'create' ? native(`module ref ${name}`, injected) : undefined
  }
}

/** `commandBus.execute(new CreateUser())` calls the handler that is marked with the command's class. */
class Bus extends Model {
  readonly what = 'nest bus'
  override get(name: string): Value | undefined {
    return name === 'execute' || name === 'publish' ? native(`bus ${name}`, dispatched) : undefined
  }
}

const handlers: ReadonlySet<string> = new Set(['CommandHandler', 'QueryHandler', 'EventsHandler'])

const dispatched = (site: CallSite): Value | undefined => {
  const [message] = site.args
  const of = message?.kind === 'object' ? message.class : undefined
  if (of === undefined) return undefined
  const found = marksOf(site.machine).all.filter(({ name, args }) => handlers.has(name) && args.some((one) => one.kind === 'class' && one.id === of.id))
  const results = found.map((mark) => {
    const member = mark.name === 'EventsHandler' ? 'handle' : 'execute'
    return site.machine.invoke(site.machine.get(instance(mark.of, site), member, site), site.args, site, 'likely')
  })
  return results[0]
}

/** `PartialType(CreateUser)` and its like: at most the properties of the classes. */
const ofClasses = native('mapped type', ({ args }) => args.find(({ kind }) => kind === 'class'))
const mapped: ReadonlySet<string> = new Set(['PartialType', 'PickType', 'OmitType', 'IntersectionType'])

/** Tokens of global guards and their like stay names, by which providers are told. */
const tokens = /^[A-Z_]+$/

const imported = ([name = '']: readonly string[]): Value | undefined => {
  if (name === 'applyDecorators') return applied
  if (name === 'NestFactory' || name === 'CommandFactory') return new Factory()
  if (name === 'forwardRef') return native('forwardRef', ({ machine, args, ...site }) => machine.invoke(args[0] ?? any, [], { machine, ...site }))
  if (mapped.has(name)) return ofClasses
  return /^[A-Z]/.test(name) && !tokens.test(name) && !classes.has(name) ? decorator(name) : undefined
}

/** Exports that are no decorators. */
const classes: ReadonlySet<string> = new Set([
  'Logger',
  'ConfigService',
  'ConfigModule',
  'JwtService',
  'JwtModule',
  'WorkerHost',
  'Reflector',
  'HttpService',
  'HttpModule',
])

const typed = (name: string): Value | undefined => {
  if (name === 'ModuleRef') return new ModuleRef()
  if (name === 'CommandBus' || name === 'QueryBus' || name === 'EventBus') return new Bus()
  return name === 'INestApplication' || name === 'NestExpressApplication' || name === 'NestFastifyApplication' ? new Application() : undefined
}

export const nestjs = defineFramework({
  id: 'nestjs',
  title: 'NestJS',
  packages: ['@nestjs/*', 'nest-commander'],
  imported: (_from, path) => imported(path),
  typed: (_from, name) => typed(name),
  provided: givenFor,
  roots: (project) => nestFiles(project).map((path) => ({ path, enter: () => {} })),
  finish: enter,
  examples,
})
