/** The flags that every verb has. */
import type { FlagDefinition } from '../operations/define.ts'

export const commonFlags = {
  folder: { type: 'string', value: 'DIR', description: 'The migrations folder; otherwise `out` of the nearest Drizzle config.' },
  project: { type: 'string', value: 'NAME', description: 'Which Drizzle project when several are found, or `all`.' },
  config: { type: 'string', value: 'FILE', description: 'The pgstrata config; otherwise pgstrata.config.ts, .mjs or .json, found upward.' },
  format: { type: 'strings', value: 'FMT[=PATH]', description: 'How to answer; repeatable, to a file with =PATH.' },
  failOn: { type: 'string', value: 'LEVEL', description: 'The least severity that fails: error, warning or never.', default: 'error' },
  since: { type: 'string', value: 'REF', description: 'Judge only migrations that are absent at the merge base with REF.' },
  all: { type: 'boolean', description: 'Judge every migration, landed or not.' },
  engine: { type: 'string', value: 'E', description: 'The PostgreSQL for replay: auto, embedded, pglite or a postgres:// URL.' },
  save: { type: 'boolean', description: 'Also write the report below .pgstrata/reports/.' },
  envFile: { type: 'string', value: 'FILE', description: 'Read environment variables from FILE; those that are set already win.' },
  color: { type: 'boolean', description: 'Colours, also where they would not be used; --no-color for none.' },
  quiet: { type: 'boolean', description: 'No progress, and no text for people when the verdict is clean.' },
  verbose: { type: 'boolean', description: 'Show everything, and the stack of an error.' },
} as const satisfies Record<string, FlagDefinition>

export type FailOnName = 'error' | 'warning' | 'never'

/** Values of the common flags as given. */
export type CommonFlags = {
  readonly folder?: string
  readonly project?: string
  readonly config?: string
  readonly format: readonly string[]
  readonly failOn: FailOnName
  readonly since?: string
  readonly all: boolean
  readonly engine?: string
  readonly save: boolean
  readonly envFile?: string
  readonly color?: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** `failOn` → `fail-on`. */
export const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
