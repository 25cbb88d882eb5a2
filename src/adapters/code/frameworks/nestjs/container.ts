/** Nest's container: what is given where a class or a token is asked for. */
import { any, type ClassValue, type Machine, type Site, type Value } from '../../value.ts'
import { registrationsOf, tokenOf } from '../common/registrations.ts'
import { type Mark, marksOf } from './marks.ts'

/** Values of `value`, of an array its elements. */
export const listed = (value: Value, site: Site): readonly Value[] => {
  const each = (one: Value): readonly Value[] => (one.kind === 'union' ? one.of : [one])
  return each(value).flatMap((one) =>
    one.kind !== 'array' ? [one] : (one.items ?? [one.element]).flatMap((item) => (item.kind === 'array' ? listed(item, site) : each(item))),
  )
}

/** `@Module({…})`, and the dynamic modules among its imports. */
const moduleParts = ({ args, site }: Mark, name: string): readonly Value[] => {
  const [options] = args
  if (options === undefined) return []
  const dynamic = listed(site.machine.get(options, 'imports', site), site).filter(({ kind }) => kind === 'object')
  return [options, ...dynamic].flatMap((one) => listed(site.machine.get(one, name, site), site))
}

export const provided = (machine: Machine): readonly { readonly provider: Value; readonly site: Site }[] =>
  marksOf(machine)
    .named('Module')
    .flatMap((mark) => moduleParts(mark, 'providers').map((provider) => ({ provider, site: mark.site })))

export const made = (provider: Value, site: Site): Value => {
  const { machine } = site
  const part = (name: string): Value => machine.get(provider, name, site)
  const [useClass, useValue, useFactory, useExisting] = [part('useClass'), part('useValue'), part('useFactory'), part('useExisting')]
  const useToken = part('useToken')
  if (useClass.kind === 'class') return instance(useClass, site)
  for (const other of [useExisting, useToken]) if (other.kind !== 'any') return resolved(other, site)
  if (useFactory.kind !== 'any') {
    const args = listed(part('inject'), site).map((token) => resolved(token, site))
    return machine.awaited(machine.invoke(useFactory, args, site), site)
  }
  return useValue
}

const providerOf = (token: string, machine: Machine): { readonly provider: Value; readonly site: Site } | undefined =>
  provided(machine).find(({ provider, site }) => provider.kind === 'object' && tokenOf(machine.get(provider, 'provide', site)) === token)

/** What is injected for a token: a text, a symbol, a class. */
export const resolved = (token: Value, site: Site): Value => {
  const name = tokenOf(token)
  const found = name === undefined ? undefined : providerOf(name, site.machine)
  if (found !== undefined) return made(found.provider, found.site)
  const registered = name === undefined ? undefined : registrationsOf(site.machine).get(name)
  if (registered !== undefined) return registered(site)
  return token.kind === 'class' ? instance(token, site) : any
}

const injections = ({ machine }: Site, of: ClassValue): readonly Mark[] => marksOf(machine).all.filter((mark) => mark.of.id === of.id && mark.name === 'Inject')

/** A parameter without a token is `any` here: the machine then gives what its type says. */
const constructed = (of: ClassValue, site: Site): Value => {
  const marks = injections(site, of)
  const args: Value[] = []
  for (const { parameter, args: tokens } of marks) if (parameter !== undefined) args[parameter] = resolved(tokens[0] ?? any, site)
  const object = site.machine.construct(
    of,
    Array.from(args, (value) => value ?? any),
    site,
  )
  for (const { member, parameter, args: tokens } of marks) {
    const value = parameter === undefined ? resolved(tokens[0] ?? any, site) : any
    if (object.kind === 'object' && member !== undefined && value.kind !== 'any') object.props.set(member, value)
  }
  return object
}

/** The one instance of a class; while it is being made, who asks for it in a circle gets nothing. */
export const instance = (of: ClassValue, site: Site): Value => {
  const { instances } = marksOf(site.machine)
  const known = instances.get(of.id)
  if (known !== undefined) return known
  instances.set(of.id, any)
  const value = constructed(of, site)
  instances.set(of.id, value)
  return value
}

/** For a class that stands for another (an abstract repository), or whose constructor names tokens; undefined for all that types alone explain. */
export const givenFor = (of: ClassValue, machine: Machine): Value | undefined => {
  const [first] = marksOf(machine).all
  if (first === undefined) return undefined
  const found = providerOf(`class ${of.id}`, machine)
  if (found !== undefined) return made(found.provider, found.site)
  return injections(first.site, of).length > 0 ? instance(of, first.site) : undefined
}
