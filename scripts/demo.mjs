// `npm run demo`: pgstrata check on a real Drizzle history of this repository.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const args = ['check', '--folder', 'examples/shop/drizzle', ...process.argv.slice(2)]
console.log(`$ npx pgstrata ${args.join(' ')}\n`)
const { status, signal } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...args], { cwd: root, stdio: 'inherit' })
if (status === 1) {
  console.log('\nThe exit code was 1: in CI this history would not pass. It has one fault on purpose; examples/shop/README.md tells its story.')
  process.exit(0)
}
process.exit(status ?? (signal ? 130 : 4))
