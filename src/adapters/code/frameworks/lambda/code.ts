/**
 * Functions that are configured in code: SST, CDK, `serverless.ts`. Such code is not run; every string in it that names an export of a file of the project is taken
 * for a handler, and what stands around the string says what triggers it.
 */
import type { ProjectFiles } from '../define.ts'
import { type Configured, directoryOf, handlerAt, sourceAt } from './handlers.ts'

const comments = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
const strings = /"((?:\\.|[^"\\\n])*)"|'((?:\\.|[^'\\\n])*)'|`((?:\\.|[^`\\])*)`/g
const routeKey = /^\s*(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY|\*)\s+(\/\S*)\s*$|^\s*(\$default)\s*$/

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ')
const uncommented = (text: string): string => text.replaceAll(comments, (all, string: string | undefined) => string ?? blank(all))

type Text = { readonly value: string; readonly at: number; readonly end: number }

const textsIn = (code: string): readonly Text[] =>
  [...code.matchAll(strings)].map((found) => ({ value: found[1] ?? found[2] ?? found[3] ?? '', at: found.index, end: found.index + found[0].length }))

/** A bracket with what is before it: `new sst.aws.Cron(`, `api.route(`, `job: {`. */
type Bracket = { readonly before: string; readonly open: string; readonly from: number; to: number }

const bracketsOf = (code: string): readonly Bracket[] => {
  const bare = code.replaceAll(strings, blank)
  const open: Bracket[] = []
  const all: Bracket[] = []
  for (const { 0: bracket, index } of bare.matchAll(/[([{}\])]/g)) {
    if ('([{'.includes(bracket)) {
      const found = { before: bare.slice(Math.max(0, index - 120), index).trimEnd(), open: bracket, from: index, to: code.length }
      open.push(found)
      all.push(found)
    } else {
      const closed = open.pop()
      if (closed !== undefined) closed.to = index
    }
  }
  return all
}

/** `${base}/users.list` with `const base = 'src/handlers'` in the same file; `handlerPath(__dirname)` is the file's own directory. */
const filled = (value: string, code: string, directory: string): string =>
  value.replaceAll(/\$\{([^}]*)\}/g, (all, inner: string) => {
    if (inner.includes('__dirname')) return directory
    const [, text] = new RegExp(`\\bconst ${inner.trim().replaceAll(/[^\w]/g, '\\$&')}(?:: string)? = ["'\`]([^"'\`]*)["'\`]`).exec(code) ?? []
    return text ?? all
  })

const calleeOf = (bracket: Bracket): string | undefined => (bracket.open === '(' ? /(?:new\s+)?[\w$.]+(?:<[^()]*>)?$/.exec(bracket.before)?.[0] : undefined)

const normalRoute = (text: string): string | undefined => {
  const [, verb, path, fallback] = routeKey.exec(text) ?? []
  return fallback ?? (verb === undefined ? undefined : `${verb} ${path}`)
}

const kindOf = (name: string, code: string): string | undefined =>
  new RegExp(`\\b${name.replaceAll('$', '\\$')}\\s*=\\s*new [\\w.]*?(\\w+)\\(`).exec(code)?.[1]?.toLowerCase()

