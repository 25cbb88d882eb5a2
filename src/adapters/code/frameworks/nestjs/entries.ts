/** The entries of a Nest application: routes of controllers, consumers of messages and queues, scheduled methods, resolvers, gateways, commands, what runs at boot. */
import { ownValue } from '../../own-value.ts'
import { any, type ClassValue, type EntryKind, type Machine, type Site, type Value } from '../../value.ts'
import { isCallable, whereOf } from '../where.ts'
import { instance, listed, provided } from './container.ts'
import { type Mark, type Marks, marksOf } from './marks.ts'

const verbs: Readonly<Record<string, string>> = {
  Get: 'GET',
  Post: 'POST',
  Put: 'PUT',
  Patch: 'PATCH',
  Delete: 'DELETE',
  Head: 'HEAD',
  Options: 'OPTIONS',
  All: 'ALL',
  Sse: 'GET',
}

export const pathOf = (...parts: readonly string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`

const texts = (value: Value | undefined, { machine, ...site }: Site): readonly string[] =>
  value === undefined ? [] : listed(value, { machine, ...site }).flatMap((one) => machine.strings(one))

/** Of an argument that may be a text, or an object that has it under a name. */
const named = (value: Value | undefined, name: string, site: Site): readonly string[] => {
  const direct = texts(value, site)
  return direct.length > 0 || value === undefined ? direct : texts(site.machine.get(value, name, site), site)
}

const orEmpty = (all: readonly string[]): readonly string[] => (all.length > 0 ? all : [''])

/** Guards and their like, with the method that Nest calls. */
const hooks: readonly string[] = ['canActivate', 'intercept', 'transform', 'catch']
const uses: ReadonlySet<string> = new Set(['UseGuards', 'UseInterceptors', 'UsePipes', 'UseFilters'])
const globalTokens: ReadonlySet<string> = new Set(['APP_GUARD', 'APP_INTERCEPTOR', 'APP_PIPE', 'APP_FILTER'])

export type Run = { readonly handler: Value; readonly args: readonly Value[]; readonly what: string }

const hooksOf = (value: Value, site: Site): readonly Run[] => {
  const object = value.kind === 'class' ? instance(value, site) : value
  return hooks.flatMap((what) => {
    const handler = object.kind === 'object' ? site.machine.get(object, what, site) : any
    return isCallable(handler) ? [{ handler, args: [any, any], what }] : []
  })
}

const globalHooks = (machine: Machine, marks: Marks): readonly Run[] => {
  const named = provided(machine).flatMap(({ provider, site }): readonly Run[] => {
    if (provider.kind !== 'object') return []
    const token = machine.get(provider, 'provide', site)
    if (token.kind !== 'external' || !globalTokens.has(token.path.at(-1) ?? '')) return []
    return ['useClass', 'useValue', 'useExisting'].flatMap((name) => hooksOf(machine.get(provider, name, site), site))
  })
  const site = marks.all[0]?.site
  return site === undefined ? named : [...named, ...marks.everywhere.flatMap((one) => hooksOf(one, site))]
}

const hooksAt = (marks: readonly Mark[]): readonly Run[] =>
  marks.filter(({ name }) => uses.has(name)).flatMap(({ args, site }) => args.flatMap((value) => listed(value, site)).flatMap((value) => hooksOf(value, site)))

const methodOf = ({ of, member = '', site }: Mark): Value => site.machine.get(instance(of, site), member, site)

const add = (mark: Mark, name: string, kind: EntryKind, before: readonly Run[] = []): void => {
  const handler = methodOf(mark)
  const runs = [...before, { handler, args: [any, any, any, any, any, any], what: mark.member ?? 'handler' }]
  mark.site.machine.entry({ name, kind, framework: 'nestjs', place: whereOf(handler, mark.site.place), runs })
}

const versionsOf = (marks: Marks, controller: Mark, method: Mark): readonly string[] => {
  const { versions } = marks
  if (versions === undefined) return ['']
  const own = marks.of(method.of, method.member).find(({ name }) => name === 'Version')
  const [options] = controller.args
  const above = options?.kind === 'object' ? texts(controller.site.machine.get(options, 'version', controller.site), controller.site) : []
  const chosen = own ? texts(own.args[0], own.site) : above.length > 0 ? above : versions.usual === undefined ? [] : [versions.usual]
  return orEmpty(chosen.map((version) => versions.prefix + version))
}

/** Verbs may stand on a class above the controller. */
const routes = (marks: Marks, controller: Mark, shared: readonly Run[]): void => {
  const around = [...shared, ...hooksAt(marks.of(controller.of))]
  for (const mark of marks.all) {
    const verb = ownValue(verbs, mark.name)
    if (verb === undefined || mark.member === undefined || mark.of.id !== controller.of.id) continue
    const before = [...around, ...hooksAt(marks.of(mark.of, mark.member))]
    for (const version of versionsOf(marks, controller, mark)) {
      for (const base of orEmpty(named(controller.args[0], 'path', controller.site))) {
        for (const path of orEmpty(texts(mark.args[0], mark.site))) add(mark, `${verb} ${pathOf(marks.prefix, version, base, path)}`, 'route', before)
      }
    }
  }
}

/** `@MessagePattern({ cmd: 'sum' })`, `@OnEvent('user.created')`, `@SubscribeMessage('typing')`: a message's name, or what names it in an object. */
const messageOf = ({ args, member = '', site }: Mark): string => {
  const [pattern] = args
  const direct = texts(pattern, site)
  const inside = pattern?.kind === 'object' ? [...site.machine.entries(pattern, site).known.values()].flatMap((value) => texts(value, site)) : []
  return [...direct, ...inside][0] ?? member
}

const fileOf = ({ of }: Mark): string => of.scope.file.path

const workers: ReadonlySet<string> = new Set(['MessagePattern', 'EventPattern', 'OnEvent', 'GrpcMethod'])

const scheduled = (mark: Mark): void => {
  const [when, options] = mark.args
  const called = options === undefined ? [] : texts(mark.site.machine.get(options, 'name', mark.site), mark.site)
  const name = called[0] ?? texts(when, mark.site)[0] ?? mark.member ?? ''
  add(mark, `cron ${name} (${fileOf(mark)})`, 'cron')
}

/** A class of BullMQ's has one `process`, one of Bull's a method for each kind of job. */
const processors = (marks: Marks, mark: Mark): void => {
  const { machine } = mark.site
  const object = instance(mark.of, mark.site)
  const methods = marks.all.filter(({ of, name }) => of.id === mark.of.id && (name === 'Process' || name.startsWith('On'))).map(({ member = '' }) => member)
  const runs = ['process', ...methods].flatMap((what) => {
    const handler = machine.get(object, what, mark.site)
    return isCallable(handler) ? [{ handler, args: [any, any], what }] : []
  })
  if (runs.length === 0) return
  const queue = named(mark.args[0], 'name', mark.site)[0] ?? mark.of.scope.file.tree.classes[mark.of.index]?.name ?? ''
  machine.entry({ name: `worker ${queue} (${fileOf(mark)})`, kind: 'worker', framework: 'nestjs', place: whereOf(mark.of, mark.site.place), runs })
}

const className = (of: ClassValue): string => of.scope.file.tree.classes[of.index]?.name ?? ''

/** `@Resolver(() => User)`, `@Resolver('User')`. */
const typeOf = (value: Value | undefined, site: Site): string | undefined => {
  if (value === undefined) return undefined
  const [text] = texts(value, site)
  const given = value.kind === 'function' ? site.machine.invoke(value, [], site) : value
  return text ?? (given.kind === 'class' ? className(given) : undefined)
}

const fields = (marks: Marks, resolver: Mark, shared: readonly Run[]): void => {
  for (const mark of marks.all) {
    if (mark.of.id !== resolver.of.id || mark.member === undefined) continue
    const type =
      mark.name === 'ResolveField'
        ? (typeOf(resolver.args[0], resolver.site) ?? 'Object')
        : ['Query', 'Mutation', 'Subscription'].find((name) => name === mark.name)
    if (type === undefined) continue
    const options = mark.args.findLast(({ kind }) => kind === 'object')
    const called = texts(mark.args[0], mark.site)[0] ?? (options && texts(mark.site.machine.get(options, 'name', mark.site), mark.site)[0])
    add(mark, `graphql ${type}.${called ?? mark.member}`, 'resolver', [...shared, ...hooksAt(marks.of(mark.of)), ...hooksAt(marks.of(mark.of, mark.member))])
  }
}

const bootHooks = ['onModuleInit', 'onApplicationBootstrap'] as const

/** What Nest calls on providers at the start. */
const boots = (mark: Mark): void => {
  const tree = mark.of.scope.file.tree.classes[mark.of.index]
  for (const member of bootHooks) {
    if (tree?.members.some(({ n }) => n === member)) add({ ...mark, member }, `boot ${fileOf(mark)} -> ${tree.name}.${member}`, 'boot')
  }
}

const commands = (mark: Mark): void => {
  const name = named(mark.args[0], 'name', mark.site)[0] ?? className(mark.of)
  add({ ...mark, member: 'run' }, `cli ${name}`, 'cli')
}

/** Runs when all files have been followed: by then all decorators have spoken. */
export const enter = (machine: Machine): void => {
  const marks = marksOf(machine)
  const shared = globalHooks(machine, marks)
  for (const mark of [...marks.all]) {
    if (mark.name === 'Controller') routes(marks, mark, shared)
    else if (mark.name === 'Resolver') fields(marks, mark, shared)
    else if (mark.name === 'Processor') processors(marks, mark)
    else if (mark.name === 'Command' && mark.member === undefined) commands(mark)
    else if (workers.has(mark.name)) add(mark, `worker ${messageOf(mark)} (${fileOf(mark)})`, 'worker', hooksAt(marks.of(mark.of, mark.member)))
    else if (mark.name === 'SubscribeMessage') add(mark, `callback ${messageOf(mark)} (${fileOf(mark)})`, 'callback', hooksAt(marks.of(mark.of)))
    else if (mark.name === 'Cron' || mark.name === 'Interval' || mark.name === 'Timeout') scheduled(mark)
    if (mark.member === undefined && (mark.name === 'Injectable' || mark.name === 'Module' || mark.name === 'Controller')) boots(mark)
  }
}
