/** Flags of V8 for a process that lives a second or two. They hold for the whole process, so only the command line sets them (docs/decisions/0002). */
import { setFlagsFromString } from 'node:v8'

const whileCompiling = ['liftoff-only', 'wasm-lazy-validation']

/**
 * WebAssembly is compiled three to four times faster when the optimising compiler is left out, and when a function is checked where it is compiled, at its first call.
 * Runs `load` while it is.
 */
export const compileFast = async (load: () => Promise<void>): Promise<void> => {
  for (const flag of whileCompiling) setFlagsFromString(`--${flag}`)
  try {
    await load()
  } finally {
    for (const flag of whileCompiling) setFlagsFromString(`--no-${flag}`)
  }
}

/**
 * To be called before the body is loaded. Lets JavaScript run about fifteen times longer (in bytes of bytecode; V8's own budget is 67,584) before its optimising compiler
 * takes a function up, and WebAssembly fifty times (V8's own: 1,800,000): the parser, and Node's own reader of CommonJS files, which big files make hot at once.
 */
export const setFlags = (): void => {
  // V8 refuses bytecode that was kept under other flags, and a flag that was set and taken back counts: the run that keeps it may have compiled the parser.
  for (const flag of whileCompiling) {
    setFlagsFromString(`--${flag}`)
    setFlagsFromString(`--no-${flag}`)
  }
  setFlagsFromString('--interrupt-budget=1000000')
  setFlagsFromString('--wasm-tiering-budget=100000000')
}
