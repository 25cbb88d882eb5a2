/** What PostgreSQL refuses, with its SQLSTATE (manual, appendix A). */
import { PostgresRefusal } from '../model/error.ts'

/** Refuses as PostgreSQL does. */
export const refuse = (sqlstate: string, message: string, detail?: string): never => {
  throw new PostgresRefusal(sqlstate, message, detail === undefined ? {} : { detail })
}

/** A statement, or a part of one, that memory cannot follow. Not a refusal: it becomes an `opaque` change. */
export class NotUnderstood extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'NotUnderstood'
  }
}

/** Says that memory cannot follow this. */
export const notUnderstood = (reason: string): never => {
  throw new NotUnderstood(reason)
}
