// `npm run demo`: pgstrata check on a real Drizzle history of this repository, and what its code has to do with a column.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const run = (args, cwd) => {
  console.log(`$ npx pgstrata ${args.join(' ')}\n`)
  return spawnSync(process.execPath, [join(root, 'dist/cli.cjs'), ...args], { cwd, stdio: 'inherit' })
}

const { status, signal } = run(['check', '--folder', 'examples/shop/drizzle', ...process.argv.slice(2)], root)
if (status !== 0 && status !== 1) process.exit(status ?? (signal ? 130 : 4))
if (status === 1) console.log('\nThe exit code was 1: in CI this history would not pass. It has one fault on purpose; examples/shop/README.md tells its story.')
console.log('\n$ cd examples/shop')
const asked = run(['impact', 'column:shipments.tracking_code'], join(root, 'examples/shop'))
process.exit(asked.status ?? (asked.signal ? 130 : 4))
