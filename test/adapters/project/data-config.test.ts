import { expect, test } from 'vitest'
import { isData } from '../../../src/adapters/project/data-config.ts'

const helpers = "import { command, defineConfig, env } from 'pgstrata'\n"

test.each([
  'export default {}',
  `${helpers}export default defineConfig({ landed: 'origin/main', postgres: 16, policy: { rules: { 'fk-validating': 'off' } } })`,
  `${helpers}// the default's\nexport default defineConfig({ environments: { production: { url: env("URL"), protected: true }, dev: { url: command('op read x') } } });\n`,
  `import type { Config } from "pgstrata"\nexport default { tables: ['a', 'b'], days: -1.5 } satisfies Config`,
  "/* import { a } from './a' */ export default { a: undefined, 'b': null }",
])('data: %s', (text) => expect(isData(text)).toBe(true))

test.each([
  `${helpers}export default defineConfig({ postgres: Number(process.env.MAJOR) })`,
  "import { policy } from './policy'\nexport default { policy }",
  "import './effects'\nexport default {}",
  "import shared from 'pgstrata'\nexport default shared",
  "// import { a } from 'pgstrata'\nimport { env } from './pgstrata'\nexport default { url: env('A') }",
  'export default { landed: `origin/main` }',
  'const policy = {}\nexport default { policy }',
  "export default { ...require('./policy') }",
  'export default { landed: read() }',
  "export default { get landed() { return 'x' } }",
  "export default await fetch('x')",
  'export default (() => ({}))()',
  "export default { landed: 'a' + 'b' }",
  'export default { landed: globalThis }',
  'export default { postgres: true ? 16 : 17 }',
  'export default { landed: /x/ }',
  "export default { landed: 'unended }",
  '/* unended',
])('a program: %s', (text) => expect(isData(text)).toBe(false))
