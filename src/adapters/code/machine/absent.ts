/**
 * Properties that a call leaves out: `update(id, { name })` of `update = (id, data) => … ...(data.email && { email: data.email })` writes no email. Only of a parameter's
 * own object: any other may still get the property.
 */
import type { Expression, Target } from '../tree.ts'
import type { Scope, Value } from '../value.ts'
import type { Core, Frame } from './core.ts'
import { each } from './join.ts'

const names = (to: Target, binding: number): boolean => {
  if (to.k === 'name') return to.b === binding
  return to.k === 'objectOf' && to.p.some((one) => names(one.to, binding))
}

const isParameter = (binding: number, { file: { tree } }: Scope): boolean => {
  const owner = tree.functions[tree.bindings[binding]?.fn ?? 0]
  return owner?.params.some(({ to, rest }) => !rest && names(to, binding)) ?? false
}

/** `data`, and `input.data`. */
const isOfParameter = (expression: Expression, scope: Scope): boolean => {
  if (expression.k === 'get') return isOfParameter(expression.o, scope)
  return expression.k === 'ref' && isParameter(expression.b, scope)
}

const lacks = (value: Value, name: string): boolean =>
  each(value).every((one) => one.kind === 'object' && !one.class && !one.rest && one.spreads.length === 0 && !one.props.has(name))

export const isAbsent = (core: Core, expression: Expression, frame: Frame): boolean =>
  expression.k === 'get' && isOfParameter(expression.o, frame.scope) && lacks(core.evaluate(expression.o, frame), expression.p)

const isNothing = (expression: Expression): boolean =>
  (expression.k === 'lit' && expression.v === null) || (expression.k === 'other' && expression.e.length === 0)

/** Whether a condition holds, where that hangs on a property that was left out; undefined where it does not. */
export const holds = (core: Core, condition: Expression, frame: Frame): boolean | undefined => {
  if (condition.k === 'binary' && isNothing(condition.r) && /^[!=]==?$/.test(condition.op))
    return isAbsent(core, condition.l, frame) && !(condition.r.k === 'lit' && condition.op.length === 3) ? condition.op.startsWith('=') : undefined
  const [last, ...others] = condition.k === 'choice' && !condition.keep ? condition.e : []
  if (condition.k === 'choice' && last && others.length === 0)
    return holds(core, condition.t, frame) === false || holds(core, last, frame) === false ? false : undefined
  return isAbsent(core, condition, frame) ? false : undefined
}
