/** What following a program has noticed of its files, as it is kept. */
import type { Following } from '../machine/index.ts'
import { was } from '../value.ts'
import type { Noticed } from './same-flow.ts'

export type KeptNotices = {
  /** Names that exports were asked for by. */
  readonly asked: readonly string[]
  /** `names` has a digit for each name of the file: the sum of `was`. */
  readonly files: Readonly<Record<string, { readonly names: string; readonly idle: readonly number[]; readonly isListed: boolean }>>
}

/** `isWanted` leaves out files of which more was looked at than what they do. */
export const noticedIn = (following: Following, isWanted: (path: string) => boolean): KeptNotices => {
  const files: Record<string, KeptNotices['files'][string]> = {}
  for (const { path, names, idle, isListed, isRead } of following.noticed())
    if (!isRead && isWanted(path)) files[path] = { names: names.join(''), idle, isListed }
  return { asked: [...following.askedNames], files }
}

const quietly = { [was.unknown]: 'any', [was.literal]: 'text', [was.unknown + was.literal]: 'text' } as const

/** Undefined where nothing was noticed of the file. */
export const noticedOf = ({ asked, files }: KeptNotices, path: string): Noticed | undefined => {
  const file = Object.hasOwn(files, path) ? files[path] : undefined
  if (!file) return undefined
  const { names, idle, isListed } = file
  return {
    names: { get: (binding) => quietly[Number(names[binding]) as keyof typeof quietly] },
    idle: new Set(idle),
    isAsked: (name) => isListed || asked.includes(name),
  }
}
