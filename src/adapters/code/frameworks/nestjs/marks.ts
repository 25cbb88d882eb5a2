/** What decorators have said of classes, their members and parameters; and what the application was told at its start. One for each analysis. */
import { type CallSite, type ClassValue, type Machine, type Native, native, type Site, type Value } from '../../value.ts'

export type Mark = {
  readonly name: string
  readonly of: ClassValue
  readonly args: readonly Value[]
  /** Of a method or a field; `constructor` with a parameter's position for what is injected. */
  readonly member?: string
  readonly parameter?: number
  readonly site: Site
}

export class Marks {
  readonly all: Mark[] = []
  readonly #known = new Set<string>()
  /** `app.setGlobalPrefix('api')`. */
  prefix = ''
  /** `app.enableVersioning()`: of URIs, with the version of controllers that name none. */
  versions: { readonly prefix: string; readonly usual?: string } | undefined
  /** Guards, interceptors, pipes and filters for every route. */
  readonly everywhere: Value[] = []
  readonly instances = new Map<number, Value>()

  add(mark: Mark): void {
    const key = `${mark.of.id} ${mark.member} ${mark.parameter} ${mark.name} ${mark.site.place.line}`
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.all.push(mark)
  }
  named(name: string): readonly Mark[] {
    return this.all.filter((mark) => mark.name === name)
  }
  of(of: ClassValue, member?: string): readonly Mark[] {
    return this.all.filter((mark) => mark.of.id === of.id && mark.member === member)
  }
}

const known = new WeakMap<Machine, Marks>()

export const marksOf = (machine: Machine): Marks => {
  const marks = known.get(machine) ?? new Marks()
  known.set(machine, marks)
  return marks
}

const text = (value: Value | undefined): string | undefined => (value?.kind === 'literal' && typeof value.value === 'string' ? value.value : undefined)
const position = (value: Value | undefined): number | undefined => (value?.kind === 'literal' && typeof value.value === 'number' ? value.value : undefined)

/** A decorator is called with the class, the member's name and the parameter's position, as far as it has them. */
const marked = (name: string, args: readonly Value[], site: CallSite): void => {
  const [of, member, parameter] = site.args
  if (of?.kind !== 'class') return
  const at = { member: text(member), parameter: position(parameter) }
  const mark = { name, of, args, site, ...(at.member !== undefined && { member: at.member }), ...(at.parameter !== undefined && { parameter: at.parameter }) }
  marksOf(site.machine).add(mark)
}

/** `@Get(':id')`: the call answers the decorator. */
export const decorator = (name: string): Native =>
  native(`@${name}`, ({ args }) =>
    native(`@${name}()`, (site) => {
      marked(name, args, site)
      return site.args[0]
    }),
  )

/** `applyDecorators(A(), B())`. */
export const applied = native('applyDecorators', ({ args: all }) =>
  native('decorators', (site) => {
    for (const one of all) site.machine.invoke(one, site.args, site)
    return site.args[0]
  }),
)
