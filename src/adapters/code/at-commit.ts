/** The code as it was at a commit: its files, laid out in a directory of their own while they are followed. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { CodeFacts, CodeQuestion } from '../../model/code.ts'
import type { FolderFile } from '../../model/history.ts'
import type { Cache } from '../../model/world.ts'
import { isSource } from './files.ts'
import { codeFacts } from './index.ts'

const isSetting = /(?:^|\/)[^/]+\.(?:jsonc?|ya?ml|toml|graphqls?|gql)$/
/** Big, and nothing that a framework asks about. */
const isBulk = /(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|[^/]*snapshot\.json)$|(?:^|\/)node_modules\//

/** Whether the path is a file that following the code may read. */
export const isCodeFile = (path: string): boolean => (isSource(path) || isSetting.test(path)) && !isBulk.test(path)

/** `root`: where the same code lies otherwise; what the cache has of its files serves both. */
export const codeFactsOf = async (files: readonly FolderFile[], root: string, cache: Cache, question: CodeQuestion): Promise<CodeFacts> => {
  const directory = await mkdtemp(join(tmpdir(), 'pgstrata-code-'))
  try {
    const paths = files.map(({ path }) => join(directory, path))
    for (const folder of new Set(paths.map(dirname))) await mkdir(folder, { recursive: true })
    await Promise.all(files.map(({ text }, at) => writeFile(paths[at] ?? '', text)))
    return await codeFacts(directory, cache, question, root)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
