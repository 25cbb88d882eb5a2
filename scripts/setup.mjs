// Installs the dependencies when they are missing or not those of package-lock.json; otherwise does nothing. Needs only Node and npm.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const wanted = join(root, 'package-lock.json')
const installed = join(root, 'node_modules', '.package-lock.json')

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages

// By content, not by time: `npm install` writes package-lock.json after its own record in node_modules, so times would say "stale" for ever.
const upToDate = () => {
  if (!existsSync(installed)) return false
  const have = packagesOf(installed)
  return Object.entries(packagesOf(wanted)).every(([path, entry]) => path === '' || entry.optional || entry.peer || have[path]?.version === entry.version)
}

// Not `npm ci`: it insists on lock entries for the binaries of every platform, which a lock file written behind a partial registry does not have
// (docs/decisions/0004-npm-install.md). Versions are the lock file's all the same, and it is not written.
const install = () => {
  console.error('Installing dependencies …')
  const npm = process.env.npm_execpath
  const [command, args] = npm ? [process.execPath, [npm]] : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []]
  const { status, error } = spawnSync(command, [...args, 'install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'development' },
  })
  if (error) throw error
  if (status !== 0) {
    console.error('npm install failed. Run it by hand to see why, then run this again.')
    process.exitCode = 1
  }
}

if (!upToDate()) await withLock(root, 'setup', () => (upToDate() ? undefined : install()))
