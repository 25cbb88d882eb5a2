/** All verbs, in the order of the help. Each is loaded when it is asked for, so that one verb does not pay for another. */
import type { Operation } from './define.ts'

export const operations = {
  check: async () => (await import('./check.ts')).check,
  doctor: async () => (await import('./doctor.ts')).doctor,
  lint: async () => (await import('./lint.ts')).lint,
  explain: async () => (await import('./explain.ts')).explain,
  profile: async () => (await import('./profile.ts')).profile,
  version: async () => (await import('./version.ts')).version,
  status: async () => (await import('./status.ts')).status,
  drift: async () => (await import('./drift.ts')).drift,
  resolve: async () => (await import('./resolve.ts')).resolve,
  impact: async () => (await import('./impact.ts')).impact,
  timeline: async () => (await import('./timeline.ts')).timeline,
  lock: async () => (await import('./lock.ts')).lock,
  'merge-driver': async () => (await import('./merge-driver.ts')).mergeDriver,
  migrate: async () => (await import('./migrate.ts')).migrate,
  rollback: async () => (await import('./rollback.ts')).rollback,
  report: async () => (await import('./report.ts')).report,
} as const satisfies Record<string, () => Promise<Operation>>

export type VerbName = keyof typeof operations

export const isVerb = (name: string): name is VerbName => Object.hasOwn(operations, name)
