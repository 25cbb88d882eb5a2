/** Where things that can be made again are kept between runs: the user's cache directory, never the repository. */
import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** The user's cache directory by each system's convention (XDG Base Directory, Apple, Windows known folders). `PGSTRATA_CACHE_DIR` names another. */
export const cacheDirectory = (environment: Environment = process.env, platform: string = process.platform, home: string = homedir()): string => {
  if (environment.PGSTRATA_CACHE_DIR) return environment.PGSTRATA_CACHE_DIR
  if (platform === 'win32') return join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'pgstrata', 'Cache')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'pgstrata')
  return join(environment.XDG_CACHE_HOME || join(home, '.cache'), 'pgstrata')
}
