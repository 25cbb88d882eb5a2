/** The code as it was at a commit: its files, laid out in a directory of their own while they are followed. */
import type { CodeFacts, CodeQuestion } from '../../model/code.ts'
import type { FolderFile } from '../../model/history.ts'
import type { Cache } from '../../model/world.ts'
import { laidOut } from '../laid-out.ts'
import { isSource } from './files.ts'
import { codeFacts } from './index.ts'

const isSetting = /(?:^|\/)[^/]+\.(?:jsonc?|ya?ml|toml|graphqls?|gql)$/
/** Big, and nothing that a framework asks about. */
const isBulk = /(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|[^/]*snapshot\.json)$|(?:^|\/)node_modules\//

/** Whether the path is a file that following the code may read. */
export const isCodeFile = (path: string): boolean => (isSource(path) || isSetting.test(path)) && !isBulk.test(path)

/** `root`: where the same code lies otherwise; what the cache has of its files serves both. */
export const codeFactsOf = (files: readonly FolderFile[], root: string, cache: Cache, ask: () => Promise<CodeQuestion>): Promise<CodeFacts> =>
  laidOut('pgstrata-code-', files, (directory) => codeFacts(directory, cache, { ask, keptAs: root }))
