/** Classes: what their members are on an instance, what is above them, and instances of them. */
import type { ClassTree, FileTree } from '../tree.ts'
import { any, type CallSite, type ClassValue, Model, nextId, type ObjectValue, type Scope, type Site, type Value } from '../value.ts'
import type { Core, Frame } from './core.ts'

const treeOf = (of: ClassValue): ClassTree | undefined => of.scope.file.tree.classes[of.index]

/** A frame in which the class's own expressions (heritage, fields, decorators) are evaluated. */
const frameOf = (of: ClassValue, site: Site, self?: Value): Frame => ({
  scope: self
    ? { fn: of.scope.fn, file: of.scope.file, vars: of.scope.vars, types: of.scope.types, outer: of.scope.outer, self, ...(of.scope.round && { round: true }) }
    : of.scope,
  node: site.node,
  returned: [],
  site: undefined,
})

const heritageOf = (core: Core, of: ClassValue, site: Site): Value | undefined => {
  const heritage = treeOf(of)?.extends
  return heritage && core.evaluate(heritage, frameOf(of, site))
}

export const above = (core: Core, of: ClassValue, site: Site): ClassValue | undefined => {
  const value = heritageOf(core, of, site)
  return value?.kind === 'class' && value !== of ? value : undefined
}

type Member = ClassTree['members'][number]

/** Fields are set once, whoever is the first to read one: each has a node of its own. */
const fieldFrame = (core: Core, of: ClassValue, { n, e, at }: Member, self: ObjectValue | ClassValue, site: Site): Frame => {
  const frame = frameOf(of, site, self)
  if (!e || e.k === 'fn' || e.k === 'lit') return frame
  const node = core.node(n, { file: of.scope.file.path, line: at })
  core.connect(site, node, 'certain')
  return { ...frame, node, site: undefined }
}

const memberValue = (core: Core, of: ClassValue, member: Member, self: ObjectValue | ClassValue, site: Site): Value => {
  if (member.kind === 'field') {
    const frame = fieldFrame(core, of, member, self, site)
    return core.orTyped(member.e ? core.evaluate(member.e, frame) : any, member.T, of.scope)
  }
  const method = member.fn === undefined ? any : core.closure(member.fn, of.scope, self)
  return member.kind === 'get' ? core.invoke(method, [], site) : method
}

const find = (of: ClassValue, name: string, isStatic: boolean): Member | undefined =>
  treeOf(of)?.members.find((member) => member.n === name && (member.static ?? false) === isStatic && member.kind !== 'set')

/** A member of an instance; fields are kept on it. Undefined where neither the class nor one above has it. */
export const memberOf = (core: Core, of: ClassValue, name: string, self: ObjectValue, site: Site): Value | undefined => {
  const member = find(of, name, false)
  if (!member) {
    const up = above(core, of, site)
    return up && memberOf(core, up, name, self, site)
  }
  if (member.kind === 'field') self.props.set(name, any)
  const value = memberValue(core, of, member, self, site)
  if (member.kind === 'field') self.props.set(name, value)
  return value
}

export const staticOf = (core: Core, of: ClassValue, name: string, site: Site): Value | undefined => {
  const member = find(of, name, true)
  if (!member) {
    const up = above(core, of, site)
    return up && staticOf(core, up, name, site)
  }
  of.statics.set(name, any)
  const value = memberValue(core, of, member, of, site)
  of.statics.set(name, value)
  return value
}

type Constructor = { readonly fn: number; readonly in: ClassValue }
/** Whether a library's interface is one that a class says it has: `implements OAuthClientProvider`. */
const isContract = (of: ClassValue, core: Core): boolean => {
  const { tree } = of.scope.file
  return (treeOf(of)?.implements ?? []).some((type) => {
    const imported = type.k === 'name' ? tree.imports.find(({ b }) => b === type.b) : undefined
    const found = imported && core.imported(imported.from, of.scope.file)
    return found !== undefined && 'package' in found
  })
}

/** The methods of an instance whose class is made for a library to call. */
export const contractOf = (core: Core, self: ObjectValue, site: Site): readonly Value[] => {
  const of = self.class
  if (!of || !isContract(of, core)) return []
  const methods = treeOf(of)?.members.filter((member) => member.kind === 'method' && !member.static) ?? []
  return methods.flatMap(({ n }) => memberOf(core, of, n, self, site) ?? [])
}

