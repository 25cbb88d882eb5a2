/** An `npx` that finds the command line of these sources, as the one of npm finds an installed package: quicker, and on a PATH of its own. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { program } from '../cli/cli.ts'

/** Puts it on this process's PATH. `installed: false`: it answers as npx does where the package is not there. */
export const npxOnPath = ({ installed = true }: { readonly installed?: boolean } = {}): { remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'pgstrata-npx-'))
  const before = process.env.PATH
  const answer = installed ? `exec '${process.execPath}' '${program}' "$@"` : "echo 'npm error npx canceled due to missing packages' >&2; exit 1"
  writeFileSync(join(path, 'npx'), `#!/bin/sh\n[ "$1" = --no-install ] && shift\n[ "$1" = pgstrata ] || exit 9\nshift\n${answer}\n`)
  chmodSync(join(path, 'npx'), 0o755)
  process.env.PATH = `${path}${delimiter}${before}`
  return {
    remove: () => {
      process.env.PATH = before
      rmSync(path, { recursive: true, force: true })
    },
  }
}
