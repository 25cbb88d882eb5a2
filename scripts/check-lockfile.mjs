// The lock file and .npmrc name no registry: the package installs from whichever one its user has.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const read = (file) => readFileSync(join(root, file), 'utf8')
const faults = []
const resolved = Object.entries(JSON.parse(read('package-lock.json')).packages).filter(([, entry]) => entry.resolved && !entry.link)
for (const [path, entry] of resolved)
  faults.push(`package-lock.json: ${path} has "resolved": "${entry.resolved}"; run npm install with the repository's .npmrc`)
if (/registry\s*=|https?:\/\//.test(read('.npmrc'))) faults.push('.npmrc names a registry; leave that to the user')
if (!/^omit-lockfile-registry-resolved=true$/m.test(read('.npmrc'))) faults.push('.npmrc must set omit-lockfile-registry-resolved=true')
for (const fault of faults) console.log(fault)
process.exit(faults.length ? 1 : 0)
