/** The verbs without their code: made from the operations by the build and by the docs, read by `--help`. */
import type { Operation } from '../operations/define.ts'
import { operations } from '../operations/index.ts'

export type Verb = Omit<Operation, 'run'>
export type Manifest = readonly Verb[]

/** Names, summaries, arguments, flags and examples of all operations. */
export const manifestOf = async (): Promise<Manifest> => {
  const loaded = await Promise.all(Object.values(operations).map((load) => load()))
  return loaded.map(({ run, ...verb }) => verb)
}
