/** Drift that somebody has accepted, for a reason and until a day: a file beside the code. */
import { ToolError } from '../../model/error.ts'

export type Acceptance = {
  /** `changed column public.users.note` */
  readonly drift: string
  /** The hash of both definitions: what was accepted is this difference and no other. */
  readonly fingerprint: string
  /** The environment, or the two sources, that it was accepted for. */
  readonly between: string
  readonly reason: string
  /** The last day on which it holds, `2027-01-31`. */
  readonly until: string
}

export const acceptedSchema = 'pgstrata/accepted-drift@1'

const day = /^\d{4}-\d{2}-\d{2}$/

const invalid = (path: string, what: string): ToolError =>
  new ToolError('accepted-invalid', `${path}: ${what}.`, { help: 'pgstrata drift … --accept REASON --until DATE writes the file.' })

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

/** Reads the file's text. Throws `accepted-invalid` with the entry that is wrong. */
export const readAccepted = (path: string, text: string): readonly Acceptance[] => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw invalid(path, `it is no JSON (${error instanceof Error ? error.message : 'unreadable'})`)
  }
  const { schema, accepted } = (parsed ?? {}) as { readonly schema?: unknown; readonly accepted?: unknown }
  if (schema !== acceptedSchema) throw invalid(path, `its schema is not ${acceptedSchema}`)
  if (!Array.isArray(accepted)) throw invalid(path, 'it has no list "accepted"')
  return accepted.map((entry: Partial<Acceptance> | null, at): Acceptance => {
    const { drift, fingerprint, between, reason, until } = entry ?? {}
    if (!isText(drift) || !isText(fingerprint) || !isText(between)) throw invalid(path, `entry ${at + 1} lacks drift, fingerprint or between`)
    if (!isText(reason)) throw invalid(path, `entry ${at + 1} (${drift}) has no reason`)
    if (!isText(until) || !day.test(until) || Number.isNaN(Date.parse(until)))
      throw invalid(path, `entry ${at + 1} (${drift}) has no day in "until"; write it as 2027-01-31`)
    return { drift, fingerprint, between, reason, until }
  })
}

/** The file's text. */
export const writeAccepted = (accepted: readonly Acceptance[]): string =>
  `${JSON.stringify({ schema: acceptedSchema, accepted: [...accepted].sort((a, b) => (a.between + a.drift < b.between + b.drift ? -1 : 1)) }, undefined, 2)}\n`
