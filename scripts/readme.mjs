// Blocks of README.md below `<!-- output of: pgstrata … -->` are what that command prints. Writes them; `--check` only compares. Needs dist/.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const file = join(root, 'README.md')
const { NO_COLOR: _, FORCE_COLOR: __, ...environment } = process.env

const outputOf = (command) => {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'dist/cli.cjs'), ...command.split(' ')], {
    cwd: root,
    encoding: 'utf8',
    env: { ...environment, COLUMNS: '100' },
  })
  if (!stdout || status === 4) throw new Error(`pgstrata ${command} ended with ${status} and said nothing`)
  return stdout.trimEnd()
}

const before = readFileSync(file, 'utf8')
const after = before.replaceAll(
  /<!-- output of: pgstrata (.+?) -->\n```\n[\s\S]*?```\n/g,
  (_, command) => `<!-- output of: pgstrata ${command} -->\n\`\`\`\n$ npx pgstrata ${command}\n${outputOf(command)}\n\`\`\`\n`,
)
if (process.argv.includes('--check')) {
  if (before !== after) console.log('README.md shows what a command does not print now; run npm run docs')
  process.exit(before === after ? 0 : 1)
}
if (before !== after) writeFileSync(file, after)
