/** Commands of the configuration. What a failed one printed may be a secret: nothing of it is kept. */
import { exec } from 'node:child_process'
import { promisify } from 'node:util'

export type Printed = { readonly text: string } | { readonly failed: string }

/** What the command prints; `failed` says only how it ended. `patience` in milliseconds. */
export const printedBy = async (command: string, patience: number, signal?: AbortSignal): Promise<Printed> => {
  try {
    return { text: (await promisify(exec)(command, { timeout: patience, ...(signal ? { signal } : {}) })).stdout.trim() }
  } catch (error) {
    signal?.throwIfAborted()
    const stopped = error instanceof Error && 'killed' in error && error.killed === true
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return { failed: stopped ? `stopped after ${patience / 1000} s` : `exit ${String(code)}` }
  }
}
