/** What an expression may be, and what evaluating it does. */
import type { Expression, Property } from '../tree.ts'
import { any, type CallSite, literal, Model, nextId, type ObjectValue, type Site, type Value } from '../value.ts'
import { holds, isAbsent } from './absent.ts'
import { callSuper, superMember } from './classes.ts'
import type { Core, Frame } from './core.ts'
import { arrayOf, each, isNothing, join, spreadInto, tupleOf } from './join.ts'

type Of<K extends Expression['k']> = Extract<Expression, { readonly k: K }>

/** More than this many texts are none. */
const mostTexts = 24

const textsOf = (hole: Value): readonly string[] => {
  const all = each(hole)
  const texts = all.flatMap((one) => (one.kind === 'literal' && one.value !== null ? [String(one.value)] : []))
  return texts.length === all.length ? texts : []
}

/** The literal texts that it may be, where all of its parts are: `${'a' | 'b'}Id` is `aId` or `bId`. */
const textOf = ([first = '', ...quasis]: readonly string[], holes: readonly Value[]): Value => {
  let texts: readonly string[] = [first]
  for (const [at, hole] of holes.entries()) {
    const parts = textsOf(hole)
    if (parts.length * texts.length > mostTexts) return any
    texts = texts.flatMap((text) => parts.map((part) => text + part + (quasis[at] ?? '')))
  }
  return join(...texts.map(literal))
}

/** A table with more members than this names files that are read when they are asked for. */
const manyMembers = 64

const member = (core: Core, e: Expression, frame: Frame, isOneOfMany: boolean): Value =>
  isOneOfMany && e.k === 'ref' ? core.lookupLater(e.b, frame.scope) : core.evaluate(e, frame)

const define = (core: Core, object: ObjectValue, property: Property, frame: Frame, isOneOfMany: boolean): void => {
  if (property.k === 'key' && isAbsent(core, property.e, frame)) return
  const value = member(core, property.e, frame, isOneOfMany && property.k === 'key')
  if (property.k === 'key') {
    object.props.set(property.n, property.get ? core.invoke(value, [], core.site(frame, property.at)) : value)
    return
  }
  if (property.k === 'spread') {
    spreadInto(object, value)
    return
  }
  const names = core.strings(core.evaluate(property.i, frame))
  for (const name of names) object.props.set(name, join(object.props.get(name) ?? any, value))
  if (names.length === 0) object.rest = join(object.rest ?? any, value)
}

const properties = (core: Core, all: readonly Property[], frame: Frame): ObjectValue => {
  const object: ObjectValue = { kind: 'object', id: nextId(), props: new Map(), spreads: [] }
  for (const property of all) define(core, object, property, frame, all.length > manyMembers)
  return object
}

const elements = (core: Core, { e, at }: Of<'arr'>, frame: Frame): Value => {
  const site = core.site(frame, at)
  if (!e.some(({ k }) => k === 'spread') && e.length <= 64) return e.length === 0 ? arrayOf(any) : tupleOf(e.map((one) => core.evaluate(one, frame)))
  return arrayOf(join(...e.map((one) => (one.k === 'spread' ? core.element(core.evaluate(one.e, frame), site) : core.evaluate(one, frame)))))
}

/** Spread arguments whose positions are known keep them; after one that is not, every further argument may be its element. */
const argumentsOf = (core: Core, all: readonly Expression[], frame: Frame): readonly Value[] => {
  const args: Value[] = []
  for (const one of all) {
    const value = core.evaluate(one.k === 'spread' ? one.e : one, frame)
    if (one.k !== 'spread') args.push(value)
    else if (value.kind === 'array' && value.items) args.push(...value.items)
    else {
      const element = core.element(value, core.site(frame, one.at))
      args.push(element, element)
    }
  }
  return args
}

const callSite = ({ machine, node, place }: Site, args: readonly Value[], types: readonly Value[]): CallSite => ({ machine, node, place, args, types })

const called = (core: Core, { k, f, a, T, at }: Of<'call' | 'new'>, frame: Frame): Value => {
  const site = core.site(frame, at)
  const of = f.k === 'super' ? any : core.evaluate(f, frame)
  const args = argumentsOf(core, a, frame)
  if (f.k === 'super') callSuper(core, args, frame, callSite(site, args, []))
  const types = T?.map((type) => core.typed(type, frame.scope)) ?? []
  return k === 'new' ? core.construct(of, args, callSite(site, args, types)) : core.invoke(of, args, callSite(site, args, types))
}

const selfOf = (frame: Frame): Value => {
  for (let scope: Frame['scope'] | undefined = frame.scope; scope; scope = scope.outer) if (scope.self) return scope.self
  return any
}

/** `yield* xs` gives each of them; where no list is known, what is yielded may be a library's own step. */
const yielded = (core: Core, { e, all, at }: Of<'yield'>, frame: Frame): Value => {
  const site = core.site(frame, at)
  const value = core.awaited(core.evaluate(e, frame), site)
  frame.yielded?.push(all ? join(...each(value).map((one) => (one.kind === 'array' ? one.element : one))) : value)
  return value
}

