/** Which TypeScript compilers a project can be asked with: those that it has, and those that this package finds beside itself. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TypeEvidence } from '../../../model/type-evidence.ts'

export type Installed = NonNullable<TypeEvidence['compiler']> & {
  /** The file to load. */
  readonly module: string
}

/** The API of TypeScript 7 is called unstable by its makers: only versions that it was tried with are asked. */
const native = /^7\.0\./
const classic = /^[56]\./

const found = (from: string, name: string): readonly Installed[] => {
  const { resolve } = createRequire(join(from, 'package.json'))
  try {
    const { version } = JSON.parse(readFileSync(resolve(`${name}/package.json`), 'utf8')) as { readonly version: string }
    if (native.test(version)) return [{ engine: 'typescript-7', version, module: resolve(`${name}/unstable/async`) }]
    return classic.test(version) ? [{ engine: 'typescript', version, module: resolve(name) }] : []
  } catch {
    return []
  }
}

/** The fastest first, and among equals the project's own. `from` are directories of the project. */
export const installedFor = (from: readonly string[]): readonly Installed[] => {
  const own = fileURLToPath(new URL('.', import.meta.url))
  const all = [...from, own].flatMap((folder) => ['typescript-7', 'typescript'].flatMap((name) => found(folder, name)))
  const each = [...new Map(all.map((one) => [one.module, one])).values()]
  return [...each.filter(({ engine }) => engine === 'typescript-7'), ...each.filter(({ engine }) => engine === 'typescript')]
}