/** The nearest constructor at or above a class. */
const constructorOf = (core: Core, of: ClassValue, site: Site, depth = 0): Constructor | undefined => {
  const fn = treeOf(of)?.constructor_
  if (fn !== undefined) return { fn, in: of }
  const up = depth < 16 ? above(core, of, site) : undefined
  return up && constructorOf(core, up, site, depth + 1)
}

/** The fields that a class and those above it declare. */
export const fieldNames = (core: Core, of: ClassValue, site: Site): readonly string[] => {
  const up = above(core, of, site)
  const own = (treeOf(of)?.members ?? []).filter(({ kind, static: isStatic, n }) => kind === 'field' && !isStatic && !n.startsWith('#')).map(({ n }) => n)
  return up ? [...fieldNames(core, up, site), ...own] : own
}

/** Runs the nearest constructor on an object, and sets what its parameters declare as fields. */
const initialise = (core: Core, of: ClassValue, object: ObjectValue, args: readonly Value[], site: CallSite): void => {
  const found = constructorOf(core, of, site)
  if (!found) return
  const params = found.in.scope.file.tree.functions[found.fn]?.params ?? []
  for (const [at, { field, to }] of params.entries()) {
    if (!field) continue
    object.props.set(field, core.orTyped(args[at] ?? any, 'T' in to ? to.T : undefined, found.in.scope))
  }
  core.invoke(core.closure(found.fn, found.in.scope, object), args, site)
}

/** What a library's class that is extended makes: its members are those of the object too. */
const madeByLibrary = (core: Core, of: ClassValue, site: CallSite): Value | undefined => {
  const up = above(core, of, site)
  if (up) return madeByLibrary(core, up, site)
  const value = heritageOf(core, of, site)
  return value instanceof Model ? value.construct(site) : undefined
}

/** `new C(…)`. */
export const construct = (core: Core, of: ClassValue, args: readonly Value[], site: CallSite): ObjectValue => {
  const object: ObjectValue = { kind: 'object', id: nextId(), props: new Map(), spreads: [], class: of }
  const made = madeByLibrary(core, of, site)
  if (made) object.spreads.push(made)
  initialise(core, of, object, args, site)
  return object
}

/** Classes by the functions that are their members. */
const owners = new WeakMap<FileTree, ReadonlyMap<number, number>>()

const ownersIn = (tree: FileTree): ReadonlyMap<number, number> => {
  const known = owners.get(tree)
  if (known) return known
  const found = new Map(
    tree.classes.flatMap(({ members, constructor_ }, index) =>
      [constructor_, ...members.map(({ fn }) => fn)].flatMap((fn) => (fn === undefined ? [] : [[fn, index] as const])),
    ),
  )
  owners.set(tree, found)
  return found
}

type Method = { readonly self: Value /** The class that has it, which is not that of `self` where it is inherited. */; readonly of: ClassValue }

/** The method that is being followed, or that an arrow function stands in. */
const methodAt = (core: Core, frame: Frame): Method | undefined => {
  for (let scope: Scope | undefined = frame.scope; scope; scope = scope.outer) {
    const { self, outer, fn, file } = scope
    if (!self) continue
    const index = ownersIn(file.tree).get(fn)
    if (index !== undefined && outer) return { self, of: core.classOf(index, outer) }
    return self.kind === 'object' && self.class ? { self, of: self.class } : undefined
  }
  return undefined
}

/** `super(…)`. */
export const callSuper = (core: Core, args: readonly Value[], frame: Frame, site: CallSite): void => {
  const method = methodAt(core, frame)
  const up = method && above(core, method.of, site)
  if (up && method.self.kind === 'object') initialise(core, up, method.self, args, site)
}

/** `super.name`. */
export const superMember = (core: Core, name: string, frame: Frame, site: Site): Value => {
  const method = methodAt(core, frame)
  const up = method && above(core, method.of, site)
  if (!up) return any
  if (method.self.kind === 'object') return memberOf(core, up, name, method.self, site) ?? any
  return staticOf(core, up, name, site) ?? any
}

/** Assigning to a property that has a setter runs it. False where it has none. */
export const runSetter = (core: Core, of: ClassValue, name: string, self: ObjectValue, value: Value, site: Site): boolean => {
  const setter = treeOf(of)?.members.find((member) => member.n === name && member.kind === 'set' && !member.static)
  if (setter?.fn !== undefined) {
    core.invoke(core.closure(setter.fn, of.scope, self), [value], site)
    return true
  }
  const up = above(core, of, site)
  return up !== undefined && runSetter(core, up, name, self, value, site)
}
