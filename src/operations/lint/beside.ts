/** The files beside a migrations folder, read. */
import { type BesideKind, besidePath, type Section, sectionsOf } from '../../features/fix/beside.ts'
import type { World } from '../../model/world.ts'

/** The sections of `<folder>.before.sql` or `<folder>.next.sql`; none where there is no such file. */
export const readBeside = async (world: World, folder: string, kind: BesideKind): Promise<readonly Section[]> => {
  const path = besidePath(folder, kind)
  return (await world.files.exists(path)) ? sectionsOf(new TextDecoder().decode(await world.files.read(path)), kind) : []
}
