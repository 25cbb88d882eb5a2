/** What is said where a source is of a kind that the question does not fit. */
import { ToolError } from '../model/error.ts'
import type { SourceRef } from '../model/source.ts'
import { displaySource } from '../operations/source-ref.ts'

/** `source-not-supported`; `instead` lists the forms that are. */
export const notSupported = (what: string, source: SourceRef, instead: string): ToolError =>
  new ToolError('source-not-supported', `${what} of ${displaySource(source)} is not supported yet.`, { help: `Supported: ${instead}.` })
