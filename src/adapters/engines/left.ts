/** Whether what a process made for itself has been left behind by it. */
import { stat } from 'node:fs/promises'
import { type Owner, stateOf } from './owner.ts'

const ageOf = async (path: string): Promise<number> => Date.now() - (await stat(path)).mtimeMs

/** After how many milliseconds it counts as left: without an owner that can be read, and where the owner cannot be asked after. */
export type Patience = { readonly unowned: number; readonly elsewhere: number }

export const isLeft = async (path: string, owner: Owner | undefined, { unowned, elsewhere }: Patience): Promise<boolean> => {
  if (!owner) return (await ageOf(path)) > unowned
  const state = stateOf(owner)
  return state === 'dead' || (state === 'elsewhere' && (await ageOf(path)) > elsewhere)
}
