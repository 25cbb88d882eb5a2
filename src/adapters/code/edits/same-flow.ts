/**
 * Whether following a file gives what it gave before an edit: quiet statements may come, go and change (a check, a message, a constant that nobody asks for), and so may the
 * code of functions that are never followed. All else has to be the same, name by name.
 */
import type { BindingId, Export, FileTree } from '../tree.ts'
import { Aligned, isLine, type Lines, namesOf } from './lines.ts'
import { declaredQuietly, type Quiet, type QuietNames, type Unit, unitsOf } from './quiet.ts'

/** What following a file has noticed of it. */
export type Noticed = {
  readonly names: QuietNames
  /** Functions that were never followed. */
  readonly idle: ReadonlySet<number>
  /** Whether an export that is called so would be met: somebody has asked for one, or for all that there are. */
  isAsked(name: string): boolean
}

/** Pairs of positions, each in one pair. */
class Pairs {
  readonly #after = new Map<number, number>()
  readonly #before = new Map<number, number>()
  get size(): number {
    return this.#after.size
  }
  beforeOf(after: number): number | undefined {
    return this.#before.get(after)
  }
  hasBefore(before: number): boolean {
    return this.#after.has(before)
  }
  hasAfter(after: number): boolean {
    return this.#before.has(after)
  }
  /** `new`, or whether they are a pair already. */
  put(before: number, after: number): 'new' | boolean {
    if (this.#after.has(before) || this.#before.has(after)) return this.#after.get(before) === after
    this.#after.set(before, after)
    this.#before.set(after, before)
    return 'new'
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

/** These hold the position of a function wherever they hold a number. */
const functionKeys = new Set(['fn', 'constructor_', 'outer'])

type Kind = 'name' | 'function' | 'class'

/** What a number is the position of; undefined where it is none. */
const kindOf = (key: string, { k }: Readonly<Record<string, unknown>>): Kind | undefined => {
  if (key === 'b') return 'name'
  if (functionKeys.has(key) || (key === 'i' && k === 'fn')) return 'function'
  return key === 'class' || (key === 'i' && k === 'class') ? 'class' : undefined
}

/** The lines of two statements that are written alike; undefined where they are not. */
const alike = (before: unknown, after: unknown): readonly (readonly [number, number])[] | undefined => {
  if (!isObject(before) || !isObject(after)) return before === after ? [] : undefined
  const names = namesOf(before)
  if (names.length !== namesOf(after).length) return undefined
  const lines: (readonly [number, number])[] = []
  for (const name of names) {
    const [one, other] = [before[name], after[name]]
    if (isLine(name, one) && isLine(name, other)) lines.push([one, other])
    else if (typeof one !== 'number' || typeof other !== 'number' || kindOf(name, before) === undefined) {
      const inner = alike(one, other)
      if (!inner) return undefined
      lines.push(...inner)
    }
  }
  return lines
}

class Flow extends Aligned {
  readonly #before: FileTree
  readonly #after: FileTree
  readonly #noticed: Noticed
  readonly #pairs: Readonly<Record<Kind, Pairs>> = { name: new Pairs(), function: new Pairs(), class: new Pairs() }
  /** Names that quiet statements declare, with these. */
  readonly #declaredBefore = new Map<BindingId, Unit>()
  readonly #declaredAfter = new Map<BindingId, Unit>()
  readonly #quietAfter = new Map<BindingId, Quiet>()
  /** Functions and classes, once the code around them has been compared. */
  readonly #waiting: (() => boolean)[] = []

  constructor(before: FileTree, after: FileTree, noticed: Noticed) {
    super()
    this.#before = before
    this.#after = after
    this.#noticed = noticed
  }

  isSame(): boolean {
    const [before, after] = [this.#before, this.#after]
    this.#pairs.function.put(0, 0)
    return (
      (['directives', 'effects', 'imports', 'types'] as const).every((name) => this.#is(before[name], after[name])) &&
      this.#is(before.functions[0]?.own, after.functions[0]?.own) &&
      this.#code(0, 0) &&
      this.#exports(before.exports, after.exports) &&
      this.#rest() &&
      this.#hasSeenAll()
    )
  }

  /** All functions and classes but those within functions that are never followed. */
  #hasSeenAll(): boolean {
    const [before, after] = [this.#before, this.#after]
    const { class: classes, function: functions } = this.#pairs
    const isIdle = (one: number | undefined): boolean => one !== undefined && this.#noticed.idle.has(one)
    const isWithinIdle = (outer: number | undefined): boolean =>
      outer !== undefined && (functions.hasAfter(outer) ? isIdle(functions.beforeOf(outer)) : isWithinIdle(after.functions[outer]?.outer))
    return (
      classes.size === before.classes.length &&
      classes.size === after.classes.length &&
      before.functions.every((_one, at) => functions.hasBefore(at) || isIdle(at)) &&
      after.functions.every(({ outer }, at) => functions.hasAfter(at) || isWithinIdle(outer))
    )
  }

  #rest(): boolean {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) if (!next()) return false
    return true
  }

  #is(before: unknown, after: unknown): boolean {
    if (!isObject(before) || !isObject(after)) return before === after
    if (Array.isArray(before)) return Array.isArray(after) && before.length === after.length && before.every((one, at) => this.#is(one, after[at]))
    const names = namesOf(before)
    return names.length === namesOf(after).length && names.every((name) => this.#property(name, before, after))
  }

  #property(name: string, before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): boolean {
    const [one, other] = [before[name], after[name]]
    if (isLine(name, one) && isLine(name, other)) return this.put(one, other)
    const kind = typeof one === 'number' && typeof other === 'number' ? kindOf(name, before) : undefined
    return kind ? this.#pair(kind, one as number, other as number) : this.#is(one, other)
  }

  #pair(kind: Kind, before: number, after: number): boolean {
    const known = this.#pairs[kind].put(before, after)
    if (known !== 'new') return known
    if (kind === 'name') return this.#name(before, after)
    this.#waiting.push(() => (kind === 'class' ? this.#is(this.#before.classes[before], this.#after.classes[after]) : this.#function(before, after)))
    return true
  }

  /** Loud code may name what a quiet statement declares: then that is unknown before and after, or the same. */
  #name(before: BindingId, after: BindingId): boolean {
    const [one, other] = [this.#before.bindings[before], this.#after.bindings[after]]
    if (!one || !other || one.name !== other.name || !this.#pair('function', one.fn, other.fn)) return false
    const [declared, declaredAfter] = [this.#declaredBefore.get(before), this.#declaredAfter.get(after)]
    if (!declared || !declaredAfter) return declared === declaredAfter
    return (this.#quietBefore(before) === 'any' && this.#quietAfter.get(after) === 'any') || this.#unit(declared, declaredAfter)
  }

  #function(before: number, after: number): boolean {
    const [one, other] = [this.#before.functions[before], this.#after.functions[after]]
    if (!one || !other) return false
    const [{ params, body: _, ...head }, { params: paramsAfter, body: __, ...headAfter }] = [one, other]
    return this.#is(head, headAfter) && this.#is(params, paramsAfter) && (this.#noticed.idle.has(before) || this.#code(before, after))
  }

  #code(before: number, after: number): boolean {
    return this.#units(unitsOf(this.#before.functions[before]?.body ?? []), unitsOf(this.#after.functions[after]?.body ?? []))
  }

  #unit(before: Unit, after: Unit): boolean {
    const [{ n: _, ...head }, { n: __, ...headAfter }] = [
      { n: 0, ...before.head },
      { n: 0, ...after.head },
    ]
    return this.#is(head, headAfter) && this.#units(before.body, after.body)
  }

  #units(before: readonly Unit[], after: readonly Unit[]): boolean {
    for (let [at, atAfter] = [0, 0]; ; at++, atAfter++) {
      const quiet = this.#quietFrom(before, at, (unit) => this.#isQuietBefore(unit))
      const quietAfter = this.#quietFrom(after, atAfter, (unit) => this.#isQuietAfter(unit))
      if (!this.#linesOf(quiet, quietAfter)) return false
      at += quiet.length
      atAfter += quietAfter.length
      const [one, other] = [before[at], after[atAfter]]
      if (!one || !other) return one === other
      if (!this.#unit(one, other)) return false
    }
  }

  #quietFrom(units: readonly Unit[], from: number, isQuiet: (unit: Unit) => boolean): readonly Unit[] {
    const end = units.findIndex((unit, at) => at >= from && !isQuiet(unit))
    return units.slice(from, end < 0 ? units.length : end)
  }

  /** Those that are still there, one after the other. */
  #linesOf(before: readonly Unit[], after: readonly Unit[]): boolean {
    let from = 0
    for (const unit of before) {
      for (let at = from; at < after.length; at++) {
        const lines = alike(unit, after[at])
        if (!lines) continue
        if (!lines.every(([one, other]) => this.put(one, other))) return false
        from = at + 1
        break
      }
    }
    return true
  }

  #quietBefore(binding: BindingId): Quiet | undefined {
    return this.#noticed.names.get(binding)
  }

  #isQuietBefore(unit: Unit): boolean {
    const declared = declaredQuietly(unit, this.#noticed.names)
    if (!declared || [...declared.keys()].some((binding) => this.#quietBefore(binding) === undefined)) return false
    for (const binding of declared.keys()) this.#declaredBefore.set(binding, unit)
    return true
  }

  #isQuietAfter(unit: Unit): boolean {
    const declared = declaredQuietly(unit, { get: (binding) => this.#quietAfter.get(binding) ?? this.#quietOfPair(binding) })
    if (!declared || [...declared.keys()].some((binding) => this.#isLoudBefore(binding))) return false
    for (const [binding, quiet] of declared) {
      this.#declaredAfter.set(binding, unit)
      this.#quietAfter.set(binding, quiet)
    }
    return true
  }

  #quietOfPair(after: BindingId): Quiet | undefined {
    const before = this.#pairs.name.beforeOf(after)
    return before === undefined ? undefined : this.#quietBefore(before)
  }

  /** A name that begins with nothing may hold something later: so it did before. */
  #isLoudBefore(after: BindingId): boolean {
    const { name, fn } = this.#after.bindings[after] ?? {}
    const owner = fn === undefined ? undefined : this.#pairs.function.beforeOf(fn)
    return this.#before.bindings.some(
      (one, before) => one.name === name && one.fn === owner && !this.#pairs.name.hasBefore(before) && this.#quietBefore(before) === undefined,
    )
  }

  /** Exports that nobody asks for may come and go, where they are quiet. */
  #exports(before: readonly Export[], after: readonly Export[]): boolean {
    const [gone, come] = [without(before, after), without(after, before)]
    const isUnasked = (one: Export, declared: ReadonlyMap<BindingId, Unit>): boolean => 'b' in one && declared.has(one.b) && !this.#noticed.isAsked(one.name)
    return (
      gone.every((one) => isUnasked(one, this.#declaredBefore)) &&
      come.every((one) => isUnasked(one, this.#declaredAfter)) &&
      this.#is(
        before.filter((one) => !gone.includes(one)),
        after.filter((one) => !come.includes(one)),
      )
    )
  }
}

const without = (all: readonly Export[], others: readonly Export[]): readonly Export[] => {
  const names = new Set(others.map(({ name }) => name))
  return all.filter(({ name }) => !names.has(name))
}

/** Where each line of what is followed is now; undefined where following it may give something else, or it does not parse. */
export const sameFlow = (before: FileTree, after: FileTree, noticed: Noticed): Lines | undefined => {
  if (before.broken || after.broken) return undefined
  const flow = new Flow(before, after, noticed)
  return flow.isSame() ? flow.lines : undefined
}
