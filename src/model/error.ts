/** Why the tool had to stop. A cause that it does not know is a bug and is not a `ToolError`. */
export class ToolError extends Error {
  /** A stable kebab-case word, for scripts. */
  readonly code: string
  /** The next step for a person. */
  readonly help: string | undefined
  /** 2 usage or configuration, 3 unknown (something could not be read). */
  readonly exit: 2 | 3

  constructor(code: string, message: string, options: { help?: string; cause?: unknown; exit?: 2 | 3 } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'ToolError'
    this.code = code
    this.help = options.help
    this.exit = options.exit ?? 2
  }
}

/** What PostgreSQL answers to a statement it refuses, in memory or from a server. */
export class PostgresRefusal extends Error {
  /** Five characters, manual appendix A: `42P07`. */
  readonly sqlstate: string
  readonly detail: string | undefined
  readonly hint: string | undefined
  /** Characters from the start of the statement, where the server says so. */
  readonly position: number | undefined

  constructor(sqlstate: string, message: string, more: { detail?: string; hint?: string; position?: number; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? {} : { cause: more.cause })
    this.name = 'PostgresRefusal'
    this.sqlstate = sqlstate
    this.detail = more.detail
    this.hint = more.hint
    this.position = more.position
  }
}

/** For people: what PostgreSQL said, and its code. */
export const refusalText = ({ message, sqlstate }: Pick<PostgresRefusal, 'message' | 'sqlstate'>): string => `${message} (SQLSTATE ${sqlstate})`

/** What PostgreSQL refuses of some work; undefined where it ran. */
export const refusalOf = async (work: () => Promise<unknown>): Promise<PostgresRefusal | undefined> => {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof PostgresRefusal) return error
    throw error
  }
}
