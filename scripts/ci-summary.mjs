// Adds up vitest's JSON results and prints `N passed, N failed`. A result file that is missing or holds no test counts as a failure.
import { existsSync, readFileSync } from 'node:fs'

let passed = 0
let failed = 0
for (const file of process.argv.slice(2)) {
  const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  if (!result?.numTotalTests) {
    console.error(`no test results in ${file}: the run stopped before it had any`)
    failed++
    continue
  }
  passed += result.numPassedTests
  // A file that could not be loaded has no tests of its own, only a failed suite.
  failed += result.numFailedTests + result.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
