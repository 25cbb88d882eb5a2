/**
 * Code that says nothing of the database: what it reads has only ever been unknown or a literal, and it calls nothing that is known. Where such statements come, go or
 * change, following the program gives what it gave. A case that is not here is not quiet.
 */
import { promiseMethods } from '../machine/access.ts'
import { isQuietMember, quietGlobals } from '../machine/globals.ts'
import type { BindingId, Expression, Property, Statement, Target, Type } from '../tree.ts'

/** What a quiet expression may be: nothing is known of it; it is also a literal; it is also an object or a list of such. */
export type Quiet = 'any' | 'text' | 'plain'

/** What each name is; undefined where it is not quiet, or was never looked at. */
export type QuietNames = { get(binding: BindingId): Quiet | undefined }

/** With what the statement at hand declares. */
class Names {
  readonly declared = new Map<BindingId, Quiet>()
  readonly #around: QuietNames
  constructor(around: QuietNames) {
    this.#around = around
  }
  get(binding: BindingId): Quiet | undefined {
    return this.declared.get(binding) ?? this.#around.get(binding)
  }
}

const order: readonly Quiet[] = ['any', 'text', 'plain']

const widest = (all: readonly (Quiet | undefined)[]): Quiet | undefined => {
  let most = 0
  for (const one of all) {
    if (one === undefined) return undefined
    most = Math.max(most, order.indexOf(one))
  }
  return order[most]
}

/** Unknown values have these methods all the same: a list's elements go through them, a promise's value. */
const knownMethods = new Set([...promiseMethods, 'map', 'flatMap'])

const isUntyped = (type: Type | undefined): boolean => type === undefined || type.k === 'any'

/** Nothing can be made of it but `any`. */
const isShallow = (quiet: Quiet | undefined): boolean => quiet === 'any' || quiet === 'text'

const memberOf = ({ o, p }: Extract<Expression, { k: 'get' }>, names: QuietNames): Quiet | undefined => {
  const isUnknown = o.k === 'global' ? isQuietMember(o.n, p) : isShallow(quietOf(o, names))
  return isUnknown && !knownMethods.has(p) ? 'any' : undefined
}

const propertyOf = (one: Property, names: QuietNames): Quiet | undefined => {
  const value = quietOf(one.e, names)
  if (one.k === 'spread') return isShallow(value) ? value : undefined
  return one.k === 'computed' && !isShallow(quietOf(one.i, names)) ? undefined : value
}

const itemOf = (one: Expression, names: QuietNames): Quiet | undefined => {
  const value = quietOf(one, names)
  return one.k === 'spread' && !isShallow(value) ? undefined : value
}

const areQuiet = (all: readonly Expression[], names: QuietNames): boolean => all.every((one) => itemOf(one, names) !== undefined)

const called = (e: Extract<Expression, { k: 'call' | 'new' }>, names: QuietNames): Quiet | undefined =>
  e.T === undefined && e.f.k !== 'super' && isShallow(quietOf(e.f, names)) && areQuiet(e.a, names) ? 'any' : undefined

const elementOf = (e: Extract<Expression, { k: 'index' }>, names: QuietNames): Quiet | undefined => {
  const isNumber = e.i.k === 'lit' && typeof e.i.v === 'number'
  return isShallow(quietOf(e.o, names)) && (isNumber || quietOf(e.i, names) === 'any') ? 'any' : undefined
}

/** A literal is joined with what the name was; it has to be one that is a literal anyway. */
const assigned = ({ to, e }: Extract<Expression, { k: 'assign' }>, names: QuietNames): Quiet | undefined => {
  const value = quietOf(e, names)
  if (value === undefined || to.k === 'nowhere') return value
  if (to.k === 'place') {
    const isNamed = typeof to.p === 'string' || isShallow(quietOf(to.p, names))
    return isNamed && isShallow(quietOf(to.o, names)) ? value : undefined
  }
  const before = to.k === 'name' ? names.get(to.b) : undefined
  return before !== undefined && order.indexOf(value) <= order.indexOf(before) ? value : undefined
}

const isTemplate = (e: Extract<Expression, { k: 'tag' }>, names: QuietNames): boolean =>
  e.T === undefined && isShallow(quietOf(e.f, names)) && areQuiet(e.e, names)

