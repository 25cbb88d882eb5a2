/** Flags of V8 for a process that lives a second or two. They hold for the whole process, so only the command line sets them (docs/decisions/0002). */
import { setFlagsFromString } from 'node:v8'

/** WebAssembly is compiled three to four times faster when the optimising compiler is left out. Runs `load` while it is. */
export const compileFast = async (load: () => Promise<void>): Promise<void> => {
  setFlagsFromString('--liftoff-only')
  try {
    await load()
  } finally {
    setFlagsFromString('--no-liftoff-only')
  }
}

/**
 * Lets JavaScript run about fifteen times longer (in bytes of bytecode; V8's own budget is 67,584) before its optimising compiler takes a function up, and WebAssembly
 * fifty times (V8's own: 1,800,000): the parser, and Node's own reader of CommonJS files, which the parser's big files make hot at once.
 */
export const optimiseLate = (): void => {
  setFlagsFromString('--interrupt-budget=1000000')
  setFlagsFromString('--wasm-tiering-budget=100000000')
}
