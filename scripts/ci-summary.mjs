// Adds up vitest's JSON results: names each test that failed, with its first reason, and prints `N passed, N failed`. A result file that is missing or holds no test counts as
// a failure.
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

let passed = 0
const failures = []

const firstLines = (text) => text.split('\n').slice(0, 12).join('\n    ')

for (const file of process.argv.slice(2)) {
  const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  if (!result?.numTotalTests) {
    failures.push(`no test results in ${file}: the run stopped before it had any`)
    continue
  }
  passed += result.numPassedTests
  for (const { name, status, assertionResults, message } of result.testResults) {
    const where = relative(process.cwd(), name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    failures.push(...failed.map(({ fullName, failureMessages }) => `${where} > ${fullName}\n    ${firstLines(failureMessages.join('\n'))}`))
    // A file that could not be loaded has no tests of its own, only a failed suite.
    if (status === 'failed' && assertionResults.length === 0) failures.push(`${where}\n    ${firstLines(message)}`)
  }
}

for (const failure of failures) console.log(`FAILED ${failure}\n`)
console.log(`${passed} passed, ${failures.length} failed`)
process.exit(failures.length > 0 ? 1 : 0)