/** What an expression is where it is quiet; undefined where it is not known to be. */
export const quietOf = (e: Expression, names: QuietNames): Quiet | undefined => {
  switch (e.k) {
    case 'ref':
      return names.get(e.b)
    case 'global':
      return quietGlobals.has(e.n) ? 'any' : undefined
    case 'lit':
      return 'text'
    case 'tpl':
      return areQuiet(e.e, names) ? 'text' : undefined
    case 'tag':
      return isTemplate(e, names) ? 'any' : undefined
    case 'get':
      return memberOf(e, names)
    case 'index':
      return elementOf(e, names)
    case 'call':
    case 'new':
      return called(e, names)
    case 'obj':
      return e.p.every((one) => propertyOf(one, names) !== undefined) ? 'plain' : undefined
    case 'arr':
      return areQuiet(e.e, names) ? 'plain' : undefined
    case 'spread':
    case 'await':
      return quietOf(e.e, names)
    case 'choice':
      // Neither of its branches may be taken.
      return widest(['text', quietOf(e.t, names), ...e.e.map((one) => quietOf(one, names))])
    case 'binary':
      return widest([quietOf(e.l, names), quietOf(e.r, names)]) && (e.op === '+' ? 'text' : 'any')
    case 'assign':
      return assigned(e, names)
    case 'cast':
      return isUntyped(e.T) ? quietOf(e.e, names) : undefined
    case 'jsx':
      return typeof e.tag === 'string' && e.p.every((one) => propertyOf(one, names) !== undefined) && areQuiet(e.c, names) ? 'plain' : undefined
    case 'other':
      return areQuiet(e.e, names) ? 'any' : undefined
    default:
      return undefined
  }
}

/** Names what a target takes of something quiet. False where it is not known what that is. */
const take = (to: Target, value: Quiet, names: Names): boolean => {
  if (!('T' in to ? isUntyped(to.T) : to.k !== 'place')) return false
  switch (to.k) {
    case 'name':
      names.declared.set(to.b, value)
      return true
    case 'objectOf':
      return isShallow(value) && to.p.every((one) => typeof one.n === 'string' && !knownMethods.has(one.n) && takePart(one, names)) && takeRest(to, names)
    case 'arrayOf':
      return isShallow(value) && to.e.every((one) => one === null || takePart(one, names)) && takeRest(to, names)
    default:
      return to.k === 'nowhere'
  }
}

const takePart = ({ to, e }: { readonly to: Target; readonly e?: Expression }, names: Names): boolean => {
  const otherwise = e ? quietOf(e, names) : 'any'
  return otherwise !== undefined && take(to, otherwise, names)
}

const takeRest = ({ rest }: { readonly rest?: Target }, names: Names): boolean => rest === undefined || take(rest, 'text', names)

/** A loop with its body, or another statement. */
export type Unit = { readonly head: Statement; readonly body: readonly Unit[] }

/** Statements with the bodies of loops, which follow them in the list. */
export const unitsOf = (statements: readonly Statement[]): readonly Unit[] => {
  const units: Unit[] = []
  for (let at = 0; at < statements.length; at++) {
    const head = statements[at]
    if (!head) continue
    const length = head.k === 'each' ? head.n : 0
    units.push({ head, body: unitsOf(statements.slice(at + 1, at + 1 + length)) })
    at += length
  }
  return units
}

const isQuiet = ({ head, body }: Unit, names: Names): boolean => {
  switch (head.k) {
    case 'do':
    case 'throw':
      return quietOf(head.e, names) !== undefined
    case 'let':
      return takePart(head, names)
    case 'return':
      // A literal would be one more that the function gives.
      return quietOf(head.e, names) === 'any'
    case 'each':
      return isShallow(quietOf(head.e, names)) && take(head.to, 'any', names) && body.every((one) => isQuiet(one, names))
    case 'switch':
      return isShallow(quietOf(head.e, names)) && areQuiet(head.cases, names)
  }
}

/** What a quiet statement declares; undefined where it is none. */
export const declaredQuietly = (unit: Unit, around: QuietNames): ReadonlyMap<BindingId, Quiet> | undefined => {
  const names = new Names(around)
  return isQuiet(unit, names) ? names.declared : undefined
}
