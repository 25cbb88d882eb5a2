/** What a connection is held to, in the two ways to ask for it: when the connection starts, or in each transaction. */

export type Limits = {
  /** Every transaction of the connection is READ ONLY. */
  readonly readOnly?: boolean
  /** Milliseconds; 0 = none. */
  readonly statementTimeout?: number
  /** Milliseconds; 0 = none. */
  readonly lockTimeout?: number
}

const timeouts = ({ statementTimeout, lockTimeout }: Limits): readonly string[] => [
  ...(statementTimeout === undefined ? [] : [`statement_timeout=${Math.round(statementTimeout)}`]),
  ...(lockTimeout === undefined ? [] : [`lock_timeout=${Math.round(lockTimeout)}`]),
]

export const isLimited = (limits: Limits): boolean => limits.readOnly === true || timeouts(limits).length > 0

/** A setting that PostgreSQL keeps without knowing it (manual 19.16): who reads it back has a server that took our start-up options. */
export const markSetting = 'pgstrata.connection'

/**
 * The start-up parameter `options` (manual 54.2.1). It holds for this connection alone, also behind a pooler: a pooler that does not hand it on refuses it or
 * leaves it out, and never gives it to another client, as it does with what SET leaves behind.
 */
export const startupOptions = (limits: Limits, mark: string): string =>
  [...(limits.readOnly ? ['default_transaction_read_only=on'] : []), ...timeouts(limits), `${markSetting}=${mark}`].map((each) => `-c ${each}`).join(' ')

/** Statements that hold the limits in the open transaction, and end with it. Before the transaction's first query. */
export const transactionLimits = (limits: Limits): string =>
  [...(limits.readOnly ? ['SET TRANSACTION READ ONLY'] : []), ...timeouts(limits).map((each) => `SET LOCAL ${each}`)].join(';')
