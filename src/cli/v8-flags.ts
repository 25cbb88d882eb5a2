/**
 * Flags of V8 for a process that lives a second or two. They hold for the whole process, so only the command line sets them (docs/decisions/0002). V8 writes to standard
 * error when it does not know one, and its flags come and go: each is set only where it was measured.
 */
import { setFlagsFromString } from 'node:v8'

/** V8 11 is in Node 20, 12 in 22, 13 in 24. */
const major = Number.parseInt(process.versions.v8, 10)
const isMeasured = major >= 11 && major <= 13

const whileCompiling = isMeasured ? ['liftoff-only', 'wasm-lazy-validation'] : []

/**
 * WebAssembly is not compiled anew while it runs: V8 would do so for what is hot (the parser; Node's own reader of CommonJS files) on
 * other threads, and the process could not end before they have. JavaScript, on V8 11, runs about fifteen times longer (in bytes of bytecode; V8's own budget is 67,584) before
 * the optimising compiler takes a function up; later versions have another compiler for that time, and no such flag.
 *
 * The space for young objects grows by three instead of two (V8 11, where it was measured): after each time that it is looked through and most of it has stayed, V8 believes that it may
 * hold less in all, and after some of them, at 12 MB, looks through everything.
 */
const always = isMeasured ? ['--wasm-tiering-budget=2000000000', ...(major === 11 ? ['--interrupt-budget=1000000', '--semi-space-growth-factor=3'] : [])] : []

/** In a run that is likely to be short the space for young objects is big at once, and one thread looks through it: nearly all that is loaded stays, and to wake others takes longer. */
const whereShort = major === 11 ? ['--semi-space-growth-factor=9', '--no-parallel-scavenge'] : []

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

/** Sets the flags of a run. To be called before the body is loaded. */
export const setFlags = (): void => {
  // V8 refuses bytecode that was kept under other flags, and a flag that was set and taken back counts: the run that keeps it may have compiled the parser.
  for (const flag of whileCompiling) {
    setFlagsFromString(`--${flag}`)
    setFlagsFromString(`--no-${flag}`)
  }
  for (const flag of always) setFlagsFromString(flag)
}

/** Sets what is better for a short run; a long one loses a little by it. To be called before the body is loaded. */
export const setFlagsForShort = (): void => {
  for (const flag of whereShort) setFlagsFromString(flag)
}
