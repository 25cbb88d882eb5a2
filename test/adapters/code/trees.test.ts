import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTrees } from '../../../src/adapters/code/trees.ts'
import { createCache } from '../../../src/adapters/store/cache.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-trees-'))
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

const write = (path: string, text: string): void => writeFileSync(join(root, path), text)
const cache = () => createCache({ directory: join(root, 'cache'), build: '1' })

describe('trees', () => {
  it('are those of the content, also when they come from the cache, and new when it changes', async () => {
    write('a.ts', "import b from './b.ts'\nexport const a = b")
    write('b.ts', "import a from './a.ts'\nexport default a")
    for (const line of [2, 2, 3]) {
      if (line === 3) write('a.ts', "import b from './b.ts'\n\nexport const a = b")
      await using trees = openTrees(root, cache())
      await trees.load(['a.ts', 'b.ts'])
      expect(trees.tree('a.ts').exports).toMatchObject([{ name: 'a', at: line }])
      expect(trees.tree('b.ts').imports).toMatchObject([{ from: './a.ts', name: 'default' }])
      expect(trees.tree('a.ts')).toBe(trees.tree('a.ts'))
    }
  })

  it('of files that are not read are empty, and the gaps say why', async () => {
    write('min.js', `a("${'x'.repeat(30_000)}")`)
    await using trees = openTrees(root, cache())
    await trees.load(['min.js', 'none.ts'])
    expect(trees.tree('min.js').functions).toHaveLength(1)
    expect(trees.tree('none.ts').exports).toEqual([])
    expect(trees.gaps.map(({ file }) => file)).toEqual(['min.js', 'none.ts'])
  })

  it('one that nobody loaded is parsed when it is asked for', async () => {
    write('c.ts', 'export const c = 1')
    await using trees = openTrees(root, cache())
    expect(trees.tree('c.ts').exports).toMatchObject([{ name: 'c' }])
  })
})

describe('the first pass', () => {
  it('names what a file imports in any way, and the words that it has', async () => {
    write(
      'a.ts',
      "import './a'; import type { B } from './b'; export * from './c'; export { d } from './d'; const e = await import('./e'); import(e)\n// users",
    )
    write('b.js', "const a = require('./a'); module.exports = a")
    write('c.vue', "<template>users</template>\n<script>\nimport x from './x'\n</script>")
    await using trees = openTrees(root, cache())
    const scans = await trees.scan(['a.ts', 'b.js', 'c.vue'], ['users', 'orders'])
    expect([...scans]).toEqual([
      ['a.ts', { imports: ['./a', './b', './c', './d', './e'], words: ['users'] }],
      ['b.js', { imports: ['./a'], words: [] }],
      ['c.vue', { imports: ['./x'], words: ['users'] }],
    ])
  })
})