const httpEvents = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:http|httpApi):\s*(?:\{([^{}]*)|["'`]([^"'`]+)["'`])/g)].map(([, object = '', short]) => {
    const method = /method:\s*["'`](\w+|\*)["'`]/.exec(object)?.[1] ?? 'ANY'
    const path = /path:\s*["'`]([^"'`]*)["'`]/.exec(object)?.[1] ?? ''
    return short ?? `${method.toUpperCase()} /${path.replace(/^\//, '')}`
  })

/** `events: [{ http: … }, { schedule: 'rate(1 day)' }, { sqs: … }]` beside the handler. */
const eventsIn = (text: string): readonly string[] => [
  ...httpEvents(text),
  ...[...text.matchAll(/\bschedule:\s*["'`]([^"'`]+)["'`]/g)].map(([, rate]) => `schedule ${rate}`),
  ...[...text.matchAll(/\{\s*(sqs|sns|s3|stream|eventBridge):/g)].map(([, kind = '']) => kind),
]

const triggersOf = (text: Text, code: string, texts: readonly Text[], around: readonly Bracket[]): readonly string[] => {
  const call = around.findLast((bracket) => calleeOf(bracket) !== undefined)
  const from = call?.from ?? 0
  const route = texts.findLast(({ at, value }) => at < text.at && at > from && normalRoute(value) !== undefined)
  const own = route && normalRoute(route.value)
  if (own !== undefined) return [own]
  const callee = (call && calleeOf(call)) ?? ''
  const inside = code.slice(from, call?.to)
  const [, subscribed] = /([\w$]+)\.(?:subscribe|subscribeQueue|notify|addConsumers?|addSubscribers?|addNotifications?)$/.exec(callee) ?? []
  if (subscribed !== undefined) return [kindOf(subscribed, code) ?? subscribed]
  const object = around.findLast(({ open }) => open === '{')
  const events = eventsIn(callee === '' ? code.slice(object?.from ?? 0, object?.to) : inside)
  return events.length === 0 && /\burl:\s*(?:true|\{)/.test(inside) ? ['url'] : events
}

const nameOf = (text: Text, texts: readonly Text[], around: readonly Bracket[]): string | undefined => {
  const call = around.findLast((bracket) => calleeOf(bracket) !== undefined)
  if (call === undefined) return /([\w$]+)\s*[:=]$/.exec(around.findLast(({ open }) => open === '{')?.before.replace(/:\s*AWS.*$/, ' =') ?? '')?.[1]
  const first = texts.find(({ at }) => at > call.from && at < call.to)
  return first === undefined || first === text || normalRoute(first.value) !== undefined || first.value.includes('/') ? undefined : first.value
}

/** `new NodejsFunction(this, 'Users', { entry: join(__dirname, '../src/users.ts'), handler: 'list' })`. */
const bundled = (path: string, code: string, texts: readonly Text[], brackets: readonly Bracket[], project: ProjectFiles): readonly Configured[] =>
  brackets.flatMap((bracket): readonly Configured[] => {
    if (!/\bNodejsFunction$/.test(calleeOf(bracket) ?? '')) return []
    const inside = code.slice(bracket.from, bracket.to)
    const name = texts.find(({ at }) => at > bracket.from && at < bracket.to)?.value
    const [, entry = ''] = /\bentry:\s*([\s\S]*?)(?:,\s*\w+:|\}|$)/.exec(inside) ?? []
    const parts = textsIn(entry).map(({ value }) => filled(value, code, '.'))
    const written =
      parts.length > 0
        ? parts.join('/')
        : `${path
            .split('/')
            .at(-1)
            ?.replace(/\.\w+$/, '')}.${name ?? ''}`
    const exported = /\bhandler:\s*["'`]([\w.]+)["'`]/.exec(inside)?.[1]?.split('.').at(-1) ?? 'handler'
    const bare = written.replace(/\.[mc]?[jt]sx?$/, '')
    const file = sourceAt(directoryOf(path), bare, project) ?? handlerAt(`${bare}.x`, directoryOf(path), project)?.file
    return file === undefined ? [] : [{ file, export: exported, ...(name === undefined ? {} : { name }), triggers: [] }]
  })

export const functionsInCode = (path: string, source: string, project: ProjectFiles): readonly Configured[] => {
  const code = uncommented(source)
  const texts = textsIn(code)
  const brackets = bracketsOf(code)
  const directory = directoryOf(path)
  const found = texts.flatMap((text): readonly Configured[] => {
    if (!text.value.includes('.')) return []
    const handler = handlerAt(filled(text.value, code, directory), directory, project)
    if (handler === undefined || /\.[jt]sx?$/.test(text.value)) return []
    const around = brackets.filter(({ from, to }) => from < text.at && to > text.at)
    const name = nameOf(text, texts, around)
    return [{ ...handler, ...(name === undefined ? {} : { name }), triggers: triggersOf(text, code, texts, around) }]
  })
  return [...found, ...bundled(path, code, texts, brackets, project)]
}
