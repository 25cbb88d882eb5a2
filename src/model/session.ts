import type { Json } from './json.ts'

export type Row = { readonly [column: string]: Json }

export type Told = (row: Row) => void

/** One connection to a PostgreSQL. A refusal by the server is a `PostgresRefusal`; a lost connection is a `ToolError`. */
export interface Session extends AsyncDisposable {
  /** Server version as `server_version_num`: 180004. */
  readonly version: number
  /** What the server has that cannot be read, in words for a report: it is newer than what is known. */
  readonly caveats?: readonly string[]
  /** Runs one statement and answers its rows. Numbers beyond 2^53 and dates come as text. */
  query(sql: string, parameters?: readonly Json[]): Promise<readonly Row[]>
  /** Runs a text of several statements in one round trip, as the simple protocol does; answers the last statement's rows. */
  script(sql: string): Promise<readonly Row[]>
  /** As `script`; answers the rows of each statement. `told` may be called with each row as it comes, while the server is still at work on the rest. */
  results(sql: string, told?: Told): Promise<readonly (readonly Row[])[]>
  /** Asks the server to cancel what runs on this connection. */
  cancel(): Promise<void>
}
