/** What containers of dependencies have been told to give for a token, by the token's name. */
import type { Site, Value } from '../../value.ts'
import { perMachine } from './per-machine.ts'

export const registrationsOf = perMachine(() => new Map<string, (site: Site) => Value>())

/** A text, a symbol, a class, an export of a package. */
export const tokenOf = (value: Value): string | undefined => {
  if (value.kind === 'literal') return `text ${value.value}`
  if (value.kind === 'class' || value.kind === 'model') return `${value.kind} ${value.id}`
  return value.kind === 'external' ? `external ${value.from} ${value.path.join('.')}` : undefined
}
