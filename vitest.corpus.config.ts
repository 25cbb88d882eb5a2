import { defineConfig } from 'vitest/config'

/** Proofs over real histories. They find them through PGSTRATA_CORPUS (default ../shared/corpus) and fail when it is not there. */
export default defineConfig({
  test: {
    include: ['test/corpus/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Tests that say so run beside each other: two servers use both cores, and more would only wait.
    maxConcurrency: 2,
    passWithNoTests: false,
  },
})
