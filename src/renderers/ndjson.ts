import { defineRenderer } from './define.ts'
import { findingJson } from './json.ts'

export const ndjson = defineRenderer({
  name: 'ndjson',
  summary: 'One finding per line as JSON; what is unknown follows as lines with the key "unknown".',
  render: (report) =>
    [...report.findings.map(findingJson), ...report.unknown.map((unknown) => ({ unknown }))].map((line) => `${JSON.stringify(line)}\n`).join(''),
})
