/** The verbs without their code: made from the operations and servers by the build and by the docs, read by `--help`. */
import type { Operation } from '../operations/define.ts'
import { operations } from '../operations/index.ts'
import { servers } from './servers.ts'

export type Verb = Omit<Operation, 'run'>
export type Manifest = readonly Verb[]

/** Names, summaries, arguments, flags and examples of all operations and servers. */
export const manifestOf = async (): Promise<Manifest> => {
  const loaded = await Promise.all(Object.values(operations).map((load) => load()))
  return [...loaded.map(({ run, ...verb }) => verb), ...Object.values(servers)]
}
