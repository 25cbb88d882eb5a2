/** React's hooks, as far as values go through them: what a component holds in its state, what it works out, what a context carries. */
import { defineFramework } from '../frameworks/define.ts'
import { tupleOf } from '../machine/join.ts'
import { ownValue } from '../own-value.ts'
import { any, type CallSite, Model, type Native, native, type Value } from '../value.ts'

class Context extends Model {
  readonly what = 'react context'
  readonly value: Value
  constructor(value: Value) {
    super()
    this.value = value
  }
}

const isFunction = ({ kind }: Value): boolean => kind === 'function'

/** By its type, else what it begins with. */
const held = ({ types: [type = any], args: [first = any], ...site }: CallSite): Value => {
  if (type.kind !== 'any') return type
  return isFunction(first) ? site.machine.invoke(first, [], site) : first
}

/** `set(next)`, `set((last) => next)`. */
const setter = (value: Value): Native =>
  native('set state', ({ args, ...site }) => {
    for (const one of args) site.machine.handOver(one, site, [value])
    return any
  })

const state = (call: CallSite): Value => {
  const value = held(call)
  return tupleOf([value, setter(value)])
}

const hooks: Readonly<Record<string, Native>> = {
  useState: native('useState', state),
  useMemo: native('useMemo', ({ args: [work = any], ...site }) => site.machine.invoke(work, [], site)),
  useCallback: native('useCallback', ({ args: [work = any] }) => work),
  useDeferredValue: native('useDeferredValue', ({ args: [value = any] }) => value),
  useOptimistic: native('useOptimistic', state),
  useRef: native('useRef', ({ args: [first = any], types: [type = first], machine }) => machine.object({ current: type })),
  memo: native('memo', ({ args: [component = any] }) => component),
  forwardRef: native('forwardRef', ({ args: [component = any] }) => component),
  createContext: native('createContext', (call) => new Context(held(call))),
  useContext: native('useContext', ({ args: [context = any] }) => (context instanceof Context ? context.value : any)),
}

export const react = defineFramework({
  id: 'react',
  title: 'React',
  packages: ['react'],
  starts: [],
  imported: (_from, path) => (path.length <= 2 ? ownValue(hooks, path.at(-1) ?? '') : undefined),
  examples: [],
})
