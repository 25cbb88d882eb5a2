/** Sources that somebody named: a word that is no folder may have been meant as something else. */
import { nearest } from '../model/config-schema.ts'
import { ToolError } from '../model/error.ts'
import type { SourceRef } from '../model/source.ts'
import type { World } from '../model/world.ts'

/** A word like `production` or `stagign`: no path, no tag. */
const isWord = ({ type }: SourceRef, text: string): boolean => type === 'folder' && !/[./\\@]/.test(text)

/**
 * What reading a source answers. `text` is how it was named: a word that is no environment was read as a folder's path, and where there is no such folder, that
 * is said. Throws `no-such-source`, and what reading throws.
 */
export const named = async <T>({ config }: Pick<World, 'config'>, source: SourceRef, text: string, reading: Promise<T>): Promise<T> => {
  try {
    return await reading
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'no-folder' || !isWord(source, text)) throw error
    const environments = Object.keys(config.environments ?? {})
    const near = nearest(text, [...environments, 'folder', 'schema'])
    throw new ToolError('no-such-source', `${text} is neither a migrations folder nor an environment of the configuration.`, {
      help: `${near === undefined ? '' : `Did you mean ${near}? `}Environments: ${environments.join(', ') || 'none; pgstrata.config.ts names them'}. Other sources: folder, folder@TAG, git:REF, schema, a postgres:// URL, a path.`,
    })
  }
}
