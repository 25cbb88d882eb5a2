/** V8 compiles the parser's WebAssembly three to four times faster when it leaves out the optimising compiler. That is a flag of the whole process, so only
 * the command line sets it, and only while the parser is loaded. */
import { setFlagsFromString } from 'node:v8'

/** Runs `load` while WebAssembly is compiled by the baseline compiler only. */
export const compileFast = async (load: () => Promise<void>): Promise<void> => {
  setFlagsFromString('--liftoff-only')
  try {
    await load()
  } finally {
    setFlagsFromString('--no-liftoff-only')
  }
}
