/** Registrations that count once. */
import type { Machine, Value } from '../../value.ts'
import { perMachine } from './per-machine.ts'

const registered = perMachine(() => new Set<string>())

/** Whether this is the first time; a function that registers may be followed several times. */
export const isFirst = (key: string, machine: Machine): boolean => {
  const keys = registered(machine)
  if (keys.has(key)) return false
  keys.add(key)
  return true
}

/** What tells a handler from others in such a key. */
export const idOf = (value: Value): string => (value.kind === 'function' || value.kind === 'model' ? String(value.id) : value.kind)
