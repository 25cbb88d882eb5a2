import { expect, it } from 'vitest'
import { isTest } from '../../../src/adapters/code/is-test.ts'

it('tests are told by their names and folders, and what is served is none', () => {
  const paths = [
    'a.test.ts',
    'test/a.ts',
    'src/__tests__/a.ts',
    'e2e/app/page.tsx',
    'app/api/e2e/events/route.ts',
    'src/app/tests/page.tsx',
    'app/tests/help.ts',
    'src/a.ts',
  ]
  expect(paths.filter(isTest)).toEqual(['a.test.ts', 'test/a.ts', 'src/__tests__/a.ts', 'e2e/app/page.tsx', 'app/tests/help.ts'])
})
