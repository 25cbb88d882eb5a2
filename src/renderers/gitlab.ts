/** GitLab's code quality report: a list of issues in the Code Climate form. */
import type { Severity } from '../model/finding.ts'
import { defineRenderer } from './define.ts'
import { clean, isSettled, worstFirst } from './text.ts'

const severities: Readonly<Record<Severity, 'critical' | 'major' | 'minor'>> = { error: 'critical', warning: 'major', note: 'minor' }

/** A number for a text (FNV-1a, 64 bits), hex: GitLab wants fingerprints that are unique and stay the same. */
const digest = (text: string): string => {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash.toString(16).padStart(16, '0')
}

/** Each fingerprint once: a second finding with the same one gets its number. */
const uniquely = (): ((fingerprint: string) => string) => {
  const seen = new Map<string, number>()
  return (fingerprint) => {
    const count = seen.get(fingerprint) ?? 0
    seen.set(fingerprint, count + 1)
    return digest(count === 0 ? fingerprint : `${fingerprint} ${count}`)
  }
}

export const gitlab = defineRenderer({
  name: 'gitlab',
  summary: 'GitLab code quality, for `artifacts: reports: codequality`; old and waived findings are left out.',
  render(report) {
    const unique = uniquely()
    const issues = worstFirst(report.findings)
      .filter((finding) => !isSettled(finding))
      .map((finding) => ({
        description: clean(finding.message),
        check_name: finding.rule,
        fingerprint: unique(finding.fingerprint),
        severity: severities[finding.severity],
        location: { path: finding.file ?? '.', lines: { begin: finding.line ?? 1, ...(finding.endLine === undefined ? {} : { end: finding.endLine }) } },
      }))
    const unknown = report.unknown.map(({ what, why }) => ({
      description: clean(`Unknown: ${what}: ${why}`),
      check_name: 'unknown',
      fingerprint: unique(`unknown/${what}`),
      severity: severities.warning,
      location: { path: '.', lines: { begin: 1 } },
    }))
    return `${JSON.stringify([...issues, ...unknown], undefined, 2)}\n`
  },
})
