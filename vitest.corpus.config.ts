import { defineConfig } from 'vitest/config'

/** Proofs over real histories, found through PGSTRATA_CORPUS (default ../shared/corpus); they fail when it is not there. And tests that need no history, but more time than `npm test` has. */
export default defineConfig({
  test: {
    include: ['test/corpus/**/*.test.ts', 'test/slow/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Tests that say so run beside each other: two servers use both cores, and more would only wait.
    maxConcurrency: 2,
    passWithNoTests: false,
  },
})
