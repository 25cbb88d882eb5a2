/** The options of a route: its hooks, in the order of a request's life, and what they say of the request's shape. */
import { any, type Site, type Value } from '../../value.ts'
import { validated } from '../common/validated.ts'
import { flat } from '../routing/values.ts'

export const hookNames: readonly string[] = [
  'onRequest',
  'preParsing',
  'preValidation',
  'preHandler',
  'preSerialization',
  'onSend',
  'onResponse',
  'onError',
  'onTimeout',
  'onRequestAbort',
]

/** By the hook's name. */
export type Hooks = ReadonlyMap<string, readonly Value[]>

export type RouteOptions = {
  readonly method: string
  readonly url: string
  readonly hooks: Hooks
  readonly handler: Value
  /** `Body`, `Querystring`, `Params` of the request. */
  readonly shape: Value
}

export const hooksOf = (options: Value, site: Site): Hooks =>
  new Map(hookNames.map((name) => [name, flat([site.machine.get(options, name, site)]).filter(({ kind }) => kind !== 'any')]))

/** A request passes one kind of hook after the other, each from the outermost context inwards. */
export const inOrder = (all: readonly Hooks[]): readonly Value[] => hookNames.flatMap((name) => all.flatMap((hooks) => hooks.get(name) ?? []))

const schemas: Readonly<Record<string, string>> = { body: 'Body', querystring: 'Querystring', params: 'Params', headers: 'Headers' }

/** The type argument of the call, or else the schemas of the options. */
export const shapeOf = (options: Value, type: Value | undefined, site: Site): Value => {
  if (type !== undefined && type.kind !== 'any') return type
  const { machine } = site
  const schema = machine.get(options, 'schema', site)
  const known = Object.entries(schemas).flatMap(([name, member]): [string, Value][] => {
    const value = validated(machine.get(schema, name, site), site)
    return value.kind === 'any' ? [] : [[member, value]]
  })
  return known.length === 0 ? any : machine.object(Object.fromEntries(known))
}
