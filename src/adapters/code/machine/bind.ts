/** Binding names, and assigning to them and to properties. */
import type { Target } from '../tree.ts'
import { any, type ClassValue, keeperOf, Model, noticeName, type ObjectValue, type Site, type Value } from '../value.ts'
import { runSetter } from './classes.ts'
import type { Core, Frame } from './core.ts'
import { each, join, objectOf } from './join.ts'

type Of<K extends Target['k']> = Extract<Target, { readonly k: K }>
type How = 'declare' | 'assign'

const setVariable = ({ b, T }: Of<'name'>, value: Value, core: Core, frame: Frame, how: How): void => {
  const { fn: owner, name = '' } = frame.scope.file.tree.bindings[b] ?? {}
  const scope = how === 'declare' && frame.scope.fn === owner ? frame.scope : keeperOf(b, frame.scope)
  const typed = core.orTyped(value, T, frame.scope)
  const known = scope.vars.get(b)
  noticeName(b, typed, scope.file)
  scope.vars.set(b, how === 'assign' && known ? join(known, typed) : typed)
  if (owner === 0 && typed instanceof Model) typed.named(name)
}

/** What is left of an object when the named properties are taken out. */
const restOf = (core: Core, value: Value, taken: readonly string[], site: Site): Value => {
  const rests = each(value).map((one): Value => {
    if (one instanceof Model) return one.without(taken, site)
    if (one.kind !== 'object') return one
    const { known, open } = core.entries(one, site)
    return objectOf(Object.fromEntries([...known].filter(([name]) => !taken.includes(name))), open ? (one.rest ?? any) : undefined)
  })
  return join(...rests)
}

const takeApart = (target: Of<'objectOf'>, whole: Value, core: Core, frame: Frame, how: How): void => {
  const value = core.orTyped(whole, target.T, frame.scope)
  const taken: string[] = []
  for (const { n, to, e, at } of target.p) {
    const site = core.site(frame, at)
    const names = typeof n === 'string' ? [n] : core.strings(core.evaluate(n, frame))
    taken.push(...names)
    const part = names.length > 0 ? join(...names.map((name) => core.get(value, name, site))) : core.element(value, site)
    core.bind(to, e ? join(part, core.evaluate(e, frame)) : part, frame, how)
  }
  if (target.rest) core.bind(target.rest, restOf(core, value, taken, core.site(frame, target.at)), frame, how)
}

const takeElements = (target: Of<'arrayOf'>, whole: Value, core: Core, frame: Frame, how: How): void => {
  const value = core.orTyped(whole, target.T, frame.scope)
  const site = core.site(frame, target.at)
  const at = (index: number): Value =>
    join(...each(value).map((one) => (one.kind === 'array' && one.items ? (one.items[index] ?? any) : core.element(one, site))))
  for (const [index, one] of target.e.entries()) {
    if (one) core.bind(one.to, one.e ? join(at(index), core.evaluate(one.e, frame)) : at(index), frame, how)
  }
  if (target.rest) core.bind(target.rest, value, frame, how)
}

const setNamed = (core: Core, object: ObjectValue | ClassValue, name: string, value: Value, site: Site): void => {
  if (object.kind === 'object' && object.class && runSetter(core, object.class, name, object, value, site)) return
  const props = object.kind === 'object' ? object.props : object.statics
  props.set(name, join(props.get(name) ?? any, value))
}

const setProperty = ({ o, p, at }: Of<'place'>, value: Value, core: Core, frame: Frame): void => {
  const site = core.site(frame, at)
  const names = typeof p === 'string' ? [p] : core.strings(core.evaluate(p, frame))
  for (const object of each(core.evaluate(o, frame))) {
    if (object instanceof Model) for (const name of names) object.set(name, value, site)
    else if (object.kind === 'object' || object.kind === 'class') {
      for (const name of names) setNamed(core, object, name, value, site)
      if (names.length === 0 && object.kind === 'object') object.rest = join(object.rest ?? any, value)
    } else if (object.kind === 'array') object.element = join(object.element, value)
  }
}

export const bind = (core: Core, target: Target, value: Value, frame: Frame, how: How): void => {
  switch (target.k) {
    case 'name':
      return setVariable(target, value, core, frame, how)
    case 'objectOf':
      return takeApart(target, value, core, frame, how)
    case 'arrayOf':
      return takeElements(target, value, core, frame, how)
    case 'place':
      return setProperty(target, value, core, frame)
    case 'nowhere':
  }
}
