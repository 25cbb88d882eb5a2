import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { listIn } from '../../../src/adapters/project/pnpm-workspace.ts'

it.each([
  'packages:\n  - "apps/*"\n  - packages/**\n',
  "# all\npackages: # of ours\n- 'apps/*'   # each\n\n  # and\n- ./tools/cli\n- '!**/test/**'\ncatalog:\n  react: ^19\n",
  'onlyBuiltDependencies:\r\n  - esbuild\r\npackages:\r\n  - apps/web\r\n',
  'packages: [apps/*, "packages/*"]',
  'packages:\n  - !apps\n  - apps/*#x\n  - 1\n  - "a\\u002Fb"\n',
  'packages:\n  - >-\n    apps/*\n  - b\n',
  'catalog:\n  packages:\n    - a\n',
  'packages:\n',
  '',
])('the packages of %j are those that YAML says', async (text) => {
  const said: { readonly packages?: unknown } | null = parse(text, { logLevel: 'silent' })
  expect((await listIn(text)) ?? []).toEqual(said?.packages ?? [])
})
