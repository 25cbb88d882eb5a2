/** Where the migrations that an app was built with lie in today's folder. */
import type { History, Migration } from '../../model/history.ts'

const same = (a: Migration | undefined, b: Migration | undefined): boolean => a?.hash !== undefined && a.hash === b?.hash

/** How an app's migrations and today's are related. `changed`: the first of the app's that is not there today, or is another one. */
export type Placed = { readonly at: number } | { readonly changed: Migration }

/** An app that was built with the beginning of today's folder, file by file, stands at the last one of these. */
export const placed = (migrations: readonly Migration[], today: History): Placed => {
  const changed = migrations.find((migration, at) => !same(migration, today.migrations[at]))
  return changed === undefined ? { at: migrations.length - 1 } : { changed }
}

/** Why they are not the beginning of today's folder: by hash, then by name. */
export const changedText = ({ changed }: Extract<Placed, { readonly changed: Migration }>, { migrations }: History): string => {
  const moved = migrations.find((migration) => same(migration, changed))
  if (moved) return moved.tag === changed.tag ? `${changed.tag} stands at another place today` : `${changed.tag} is ${moved.tag} today`
  return migrations.some(({ tag }) => tag === changed.tag) ? `${changed.tag} has another text today` : `${changed.tag} is not in the folder any more`
}
