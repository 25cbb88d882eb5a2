/** What a framework notes while one program is followed. */
import type { Machine } from '../../value.ts'

export const perMachine = <T>(make: () => T): ((machine: Machine) => T) => {
  const notes = new WeakMap<Machine, T>()
  return (machine) => {
    const noted = notes.get(machine) ?? make()
    notes.set(machine, noted)
    return noted
  }
}
