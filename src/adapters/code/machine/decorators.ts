/** Decorators are called as at run time: with the class, the member's name and the parameter's position, as far as they have them. */
import type { ClassTree, Expression } from '../tree.ts'
import { type ClassValue, literal, type Scope, type Value } from '../value.ts'
import type { Core, Frame } from './core.ts'

const call = (core: Core, decorators: readonly Expression[] = [], frame: Frame, args: readonly Value[]): void => {
  for (const one of decorators) core.invoke(core.evaluate(one, frame), args, core.site(frame, one.at))
}

const decorateClass = (core: Core, tree: ClassTree, of: ClassValue, frame: Frame): void => {
  for (const member of tree.members) {
    call(core, member.decorators, frame, [of, literal(member.n)])
    parameters(core, member.fn, of, member.n, frame)
  }
  parameters(core, tree.constructor_, of, 'constructor', frame)
  call(core, tree.decorators, frame, [of])
}

const parameters = (core: Core, fn: number | undefined, of: ClassValue, member: string, frame: Frame): void => {
  const params = fn === undefined ? [] : (frame.scope.file.tree.functions[fn]?.params ?? [])
  for (const [at, { decorators }] of params.entries()) call(core, decorators, frame, [of, literal(member), literal(at)])
}

/** Of the classes that a function, or a file, declares. */
export const decorate = (core: Core, scope: Scope, frame: Frame): void => {
  for (const [index, tree] of scope.file.tree.classes.entries()) {
    if (tree.outer === scope.fn) decorateClass(core, tree, core.classOf(index, scope), frame)
  }
}