const compare = (left: Value, right: Value, site: Site): void => {
  for (const one of each(left)) if (one instanceof Model) one.compared(right, site)
}

const comparing = new Set(['===', '==', '!==', '!='])

const binary = (core: Core, { op, l, r, at }: Of<'binary'>, frame: Frame): Value => {
  const [left, right] = [core.evaluate(l, frame), core.evaluate(r, frame)]
  if (comparing.has(op)) {
    const site = core.site(frame, at)
    compare(left, right, site)
    compare(right, left, site)
  }
  return op === '+' ? textOf(['', '', ''], [left, right]) : any
}

/** `o[i]`: by the names that the index may be; otherwise whatever is in it. */
const indexed = (core: Core, { o, i, at }: Of<'index'>, frame: Frame): Value => {
  const [object, index] = [core.evaluate(o, frame), core.evaluate(i, frame)]
  const site = core.site(frame, at)
  const names = core.strings(index)
  if (names.length > 0) return join(...names.map((name) => core.get(object, name, site)))
  if (object.kind === 'array' && object.items && index.kind === 'literal' && typeof index.value === 'number') return object.items[index.value] ?? any
  return core.element(object, site)
}

const element = (core: Core, { tag, p, c, at }: Of<'jsx'>, frame: Frame): Value => {
  const props = properties(core, p, frame)
  const children = c.map((child) => core.evaluate(child, frame))
  if (children.length > 0) props.props.set('children', join(...children))
  if (typeof tag === 'string') {
    // A host element: what is handed to it as an event's handler runs in the browser; children that are functions do not run.
    return arrayOf(any)
  }
  const component = core.evaluate(tag, frame)
  if (!isNothing(component)) core.render(component, props, core.site(frame, at))
  return any
}

/** `{} as T` is filled elsewhere. */
const isEmpty = (e: Expression): boolean => e.k === 'obj' && e.p.length === 0

/** Imported at run time: its namespace. */
const namespace = (core: Core, from: string, frame: Frame): Value => {
  const found = core.imported(from, frame.scope.file)
  if (!found) return any
  return 'package' in found ? core.external(found.package, ['*']) : (core.exported(found.file, '*') ?? any)
}

/** Of `a && b` and `a ? b : c` only the branch that a left-out property leaves. */
const chosen = (core: Core, { t, keep, e }: Of<'choice'>, frame: Frame): Value => {
  const condition = core.evaluate(t, frame)
  const known = keep ? undefined : holds(core, t, frame)
  const taken = known === undefined ? e : known ? e.slice(0, 1) : e.slice(1)
  if (taken.length === 0) return literal(null)
  const rest = taken.map((one) => core.evaluate(one, frame))
  return join(...(keep ? [condition, ...rest] : rest))
}

export const evaluate = (core: Core, expression: Expression, frame: Frame): Value => {
  switch (expression.k) {
    case 'ref':
      return core.lookup(expression.b, frame.scope)
    case 'global':
      if (expression.n === 'arguments') core.gap('what `arguments` holds is not followed', core.site(frame, expression.at))
      return core.global(expression.n, frame.scope.file)
    case 'lit':
      return literal(expression.v)
    case 'tpl':
      return textOf(
        expression.q,
        expression.e.map((hole) => core.evaluate(hole, frame)),
      )
    case 'tag': {
      const tag = core.evaluate(expression.f, frame)
      const args = expression.e.map((hole) => core.evaluate(hole, frame))
      const types = expression.T?.map((type) => core.typed(type, frame.scope)) ?? []
      const site: CallSite = { ...callSite(core.site(frame, expression.at), args, types), quasis: expression.q }
      return core.invoke(tag, args, site)
    }
    case 'get':
      if (expression.o.k === 'super') return superMember(core, expression.p, frame, core.site(frame, expression.at))
      return core.get(core.evaluate(expression.o, frame), expression.p, core.site(frame, expression.at))
    case 'index':
      return indexed(core, expression, frame)
    case 'call':
    case 'new':
      return called(core, expression, frame)
    case 'obj':
      return properties(core, expression.p, frame)
    case 'arr':
      return elements(core, expression, frame)
    case 'spread':
      return core.evaluate(expression.e, frame)
    case 'fn':
      return core.closure(expression.i, frame.scope)
    case 'class':
      return core.classOf(expression.i, frame.scope)
    case 'await':
      return core.awaited(core.evaluate(expression.e, frame), core.site(frame, expression.at))
    case 'yield':
      return yielded(core, expression, frame)
    case 'choice':
      return chosen(core, expression, frame)
    case 'binary':
      return binary(core, expression, frame)
    case 'assign': {
      const value = core.evaluate(expression.e, frame)
      core.bind(expression.to, value, frame, 'assign')
      return value
    }
    case 'this':
      return selfOf(frame)
    case 'super':
      return selfOf(frame)
    case 'cast': {
      const value = core.evaluate(expression.e, frame)
      return core.orTyped(isEmpty(expression.e) ? any : value, expression.T, frame.scope)
    }
    case 'import':
      return namespace(core, expression.from, frame)
    case 'jsx':
      return element(core, expression, frame)
    case 'other':
      for (const part of expression.e) core.evaluate(part, frame)
      return any
  }
}
